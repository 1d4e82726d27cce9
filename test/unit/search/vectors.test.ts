import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/platform/random.js';
import { BestRows } from '../../../src/search/vectors/best-rows.js';
import { blendShape } from '../../../src/search/vectors/blend-kernel.js';
import { ByteLists } from '../../../src/search/vectors/byte-lists.js';
import { writeQuery } from '../../../src/search/vectors/byte-row.js';
import { CodeRows } from '../../../src/search/vectors/code-rows.js';
import { FloatRows } from '../../../src/search/vectors/float-rows.js';
import { Centroids, trainCentroids } from '../../../src/search/vectors/k-means.js';
import { Partition } from '../../../src/search/vectors/partition.js';

const LENGTHS = [10, 12, 3, 7];
const SHAPE = blendShape(LENGTHS, 1);
const LENGTH = 32;

/** Parts of unit length, one part in ten of zeros. */
function vectorOf(random: Random): Float32Array {
  const parts = LENGTHS.flatMap((length) => {
    const values = Array.from({ length }, () => random.range(-1, 1) ** 3);
    const norm = random.chance(0.1) ? Infinity : Math.hypot(...values);
    return values.map((value) => value / norm);
  });
  return Float32Array.from(parts);
}

function queryOf(random: Random) {
  return {
    vector: vectorOf(random),
    other: vectorOf(random).subarray(10, 22),
    weights: [1.4, 3, 0, 0.7],
    sharpness: [4, 48, 1, 16],
  };
}

function blendOf(query: ReturnType<typeof queryOf>, row: Float32Array): number {
  const dot = (one: Float32Array, from: number, length: number, to = from): number =>
    one.subarray(from, from + length).reduce((sum, value, at) => sum + value * row[to + at]!, 0);
  let from = 0;
  return LENGTHS.reduce((sum, length, part) => {
    const straight = dot(query.vector, from, length);
    const cosine = part === 1 ? Math.max(straight, dot(query.other, 0, length, from)) : straight;
    from += length;
    return sum + query.weights[part]! * Math.exp(query.sharpness[part]! * (cosine - 1));
  }, 0);
}

const all = (size: number) => new BestRows(size);
const scoresOf = (best: BestRows): Map<number, number> => {
  const { rows, scores } = best.sorted();
  return new Map([...rows].map((row, at) => [row, scores[at]!]));
};

describe('the best rows', () => {
  it('are what sorting everything and cutting would keep', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -9999, max: 9999 })),
        fc.integer({ min: 1, max: 40 }),
        (scores, limit) => {
          const best = new BestRows(limit);
          for (const [row, score] of scores.entries()) best.add(score, row);
          const expected = [...scores.entries()].sort((one, other) => other[1] - one[1]).slice(0, limit);
          expect([...best.sorted().rows]).toEqual(expected.map(([row]) => row));
          expect(best.bar).toBe(scores.length < limit ? -Infinity : expected.at(-1)![1]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('take a limit far beyond what there is', () => {
    const best = new BestRows(1_000_000);
    for (let row = 0; row < 3000; row += 1) best.add((row * 7919) % 3001, row);
    const { scores } = best.sorted();
    expect(scores).toEqual(scores.toSorted().toReversed());
    expect(scores).toHaveLength(3000);
  });
});

describe('rows of bytes', () => {
  it('give nearly the blend, and vector units change no bit of it', () => {
    const random = new Random(3);
    const vectors = Array.from({ length: 300 }, () => vectorOf(random));
    const [fast, slow] = [new ByteLists(SHAPE, 1), new ByteLists(SHAPE, 1, 1, false)];
    for (const [row, vector] of vectors.entries()) {
      fast.add(row, vector);
      slow.add(row, vector);
    }
    for (let round = 0; round < 20; round += 1) {
      const query = queryOf(random);
      // A query that some row is, so that high scores are among them.
      if (round % 2 === 0) query.vector = vectors[round * 3]!;
      const [one, other] = [all(300), all(300)];
      fast.scan(writeQuery(SHAPE, query), one);
      slow.scan(writeQuery(SHAPE, query), other);
      expect(scoresOf(one)).toEqual(scoresOf(other));
      const picked = all(300);
      fast.pick(Uint32Array.of(7, 299, 7), writeQuery(SHAPE, query), picked);
      expect(scoresOf(picked)).toEqual(new Map([7, 299].map((row) => [row, scoresOf(one).get(row)!]))); // the same twice
      for (const [row, score] of scoresOf(one)) {
        const exact = blendOf(query, vectors[row]!);
        expect(Math.abs(Math.log(score / exact))).toBeLessThan(48 * 0.02);
      }
    }
  });

  it('are the same after any adding, changing and removing as if filled anew', () => {
    const random = new Random(5);
    for (const many of [1, 5]) {
      const lists = new ByteLists(SHAPE, 0, many);
      const model: Float32Array[] = [];
      for (let step = 0; step < 3000; step += 1) {
        const row = random.int(0, Math.max(0, model.length - 1));
        const vector = vectorOf(random);
        if (model.length === 0 || random.chance(step < 1500 ? 0.7 : 0.3)) {
          lists.add(model.length, vector, random.int(0, many - 1));
          model.push(vector);
        } else if (random.chance(0.5)) {
          lists.set(row, vector);
          model[row] = vector;
        } else {
          const last = model.pop()!;
          lists.remove(row);
          if (row === model.length) continue;
          lists.rename(model.length, row);
          model[row] = last;
        }
      }
      const fresh = new ByteLists(SHAPE);
      for (const [row, vector] of model.entries()) fresh.add(row, vector);
      const query = writeQuery(SHAPE, queryOf(random));
      const [kept, anew, picked] = [all(9999), all(9999), all(9999)];
      lists.scan(query, kept);
      fresh.scan(query, anew);
      lists.pick(Uint32Array.from(model.keys()), query, picked);
      expect(scoresOf(kept)).toEqual(scoresOf(anew));
      expect(scoresOf(picked)).toEqual(scoresOf(anew));
      expect(lists.counts.reduce((sum, count) => sum + count)).toBe(model.length);
    }
  });
});

