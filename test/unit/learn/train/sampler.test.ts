import { describe, expect, it } from 'vitest';
import { applyRates, epochLength, sampleEpoch, shownIn } from '../../../../src/learn/train/sampler.js';
import { Random } from '../../../../src/platform/random.js';

/** 80 pictures of class 0, 20 of class 1; positions 100 to 199 belong to another split. */
const labels = Array.from({ length: 200 }, (_, index) => (index < 80 ? 0 : 1));
const pictures = Array.from({ length: 100 }, (_, index) => index);
const countOf = (chosen: readonly number[], label: number): number =>
  chosen.filter((picture) => labels[picture] === label).length;

it('shows every picture once without balance, in an order that the seed decides', () => {
  const first = sampleEpoch(pictures, labels, 0, new Random(1));
  expect([...first].sort((a, b) => a - b)).toEqual(pictures);
  expect(sampleEpoch(pictures, labels, 0, new Random(1))).toEqual(first);
  expect(sampleEpoch(pictures, labels, 0, new Random(2))).not.toEqual(first);
});

it('shows classes equally often with full balance, repeating the rare ones evenly', () => {
  const chosen = sampleEpoch(pictures, labels, 1, new Random(1));
  expect(chosen).toHaveLength(100);
  expect(countOf(chosen, 0)).toBe(50);
  const times = Array.from({ length: 20 }, (_, index) => chosen.filter((one) => one === 80 + index).length);
  expect(Math.min(...times)).toBe(2);
  expect(Math.max(...times)).toBe(3);
});

it('goes half the way with half the balance', () => {
  // sqrt(80) : sqrt(20) = 2 : 1
  expect([33, 34]).toContain(countOf(sampleEpoch(pictures, labels, 0.5, new Random(1)), 1));
});

describe('rates of sources', () => {
  const rate = (picture: number): number => (picture < 80 ? 0.25 : 2.5);

  it('show a picture as often as they say, on average', () => {
    const chosen = applyRates(pictures, rate, new Random(4));
    const ofFirst = chosen.filter((picture) => picture < 80);
    expect(new Set(ofFirst).size).toBe(ofFirst.length);
    expect(ofFirst.length).toBeGreaterThan(8);
    expect(ofFirst.length).toBeLessThan(32);
    for (let picture = 80; picture < 100; picture += 1) {
      expect([2, 3]).toContain(chosen.filter((one) => one === picture).length);
    }
    expect(epochLength(pictures, rate)).toBe(70);
  });

  it('of 0 leave a source out, of 1 show each picture once', () => {
    expect(applyRates(pictures, (picture) => (picture < 80 ? 0 : 1), new Random(1))).toEqual(
      pictures.slice(80),
    );
  });
});

it('fills the last step from the start of the order, and refuses an order of no pictures', () => {
  expect(shownIn([5, 6, 7], 1, 2)).toEqual([7, 5]);
  expect(() => shownIn([], 0, 2)).toThrow(expect.objectContaining({ code: 'usage' }));
});
