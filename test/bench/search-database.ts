/** Databases of made items for the benchmark of search, with the vectors of pictures that lie near each other as in shops. */
import Database from 'better-sqlite3';
import type { CategoryId } from '../../src/domain/ids.js';
import type { LookLayout } from '../../src/domain/picture.js';
import type { CompactBasis, SearchVectors, SimilarFilter } from '../../src/domain/similar.js';
import { OPEN } from '../unit/search/entries.js';
import { LOOK_LAYOUT } from '../../src/images/look.js';
import { Random } from '../../src/platform/random.js';
import { PARTS } from '../../src/search/blend.js';
import { shapeOfBasis, shortRow } from '../../src/search/first-look.js';
import { openStore } from '../../src/store/store.js';
import { encodeVector } from '../../src/store/vectors.js';
import { normal } from './search-data.js';

const CATEGORIES = 13;
/** Items of one style lie near each other, as in a shop; how many they are decides how hard the best ten are to tell. */
const ITEMS_OF_STYLE = 50;
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const log = { ...silent, child: () => log } as never;

const CURRENCY = 'EUR';
const CHEAPER_THAN = 8000;

interface Facts {
  readonly category: string;
  readonly price: number;
  readonly inStock: boolean;
}

function factsOf(item: number): Facts {
  return {
    category: `category-${item % CATEGORIES}`,
    price: 1000 + ((item * 7919) % 20_000),
    inStock: item % 5 !== 0,
  };
}

const askedCategory = (nth: number): string => `category-${nth % CATEGORIES}`;

/** The filter of the nth question: one item in 45 passes it. */
export function filterOf(nth: number): SimilarFilter {
  const cheaperThan = { minor: CHEAPER_THAN, currency: CURRENCY };
  return { ...OPEN, category: askedCategory(nth) as CategoryId, inStock: true, cheaperThan };
}

/** Whether an item passes the filter of the nth question. */
export function passesFilterOf(nth: number): (item: number) => boolean {
  const asked = askedCategory(nth);
  return (item) => {
    const { category, price, inStock } = factsOf(item);
    return category === asked && inStock && price < CHEAPER_THAN;
  };
}

/** The look's version names the lookalike model as well, which the basis is made for. */
export function layoutOf(basis: CompactBasis): LookLayout {
  return { ...LOOK_LAYOUT, version: basis.lookVersion };
}

/**
 * How pictures lie along the directions of short vectors: the first component on average, and what share of a vector's
 * length the directions hold. Measured on rendered pictures with the basis that ships.
 */
const LIE = {
  colour: { first: 0.63, held: 0.92 },
  shape: { first: 0.92, held: 0.984 },
  pattern: { first: 0.95, held: 0.996 },
  features: { first: 0, held: 0.8 },
} as const;
/** Of the second component, deviation over the square root of the place. */
const DEVIATION = 0.25;
/**
 * Of an item's deviation, how much it shares with its style: the nearest of other garments lies at a cosine of 0.91 in
 * colour, 0.96 in shape and 0.80 in features, as among rendered pictures.
 */
const SHARED = 0.9;

/** Of each item of a catalogue of so many its own, the same in every call. */
export function madeVectors(basis: CompactBasis, count: number): (item: number) => SearchVectors {
  const length = Math.max(1, Math.round(count / ITEMS_OF_STYLE));
  const styles = Array.from({ length }, (_, style) => deviations(new Random(style + 1), basis));
  return (item) => {
    const random = new Random(1_000_003 + item);
    const style = styles[random.int(0, length - 1)] ?? new Float32Array();
    const own = deviations(random, basis);
    const mixed = own.map((value, at) => SHARED * (style[at] ?? 0) + Math.sqrt(1 - SHARED ** 2) * value);
    return vectorsAt(mixed, basis);
  };
}

/** Of each part, along each direction and then in each number of what the directions do not hold. */
function deviations(random: Random, { parts }: CompactBasis): Float32Array {
  const numbers = PARTS.reduce((sum, part) => sum + parts[part].rows + parts[part].columns, 0);
  return Float32Array.from({ length: numbers }, () => normal(random));
}