describe('rows of float32', () => {
  it('give dot products, and vector units change no bit of them', () => {
    const random = new Random(9);
    const [fast, slow] = [new FloatRows(LENGTH), new FloatRows(LENGTH, 0, false)];
    const vectors = Array.from({ length: 5000 }, () => vectorOf(random));
    for (const vector of vectors) {
      fast.push(vector);
      if (slow.size < 200) slow.push(vector);
    }
    const query = vectorOf(random);
    const dots = vectors.map((vector) => vector.reduce((sum, value, at) => sum + value * query[at]!, 0));
    const [best, some, plain] = [all(10), all(200), all(200)];
    fast.scan(query, best);
    const order = [...dots.keys()].sort((one, other) => dots[other]! - dots[one]!);
    expect([...best.sorted().rows]).toEqual(order.slice(0, 10));
    fast.pick(
      Uint32Array.from({ length: 200 }, (_, row) => row),
      query,
      some,
    );
    slow.scan(query, plain);
    expect(some.sorted()).toEqual(plain.sorted());
    fast.removeByMovingLast(3);
    expect([...fast.row(3)]).toEqual([...vectors[4999]!]);
  });
});

describe('codes', () => {
  it('are compared by Hamming distance, with and without vector units', () => {
    const random = new Random(11);
    const [fast, slow] = [new CodeRows(), new CodeRows(0, false)];
    const codes = Array.from({ length: 500 }, () =>
      Uint8Array.from({ length: 16 }, () => random.int(0, 255)),
    );
    for (const code of codes) {
      fast.push(code);
      slow.push(code);
    }
    const bits = (code: Uint8Array): boolean[] =>
      [...code].flatMap((byte) => Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1) === 1));
    const asked = bits(codes[17]!);
    const [one, other] = [all(500), all(500)];
    fast.scan(codes[17]!, one);
    slow.scan(codes[17]!, other);
    expect(scoresOf(one)).toEqual(scoresOf(other));
    for (const [row, score] of scoresOf(one)) {
      expect(-score).toBe(bits(codes[row]!).filter((bit, at) => bit !== asked[at]).length);
    }
  });
});

// Vector units take four numbers at a time; one of the lengths does not come out even.
describe.each([32, 27])('k-means over rows of %i numbers', (length) => {
  const random = new Random(13);
  const rows = Float32Array.from({ length: 1203 * length }, () => random.range(-1, 1));
  const squares = (row: number, centroids: Float32Array, c: number): number => {
    let sum = 0;
    for (let at = 0; at < length; at += 1)
      sum += (rows[row * length + at]! - centroids[c * length + at]!) ** 2;
    return sum;
  };

  it('says which centroid is nearest, with and without vector units', () => {
    const centroids = rows.slice(0, 17 * length);
    const nearest = new Centroids(centroids, length).nearest(rows);
    expect(nearest).toHaveLength(1203);
    for (const [row, c] of nearest.entries()) {
      for (let other = 0; other < 17; other += 1) {
        expect(squares(row, centroids, c)).toBeLessThanOrEqual(squares(row, centroids, other) + 1e-4);
      }
    }
    const few = rows.subarray(0, 50 * length);
    expect(new Centroids(centroids, length, false).nearest(few)).toEqual(nearest.slice(0, 50));
  });

  it('lays its centroids so that rows are nearer than to rows drawn at random', () => {
    const distance = (centroids: Float32Array): number =>
      new Centroids(centroids, length)
        .nearest(rows)
        .reduce((sum, c, row) => sum + squares(row, centroids, c), 0);
    const trained = trainCentroids(rows, length, 16);
    expect(trained).toHaveLength(16 * length);
    expect(distance(trained)).toBeLessThan(0.95 * distance(rows.slice(0, 16 * length)));
    expect(trainCentroids(rows.subarray(0, 3 * length), length, 16)).toHaveLength(3 * length);
  });
});

describe('a partition', () => {
  it('finds what a look at all rows finds when it looks at all its lists, and most of it in few', () => {
    const random = new Random(17);
    const styles = Array.from({ length: 40 }, () => vectorOf(random));
    const vectors = Array.from({ length: 4000 }, (_, at) =>
      styles[at % 40]!.map((value) => value + random.range(-0.05, 0.05)),
    );
    const flat = new ByteLists(SHAPE);
    const rows = Float32Array.from(vectors.flatMap((vector) => [...vector]));
    const partition = new Partition(SHAPE, trainCentroids(rows, LENGTH, 40));
    for (const [row, vector] of vectors.entries()) {
      flat.add(row, vector);
      partition.add(row, flat.bytesOf(row));
    }
    let found = 0;
    for (let round = 0; round < 10; round += 1) {
      const vector = styles[round]!;
      const query = writeQuery(SHAPE, { ...queryOf(random), vector, other: null });
      const [exact, whole, part] = [all(10), all(10), all(10)];
      flat.scan(query, exact);
      partition.scan(query, whole, 40);
      partition.scan(query, part, 6);
      expect(whole.sorted()).toEqual(exact.sorted());
      const expected = new Set(exact.sorted().rows);
      found += part.sorted().rows.filter((row) => expected.has(row)).length;
    }
    expect(found).toBeGreaterThanOrEqual(90);
  });
});
