import { expect, it } from 'vitest';
import { drawPattern } from '../../../../src/learn/train/ground-pattern.js';
import { Random } from '../../../../src/platform/random.js';

const SIZE = 48;

function levels(seed: number): number[] {
  const pattern = drawPattern(SIZE, new Random(seed));
  return Array.from({ length: SIZE * SIZE }, (_, at) => pattern(at % SIZE, Math.floor(at / SIZE)));
}

it('changes the brightness over the picture, by no more than 70 levels', () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const drawn = levels(seed);
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(70 + 1e-9);
    expect(new Set(drawn).size).toBeGreaterThan(1);
  }
});

it('is the same for the same seed and differs between seeds', () => {
  expect(levels(3)).toEqual(levels(3));
  expect(levels(3)).not.toEqual(levels(4));
});