function vectorsAt(deviation: Float32Array, { parts }: CompactBasis): SearchVectors {
  const look = new Float32Array(LOOK_LAYOUT.pattern[1]);
  let features = new Float32Array();
  let from = 0;
  for (const part of PARTS) {
    const { rows, columns, values } = parts[part];
    const { first, held } = LIE[part];
    const coefficients = Float32Array.from(
      { length: rows },
      (_, at) => (at === 0 ? first : 0) + (DEVIATION / Math.sqrt(at + 1)) * (deviation[from + at] ?? 0),
    );
    from += rows;
    const vector = new Float32Array(columns);
    for (const [row, coefficient] of coefficients.entries()) {
      for (let at = 0; at < columns; at += 1) vector[at]! += coefficient * (values[row * columns + at] ?? 0);
    }
    const stray = (Math.hypot(...vector) * Math.sqrt(1 / held ** 2 - 1)) / Math.sqrt(columns);
    for (let at = 0; at < columns; at += 1) vector[at]! += stray * (deviation[from + at] ?? 0);
    from += columns;
    const norm = Math.hypot(...vector);
    const unit = vector.map((value) => value / norm);
    if (part === 'features') features = unit;
    else look.set(unit, LOOK_LAYOUT[part][0]);
  }
  return { look, features };
}

/**
 * A database of so many items with short vectors in the space named; `vectors` null: no whole ones, and short ones at
 * random.
 */
export function makeDatabase(
  path: string,
  count: number,
  parts: { readonly basis: CompactBasis; readonly space: string },
  vectors: ((item: number) => SearchVectors) | null,
): void {
  const { basis, space } = parts;
  openStore(path, { log }).close();
  const db = new Database(path);
  db.pragma('synchronous = OFF');
  const shape = shapeOfBasis(basis);
  const run = (sql: string) => db.prepare(sql);
  const insert = {
    product:
      run(`INSERT INTO products (id, shop_id, natural_key, url, title, description, breadcrumbs, first_seen,
      last_seen) VALUES (?, 1, ?, ?, ?, '', '[]', 0, 0)`),
    blob: run(
      `INSERT INTO blobs (id, sha256, byte_length, state, palette, stored_at) VALUES (?, ?, 1, 'done', ?, 0)`,
    ),
    image: run(
      `INSERT INTO images (id, shop_id, url, state, due_at, blob_id, added_at) VALUES (?, 1, ?, 'stored', 0, ?, 0)`,
    ),
    link: run('INSERT INTO product_images (product_id, position, image_id) VALUES (?, 0, ?)'),
    offer: run(
      `INSERT INTO offers (product_id, price_minor, currency, availability, changed_at) VALUES (?, ?, ?, ?, 0)`,
    ),
    decision:
      run(`INSERT INTO item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)
      VALUES (?, 1, ?, 1, '', '[]', 0)`),
    short: run('INSERT INTO short_vectors (blob_id, space_id, bytes) VALUES (?, 1, ?)'),
    vector: run('INSERT INTO embeddings (space_id, blob_id, vector) VALUES (?, ?, ?)'),
  };
  db.transaction(() => {
    db.exec(`INSERT INTO shops (id, key, name, active) VALUES (1, 'shop', 'Shop', 1);
      INSERT INTO models (id, fingerprint) VALUES (1, '${basis.model}');
      INSERT INTO vector_spaces (id, kind, fingerprint) VALUES (1, 'features', '${basis.model}'),
        (2, 'look', '${basis.lookVersion}')`);
    run('INSERT INTO short_spaces (id, fingerprint) VALUES (1, ?)').run(space);
    const random = new Random(5);
    const noise = Int8Array.from({ length: shape.stride + 4096 }, () => random.int(-127, 127));
    for (let id = 1; id <= count; id += 1) {
      insert.product.run(id, `${id}`, `https://shop.example/${id}`, `item ${id}`);
      insert.blob.run(id, String(id).padStart(64, '0'), '[{"name":"navy"}]');
      insert.image.run(id, `https://shop.example/${id}.jpg`, id);
      insert.link.run(id, id);
      const { category, price, inStock } = factsOf(id);
      insert.offer.run(id, price, CURRENCY, inStock ? 'in-stock' : 'sold-out');
      insert.decision.run(id, category);
      const whole = vectors?.(id) ?? null;
      if (whole !== null) {
        insert.vector.run(1, id, encodeVector(whole.features));
        insert.vector.run(2, id, encodeVector(whole.look));
      }
      const row =
        whole === null ? noiseRow(noise, random, shape.stride) : shortRow(whole, layoutOf(basis), basis);
      insert.short.run(id, Buffer.from(row.buffer, row.byteOffset, row.byteLength));
    }
  })();
  db.close();
}

function noiseRow(noise: Int8Array, random: Random, stride: number): Int8Array {
  const row = noise.slice(0, stride);
  row.set(noise.subarray(random.int(0, 4000)).subarray(0, stride - 24), 24);
  new Float32Array(row.buffer, 0, 4).fill(1 / 900);
  return row;
}
