import { expect, test } from 'vitest';
import { Random } from '../../../../src/platform/random.js';
import { discriminants } from '../../../../src/search/evaluation/discriminant.js';

test('finds where groups differ and one group does not', () => {
  const random = new Random(2);
  const vectors: Float32Array[] = [];
  const groups: string[] = [];
  for (let group = 0; group < 200; group += 1) {
    const own = [random.range(-1, 1), random.range(-1, 1)];
    for (let at = 0; at < 3; at += 1) {
      groups.push(String(group));
      // The third number varies most, but says nothing of the group; the fourth neither.
      vectors.push(
        Float32Array.of(
          5 + own[0]! + random.range(-0.1, 0.1),
          own[1]! + random.range(-0.5, 0.5),
          random.range(-9, 9),
          0,
        ),
      );
    }
  }
  const { values, rows, columns, mean } = discriminants(vectors, groups, 2, 1e-5);
  expect([rows, columns]).toEqual([2, 4]);
  expect(mean[0]).toBeCloseTo(5, 0);
  const first = values.subarray(0, 4);
  expect(Math.abs(first[0]!)).toBeGreaterThan(20 * Math.abs(first[2]!));
  expect(Math.abs(first[0]!)).toBeGreaterThan(3 * Math.abs(first[1]!));
  // Along the first direction one group's values have about unit variance: 3 in 2, less a mean of three.
  const within = vectors.reduce((sum, vector, at) => {
    const of = [0, 1, 2].map((place) => vectors[at - (at % 3) + place]!);
    const along = (one: Float32Array): number =>
      one.reduce((all, value, index) => all + value * first[index]!, 0);
    const middle = of.reduce((all, one) => all + along(one), 0) / 3;
    return sum + (along(vector) - middle) ** 2 / vectors.length;
  }, 0);
  expect(within).toBeGreaterThan(0.5);
  expect(within).toBeLessThan(1.1);
  expect(() => discriminants(vectors.slice(0, 2), ['a', 'b'], 1, 1)).toThrow(/nothing to fit/);
});
