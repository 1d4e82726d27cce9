/**
 * The index of search as the daemon has it, from a database that is made here: how long it takes to fill, what it takes
 * in memory, and questions, whose shortlists are read from that database. CPU time of this thread; the clock's beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import Table from 'cli-table3';
import { shippedBasisPath } from '../../src/config/assets.js';
import type { CategoryId, ModelFingerprint, ProductId } from '../../src/domain/ids.js';
import type { BlendSettings, CompactBasis, SearchVectors, SimilarFilter } from '../../src/domain/similar.js';
import { LOOK_LAYOUT } from '../../src/images/look.js';
import { readCompactBasis } from '../../src/model/compact-basis.js';
import { Random } from '../../src/platform/random.js';
import { PARTS } from '../../src/search/blend.js';
import { StoredIndex } from '../../src/search/fill-index.js';
import type { ShortVector } from '../../src/search/fill-index.js';
import { shapeOfBasis, shortRow } from '../../src/search/first-look.js';
import type { LookalikeIndex } from '../../src/search/lookalike-index.js';
import { openReadOnly, openStore } from '../../src/store/store.js';
import type { ReadOnlyStore } from '../../src/store/store.js';
import { encodeVector } from '../../src/store/vectors.js';
import { median } from './rounds.js';
import type { BenchBar } from './rounds.js';

/** Items with whole vectors, which take 7 kB each: questions are asked of so many. */
const WITH_VECTORS = 100_000;
const CATEGORIES = 13;
const FEATURES = 192;
/** Items of one style lie near each other, as in a shop. */
const STYLES = 2000;
const QUESTIONS = 30;
const SETTINGS: BlendSettings = {
  weights: { colour: 1.4, shape: 3, pattern: 1.4, features: 0.7 },
  sharpness: { colour: 4, shape: 48, pattern: 1, features: 16 },
};
const ANY: SimilarFilter = {
  category: null,
  inStock: false,
  maxPrice: null,
  cheaperThan: null,
  exclude: null,
  limit: 10,
};
const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const log = { ...silent, child: () => log } as never;

