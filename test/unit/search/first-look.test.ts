import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId, Sha256 } from '../../../src/domain/ids.js';
import type { CompactBasis, SearchVectors, SimilarFilter } from '../../../src/domain/similar.js';
import { Random } from '../../../src/platform/random.js';
import { PARTS } from '../../../src/search/blend.js';
import { FirstLook, shortRow } from '../../../src/search/first-look.js';
import { BestRows } from '../../../src/search/vectors/best-rows.js';
import { trainCentroids } from '../../../src/search/vectors/k-means.js';
import { EVEN, FEATURES, HeldIndex, OPEN, entryOf, found, layout } from './entries.js';

const LENGTHS = { colour: 6, shape: 7, pattern: 5, features: FEATURES };
/** Short vectors that leave nothing out. */
const basis: CompactBasis = {
  model: 'm',
  lookVersion: layout.version,
  parts: Object.fromEntries(
    PARTS.map((part) => {
      const size = LENGTHS[part];
      const values = Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
      return [part, { rows: size, columns: size, values }];
    }),
  ) as unknown as CompactBasis['parts'],
};
const SETTINGS = { ...EVEN, sharpness: { colour: 8, shape: 32, pattern: 1, features: 8 } };

function vectorsOf(random: Random): SearchVectors {
  const part = (length: number): number[] => {
    const values = Array.from({ length }, () => random.range(-1, 1));
    const norm = Math.hypot(...values);
    return values.map((value) => value / norm);
  };
  return {
    look: Float32Array.from([...part(6), ...part(7), ...part(5)]),
    features: Float32Array.from(part(FEATURES)),
  };
}

type Found = ReturnType<typeof found>;

/** Two indexes of the same items: one looks at short vectors first, one compares all in full. */
class Both {
  readonly quick = new HeldIndex(layout, { basis, small: 0 });
  readonly full = new HeldIndex(layout, { small: 1_000_000 });
  readonly #random = new Random(21);

  put(id: number): void {
    const price = { minor: this.#random.int(1, 99), currency: this.#random.chance(0.9) ? 'EUR' : 'JPY' };
    const category = this.#random.pick(['sweater', 'beanie', 'dress']) as CategoryId;
    // Some items share a picture.
    const picture = `picture ${this.#random.chance(0.1) ? this.#random.int(1, 5) : id}` as Sha256;
    const availability = this.#random.chance(0.2) ? 'sold-out' : 'in-stock';
    const vectors = vectorsOf(this.#random);
    for (const index of [this.quick, this.full]) {
      index.upsert(entryOf(id, 0, { price, category, picture, availability }).item, vectors);
    }
  }

  remove(id: number): void {
    for (const index of [this.quick, this.full]) index.remove(id as ProductId);
  }

  /** What each answers, question by question. */
  answers(): { quick: Found[]; full: Found[] } {
    const answers = { quick: [] as Found[], full: [] as Found[] };
    for (const filter of FILTERS) {
      const query = vectorsOf(this.#random);
      const ask = (index: HeldIndex) => found(index.similar(query, { ...OPEN, ...filter }, SETTINGS));
      answers.quick.push(ask(this.quick));
      answers.full.push(ask(this.full));
    }
    return answers;
  }
}

const BOUND = { minor: 60, currency: 'EUR' };
const FILTERS: readonly Partial<SimilarFilter>[] = [
  {},
  { limit: 3, exclude: 7 as ProductId },
  { category: 'beanie' as CategoryId, inStock: true, cheaperThan: BOUND },
  { minPrice: BOUND, currency: 'EUR' },
  { category: 'dress' as CategoryId, kin: new Set(['sweater' as CategoryId]), maxPrice: BOUND },
  { limit: 150 },
  { limit: 1_000_000, inStock: true },
];

/** A question that may look at some of the lists alone. */
function isOpen(filter: Partial<SimilarFilter>): boolean {
  return Object.keys(filter).every((key) => key === 'limit' || key === 'exclude');
}

function shareOf(some: Found, all: Found): number {
  const ids = new Set(some.map(({ id }) => id));
  return all.filter(({ id }) => ids.has(id)).length / all.length;
}

describe('a first look at short vectors', () => {
  it('leads to the answers of a full comparison, also after changes and once it is divided', () => {
    const both = new Both();
    for (let id = 1; id <= 2500; id += 1) both.put(id);
    const first = both.answers();
    expect(first.quick).toEqual(first.full);
    expect(first.full).not.toContainEqual([]);
    const random = new Random(23);
    const change = (): void => {
      for (let step = 0; step < 150; step += 1) {
        if (random.chance(0.5)) both.put(random.int(1, 2800));
        else both.remove(random.int(1, 2800));
      }
    };
    change();
    const changed = both.answers();
    expect(changed.quick).toEqual(changed.full);
    expect(changed.full).not.toContainEqual([]);
    const look = both.quick.index.look!;
    const { rows, length } = look.sample();
    look.beginPartition(trainCentroids(rows, length, 16));
    // Changes between the steps are in the old lists and in the new.
    while (look.divide(400)) change();
    change();
    const divided = both.answers();
    expect(divided.full).not.toContainEqual([]);
    const filtered = (_: unknown, at: number): boolean => !isOpen(FILTERS[at]!);
    expect(divided.quick.filter(filtered)).toEqual(divided.full.filter(filtered));
    const shares = divided.quick.map((answer, at) => shareOf(answer, divided.full[at]!));
    expect(Math.min(...shares)).toBeGreaterThan(0.7);
  });

  it('loses no row that comes after others went while it is divided', () => {
    const random = new Random(31);
    const look = new FirstLook(layout, basis, 0);
    const held: Int8Array[] = [];
    const push = (count: number): void => {
      for (let at = 0; at < count; at += 1) {
        const row = shortRow(vectorsOf(random), layout, basis);
        look.push(row);
        held.push(row);
      }
    };
    push(1000);
    const { rows, length } = look.sample();
    look.beginPartition(trainCentroids(rows, length, 8));
    expect(look.divide(990)).toBe(true);
    for (let row = 999; row >= 980; row -= 1) {
      look.removeByMovingLast(row);
      held.pop();
    }
    push(20);
    while (look.divide(5));
    expect(held.map((_, row) => look.bytesOf(row))).toEqual(held);
    const best = new BestRows(2000);
    look.scanAll(vectorsOf(random), SETTINGS, best);
    expect([...best.sorted().rows].toSorted((one, other) => one - other)).toEqual([...held.keys()]);
  });

  it('is not divided again and again where most rows are alike, before it has grown by a quarter', () => {
    const look = new FirstLook(layout, basis, 0);
    const row = shortRow(vectorsOf(new Random(29)), layout, basis);
    const push = (count: number): void => {
      for (let at = 0; at < count; at += 1) look.push(row);
    };
    push(200_000);
    expect(look.wantsPartition).toBe(true);
    const { rows, length } = look.sample();
    look.beginPartition(trainCentroids(rows.subarray(0, 640 * length), length, 16));
    while (look.divide(50_000));
    push(50_000);
    expect(look.wantsPartition).toBe(false);
    push(1);
    expect(look.wantsPartition).toBe(true);
  });
});
