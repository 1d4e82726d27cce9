import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitLogistic } from '../../../../src/learn/text/logistic.js';
import { minimise } from '../../../../src/learn/text/minimise.js';

/** Fitted by Newton's method with the full Hessian, in another language and with another linear algebra. */
const problem = JSON.parse(
  readFileSync(new URL('../../../golden/logistic.json', import.meta.url), 'utf8'),
) as {
  readonly rows: number[][];
  readonly labels: number[];
  readonly ridge: number;
  readonly features: number;
  readonly classes: number;
  readonly weights: number[];
};

describe('fitLogistic', () => {
  it('finds the weights that Newton’s method finds', () => {
    const examples = problem.rows.map((rows, at) => ({ rows, label: problem.labels[at] ?? 0 }));
    const { features, classes, ridge } = problem;
    const weights = fitLogistic(examples, { features, classes, ridge, steps: 500, gradient: 1e-10 });
    expect(weights).toHaveLength(problem.weights.length);
    for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(problem.weights[at] ?? NaN, 6);
  });

  it('leaves the weights of a feature that no text has at nothing', () => {
    const examples = [
      { rows: [0], label: 0 },
      { rows: [1], label: 1 },
    ];
    const weights = fitLogistic(examples, { features: 3, classes: 2, ridge: 0.1, steps: 50, gradient: 1e-9 });
    expect(Array.from(weights.slice(4))).toEqual([0, 0]);
    expect(weights[0]).toBeGreaterThan(0.1);
  });
});

describe('minimise', () => {
  it('reaches the bottom of a narrow curved valley (Rosenbrock)', () => {
    const found = minimise(
      (point, gradient) => {
        const [x = 0, y = 0] = point;
        gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
        gradient[1] = 200 * (y - x * x);
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
      },
      Float64Array.of(-1.2, 1),
      { steps: 200, gradient: 1e-9 },
    );
    expect(found[0]).toBeCloseTo(1, 6);
    expect(found[1]).toBeCloseTo(1, 6);
  });
});