/** `count`: items of the index that is filled without whole vectors. */
export async function indexBars(count: number): Promise<readonly BenchBar[]> {
  const basis = await readCompactBasis(shippedBasisPath, PARTS);
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-index-'));
  try {
    const small = questions(join(folder, 'small.db'), Math.min(count, WITH_VECTORS), basis);
    const large = startOf(join(folder, 'large.db'), count, basis);
    return [...small, ...large];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Made {
  readonly vectors: (item: number) => SearchVectors;
}

/** Of each item its own, the same in every call. */
function madeVectors(): Made {
  const styles = Array.from({ length: STYLES }, (_, style) => vectorsNear(new Random(style + 1), null));
  return {
    vectors: (item) => {
      const random = new Random(1_000_003 + item);
      return vectorsNear(random, styles[random.int(0, STYLES - 1)] ?? null);
    },
  };
}

function vectorsNear(random: Random, style: SearchVectors | null): SearchVectors {
  const look = new Float32Array(LOOK_LAYOUT.pattern[1]);
  for (const [start, end] of [LOOK_LAYOUT.colour, LOOK_LAYOUT.shape, LOOK_LAYOUT.pattern]) {
    look.set(unit(random, end - start, style?.look.subarray(start, end) ?? null), start);
  }
  return { look, features: unit(random, FEATURES, style?.features ?? null) };
}

function unit(random: Random, length: number, near: Float32Array | null): Float32Array {
  const values = new Float32Array(length);
  let squares = 0;
  for (let at = 0; at < length; at += 1) {
    const value = near === null ? random.next() ** 4 : (near[at] ?? 0) * (0.6 + 0.8 * random.next());
    values[at] = value;
    squares += value * value;
  }
  const norm = Math.sqrt(squares);
  return values.map((value) => value / norm);
}

/** A database of so many items with short vectors; `vectors` null: no whole ones, and short ones at random. */
function makeDatabase(
  path: string,
  count: number,
  basis: CompactBasis,
  vectors: Made['vectors'] | null,
): void {
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
      `INSERT INTO offers (product_id, price_minor, currency, availability, changed_at) VALUES (?, ?, 'EUR', ?, 0)`,
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
        (2, 'look', '${LOOK_LAYOUT.version}')`);
    run('INSERT INTO short_spaces (id, fingerprint) VALUES (1, ?)').run(spaceOf(path, basis));
    const random = new Random(5);
    const noise = Int8Array.from({ length: shape.stride + 4096 }, () => random.int(-127, 127));
    for (let id = 1; id <= count; id += 1) {
      insert.product.run(id, `${id}`, `https://shop.example/${id}`, `item ${id}`);
      insert.blob.run(id, String(id).padStart(64, '0'), '[{"name":"navy"}]');
      insert.image.run(id, `https://shop.example/${id}.jpg`, id);
      insert.link.run(id, id);
      insert.offer.run(id, 1000 + ((id * 7919) % 20_000), id % 5 === 0 ? 'sold-out' : 'in-stock');
      insert.decision.run(id, `category-${id % CATEGORIES}`);
      const whole = vectors?.(id) ?? null;
      if (whole !== null) {
        insert.vector.run(1, id, encodeVector(whole.features));
        insert.vector.run(2, id, encodeVector(whole.look));
      }
      const row =
        whole === null ? noiseRow(noise, random, shape.stride) : shortRow(whole, LOOK_LAYOUT, basis);
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

function spacesOf(basis: CompactBasis) {
  return { model: basis.model as ModelFingerprint, lookVersion: LOOK_LAYOUT.version };
}

function storedIndex(
  store: ReadOnlyStore,
  basis: CompactBasis,
  keep?: (made: readonly ShortVector[]) => void,
): StoredIndex {
  return new StoredIndex(store, spacesOf(basis), { layout: LOOK_LAYOUT, basis }, keep);
}

function spaceOf(path: string, basis: CompactBasis): string {
  const store = openReadOnly(path);
  const space = storedIndex(store, basis).shortSpace ?? '';
  store.close();
  return space;
}

interface Times {
  readonly cpuMs: number;
  readonly wallMs: number;
}

function timed(times: number, work: (round: number) => unknown): Times {
  const [cpu, wall]: [number[], number[]] = [[], []];
  for (let round = 0; round < times; round += 1) {
    const [before, began] = [process.cpuUsage(), performance.now()];
    work(round);
    wall.push(performance.now() - began);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  return { cpuMs: median(cpu), wallMs: median(wall) };
}

function print(head: string, rows: readonly (readonly [string, Times])[]): void {
  const table = new Table({ head: [head, 'CPU ms', 'clock ms'], style: { head: [], border: [] } });
  for (const [name, { cpuMs, wallMs }] of rows) table.push([name, cpuMs.toFixed(2), wallMs.toFixed(2)]);
  console.log(table.toString());
}

function questions(path: string, count: number, basis: CompactBasis): BenchBar[] {
  const { vectors } = madeVectors();
  makeDatabase(path, count, basis, vectors);
  const store = openReadOnly(path);
  const stored = storedIndex(store, basis);
  const filling = timed(1, () => stored.filled());
  const { index } = stored;
  const asked = Array.from({ length: QUESTIONS }, (_, at) => vectors(count + 1 + at));
  const ask = (filter: Partial<SimilarFilter>) =>
    timed(QUESTIONS, (round) => index.similar(asked[round]!, { ...ANY, ...filter }, SETTINGS));
  const category = 'category-3' as CategoryId;
  const filtered = ask({ category, inStock: true, cheaperThan: { minor: 8000, currency: 'EUR' } });
  const open = ask({});
  const change = timed(200, (round) => {
    stored.take({ items: [(round + 1) as ProductId], pictures: [round + 1] });
  });
  const removal = timed(200, (round) => index.remove((count - round) as ProductId));
  print(`index of ${count} items`, [
    ['filling it', filling],
    ['category, stock and price', filtered],
    ['no filter', open],
    ['an item and its picture read anew', change],
    ['removal', removal],
  ]);
  store.close();
  return [
    {
      what: 'ms of a question by category, stock and price',
      measured: filtered.cpuMs,
      required: 5,
      atMost: true,
    },
    { what: 'ms to change an item', measured: change.cpuMs, required: 1, atMost: true },
    { what: 'ms to remove an item', measured: removal.cpuMs, required: 1, atMost: true },
  ];
}

function startOf(path: string, count: number, basis: CompactBasis): BenchBar[] {
  makeDatabase(path, count, basis, null);
  const before = memoryMiB();
  const [index, filling] = filledFrom(path, basis);
  const used = memoryMiB() - before;
  print(`start with ${count} items`, [['filling the index', filling]]);
  console.log(
    `${index.size} items in ${used.toFixed(0)} MiB, ${((used * 2 ** 20) / count).toFixed(0)} bytes each`,
  );
  const required = (15_000 * count) / 1_000_000;
  return [
    { what: 'ms to fill the index from the database', measured: filling.cpuMs, required, atMost: true },
  ];
}

function filledFrom(path: string, basis: CompactBasis): [LookalikeIndex, Times] {
  const store = openReadOnly(path);
  const stored = storedIndex(store, basis);
  const filling = timed(1, () => stored.filled());
  store.close();
  return [stored.index, filling];
}

/** After a collection of garbage where there is one to ask for. */
function memoryMiB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}
