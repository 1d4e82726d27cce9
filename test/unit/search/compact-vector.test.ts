import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedBasisPath, shippedLookalikePath } from '../../../src/config/assets.js';
import type { CompactBasis, SearchVectors } from '../../../src/domain/similar.js';
import { readLookalikeModel } from '../../../src/lookalike-model.js';
import {
  COMPACT_BASIS_FILE,
  encodeCompactBasis,
  readCompactBasis,
} from '../../../src/model/compact-basis.js';
import { Random } from '../../../src/platform/random.js';
import { PARTS, blend } from '../../../src/search/blend.js';
import {
  compactScore,
  compactSlices,
  compactVector,
  partOf,
  suits,
} from '../../../src/search/compact-vector.js';
import { principalDirections } from '../../../src/search/evaluation/principal.js';

const LAYOUT = { version: 'test', colour: [0, 12], shape: [12, 24], pattern: [24, 30] } as const;
const SETTINGS = {
  weights: { colour: 1, shape: 2, pattern: 0.5, features: 1 },
  sharpness: { colour: 4, shape: 8, pattern: 2, features: 4 },
};

/** Parts of unit length that lie in a space of `rank` dimensions. */
function picture(random: Random, rank: number, mixes: readonly Float32Array[][]): SearchVectors {
  const part = (of: readonly Float32Array[]): Float32Array => {
    const sum = new Float32Array(of[0]!.length);
    for (const direction of of.slice(0, rank)) {
      const share = random.range(-1, 1);
      for (const [at, value] of direction.entries()) sum[at]! += share * value;
    }
    const length = Math.hypot(...sum);
    return sum.map((value) => value / length);
  };
  const [colour, shape, pattern, features] = mixes.map(part);
  return { look: Float32Array.from([...colour!, ...shape!, ...pattern!]), features: features! };
}

function mixesOf(random: Random): Float32Array[][] {
  return [12, 12, 6, 10].map((length) =>
    Array.from({ length: 4 }, () => Float32Array.from({ length }, () => random.range(-1, 1))),
  );
}

function basisOf(pictures: readonly SearchVectors[], count: number): CompactBasis {
  const of = (part: (typeof PARTS)[number]) =>
    principalDirections(
      pictures.map((one) => partOf(one, LAYOUT, part)),
      count,
    );
  const parts = {
    colour: of('colour'),
    shape: of('shape'),
    pattern: of('pattern'),
    features: of('features'),
  };
  return { model: 'm', lookVersion: 'test', parts };
}

test('short vectors give the blend of what lies in few directions', () => {
  const random = new Random(3);
  const mixes = mixesOf(random);
  const pictures = Array.from({ length: 40 }, () => picture(random, 4, mixes));
  const basis = basisOf(pictures, 4);
  const slices = compactSlices(basis);
  expect(slices.features).toEqual([12, 16]);
  const [one, other] = [pictures[0]!, pictures[1]!];
  const short = [one, other].map((each) => compactVector(each, LAYOUT, basis));
  const cosine = (part: (typeof PARTS)[number]): number =>
    partOf(one, LAYOUT, part).reduce((sum, value, at) => sum + value * partOf(other, LAYOUT, part)[at]!, 0);
  const full = blend(
    {
      colour: cosine('colour'),
      shape: cosine('shape'),
      pattern: cosine('pattern'),
      features: cosine('features'),
    },
    SETTINGS,
  );
  expect(compactScore(short[0]!, null, short[1]!, slices, SETTINGS)).toBeCloseTo(full, 5);
  // A mirrored shape that is nearer counts in place of the straight one.
  const mirrored = compactVector(other, LAYOUT, basis);
  expect(compactScore(short[0]!, mirrored, short[1]!, slices, SETTINGS)).toBeGreaterThan(full);
});

test('the basis that ships is of the looks of the lookalike model that ships', async () => {
  const { layout } = await readLookalikeModel(shippedLookalikePath);
  expect(suits(await readCompactBasis(shippedBasisPath, PARTS), layout)).toBe(true);
});

test('main directions stand at right angles, the strongest first', () => {
  const random = new Random(5);
  const vectors = Array.from({ length: 300 }, () =>
    Float32Array.of(random.range(-1, 1), random.range(-5, 5), random.range(-0.1, 0.1)),
  );
  const { rows, values } = principalDirections(vectors, 2);
  expect(rows).toBe(2);
  expect(Math.abs(values[1]!)).toBeGreaterThan(0.999);
  expect(Math.abs(values[3]!)).toBeGreaterThan(0.999);
  const dot = values[0]! * values[3]! + values[1]! * values[4]! + values[2]! * values[5]!;
  expect(dot).toBeCloseTo(0, 6);
});

test('a basis is kept in a file, and belongs to one look, whatever the categories come from', async () => {
  const random = new Random(7);
  const mixes = mixesOf(random);
  const basis = basisOf(
    Array.from({ length: 20 }, () => picture(random, 4, mixes)),
    3,
  );
  const folder = await mkdtemp(join(tmpdir(), 'compact-'));
  const path = join(folder, COMPACT_BASIS_FILE);
  await writeFile(path, encodeCompactBasis(basis));
  const read = await readCompactBasis(path, PARTS);
  expect(read).toEqual(basis);
  expect(suits(read, LAYOUT)).toBe(true);
  expect(suits({ ...read, model: 'other' }, LAYOUT)).toBe(true);
  expect(suits(read, { ...LAYOUT, version: 'next' })).toBe(false);
  await writeFile(path, encodeCompactBasis(basis).slice(0, 40));
  await expect(readCompactBasis(path, PARTS)).rejects.toMatchObject({ code: 'corrupt' });
});
