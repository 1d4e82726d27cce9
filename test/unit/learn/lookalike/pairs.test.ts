import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findOwn } from '../../../../src/learn/lookalike/find-own.js';
import { readPairs } from '../../../../src/learn/lookalike/pair-data.js';
import { pairOrder } from '../../../../src/learn/lookalike/pair-order.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('reads pictures in groups, and keeps whole groups back', async () => {
  const folder = temporaryFolder();
  const pictures = await Promise.all(
    Array.from({ length: 60 }, async (_, at) => {
      const file = join(folder, String(at));
      await writeFile(file, Uint8Array.of(at));
      const group = String(at < 50 ? Math.floor(at / 2) : at);
      return { file, group, category: null, facts: [at < 50 ? Math.floor(at / 2) : null, 3] };
    }),
  );
  const data = await readPairs(pictures, {
    size: 4,
    decode: async (bytes) => new Uint8Array(48).fill(bytes[0] ?? 0),
    preprocessing: 'test',
    seed: 1,
    validationShare: 0.3,
    signal: new AbortController().signal,
  });
  expect(data.groups).toHaveLength(35);
  expect(new Uint8Array(data.pixels)[7 * 48]).toBe(7);
  expect(data.groups[3]?.colour).toEqual([6.5, 6.5, 6.5]);
  const labels = new Int32Array(data.labels);
  const held = new Set(data.validation.map((at) => labels[at]));
  expect(held.size).toBeGreaterThan(2);
  expect(data.validation).toHaveLength(held.size * 2);
  expect(data.train.some((at) => held.has(labels[at]))).toBe(false);
  // Facts are about 0 with deviation 1, and the one that never differs says nothing.
  const facts = new Float32Array(data.facts!);
  const known = Array.from({ length: 25 }, (_, group) => facts[group * 2]!);
  expect(known.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 4);
  expect(known.reduce((sum, value) => sum + value ** 2, 0) / 25).toBeCloseTo(1, 4);
  expect(facts[25 * 2]).toBeNaN();
  expect(facts[1]).toBe(0);
});

test('shows each picture once an epoch, pair by pair, and near colours together', () => {
  const groups = Array.from({ length: 64 }, (_, at) => ({
    pictures: at % 8 === 0 ? [3 * at] : [3 * at, 3 * at + 1, 3 * at + 2],
    category: at % 2 === 0 ? 'a' : 'b',
    colour: [4 * at, 4 * at, 4 * at] as const,
  }));
  const order = pairOrder(groups, 1, 1);
  expect(order).toHaveLength(128);
  expect(pairOrder(groups, 1, 1)).toEqual(order);
  expect(pairOrder(groups, 1, 2)).not.toEqual(order);
  const groupAt = (place: number): number => Math.floor(order[place]! / 3);
  let distance = 0;
  for (let at = 0; at < order.length; at += 2) {
    expect(groupAt(at)).toBe(groupAt(at + 1));
    if (at % 8 === 0) continue;
    expect(groupAt(at) % 2).toBe(groupAt(at - 2) % 2);
    distance += Math.abs(groupAt(at) - groupAt(at - 2)) / 48;
  }
  // By chance it would be a third of all 64.
  expect(distance).toBeLessThan(12);
});

test('says how often a picture finds its own', () => {
  const embeddings = Float32Array.of(1, 0, 0.6, 0.8, 0, 1, 0.8, 0.6);
  expect(findOwn(embeddings, [0, 1, 1, 0])).toEqual({ recallAt1: 0.5, meanReciprocalRank: 0.75 });
});

test('says that embeddings which are all alike find nothing', () => {
  const embeddings = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0);
  expect(findOwn(embeddings, [0, 1, 1, 0])).toEqual({ recallAt1: 0, meanReciprocalRank: 1 / 3 });
});
