import { expect, it } from 'vitest';
import { learningRateAt } from '../../../../src/learn/train/schedule.js';

const schedule = { peak: 0.1, warmupSteps: 4, totalSteps: 104 };

it('rises evenly to the peak', () => {
  const rates = [0, 1, 2, 3].map((step) => learningRateAt(schedule, step));
  for (const [index, rate] of rates.entries()) expect(rate).toBeCloseTo(0.025 * (index + 1), 10);
});

it('falls along half a cosine: half at the middle, almost nothing at the end', () => {
  expect(learningRateAt(schedule, 4)).toBeCloseTo(0.1, 10);
  expect(learningRateAt(schedule, 54)).toBeCloseTo(0.05, 10);
  expect(learningRateAt(schedule, 103)).toBeLessThan(0.0001);
  expect(learningRateAt(schedule, 500)).toBeCloseTo(0, 10);
});
