/** One machine a class, each against all other classes; their decision values become probabilities that add up to 1. */
import { setImmediate } from 'node:timers/promises';
import { FashiondError } from '../../domain/errors.js';
import { Random, seedOf } from '../../platform/random.js';
import { fitTemperature } from '../metrics.js';
import { score, solveLinearSvm } from './dual-descent.js';
import type { FeatureRows, SvmOptions } from './dual-descent.js';
import { fitSigmoid, probabilityOf } from './platt.js';
import type { Sigmoid } from './platt.js';

export interface LinearMachines {
  readonly classes: number;
  /** [classes, width + 1]; each row's last number is its bias. */
  readonly weights: Float32Array;
}

export interface MachineProgress {
  /** From 1. */
  readonly machine: number;
  readonly of: number;
  readonly rounds: number;
  readonly converged: boolean;
}

/** `labels`: class of each row. Throws FashiondError `cancelled` when the signal aborts between two machines. */
export async function trainMachines(
  rows: FeatureRows,
  labels: readonly number[],
  classes: number,
  options: SvmOptions & { readonly seed: number },
  setting: { readonly signal: AbortSignal; readonly onMachine?: (progress: MachineProgress) => void },
): Promise<LinearMachines> {
  const weights = new Float32Array(classes * (rows.width + 1));
  for (let own = 0; own < classes; own += 1) {
    // A machine is solved in one go; between two the process hears its signals.
    await setImmediate();
    if (setting.signal.aborted) throw new FashiondError('cancelled', 'training was interrupted');
    const signs = Int8Array.from(labels, (label) => (label === own ? 1 : -1));
    const random = new Random(seedOf(options.seed, 'svm', own));
    const solution = solveLinearSvm(rows, signs, options, random);
    weights.set(solution.weights, own * (rows.width + 1));
    const { rounds, converged } = solution;
    setting.onMachine?.({ machine: own + 1, of: classes, rounds, converged });
  }
  return { classes, weights };
}

/** [rows, classes]: signed distances from each class's plane, in units of its margin. */
export function decisionValues({ classes, weights }: LinearMachines, rows: FeatureRows): Float32Array {
  const values = new Float32Array(rows.count * classes);
  for (let own = 0; own < classes; own += 1) {
    const machine = weights.subarray(own * (rows.width + 1), (own + 1) * (rows.width + 1));
    for (let row = 0; row < rows.count; row += 1) values[row * classes + own] = score(rows, row, machine);
  }
  return values;
}

/** How decision values become probabilities. */
export interface Calibration {
  /** One for each class. */
  readonly sigmoids: readonly Sigmoid[];
  /** Divides the logarithms of the normalised probabilities: sigmoids of machines that compete are shy together. */
  readonly temperature: number;
}

/**
 * Sigmoids first, then the temperature of the smallest loss (Guo et al. 2017), both on rows that the machines were
 * not trained on. `values`: [rows, classes].
 */
export function calibrate(values: Float32Array, labels: readonly number[], classes: number): Calibration {
  const sigmoids = Array.from({ length: classes }, (_, own) =>
    fitSigmoid(
      labels.map((_, row) => values[row * classes + own] ?? 0),
      labels.map((label) => label === own),
    ),
  );
  const probabilities = classProbabilities(values, { sigmoids, temperature: 1 });
  return { sigmoids, temperature: fitTemperature({ probabilities, classes, labels }) };
}

/**
 * [rows, classes]: sigmoids divided by their sum (Zadrozny and Elkan 2002, section 4, for one against rest), then
 * the temperature.
 */
export function classProbabilities(
  values: Float32Array,
  { sigmoids, temperature }: Calibration,
): Float32Array {
  const classes = sigmoids.length;
  const probabilities = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    const row = sigmoids.map((sigmoid, own) => probabilityOf(sigmoid, values[start + own] ?? 0));
    // Relative to the largest, so that a small temperature does not push all of them under what a number holds.
    const largest = Math.max(...row);
    const powers = row.map((value) => (largest > 0 ? (value / largest) ** (1 / temperature) : 1));
    const sum = powers.reduce((total, value) => total + value, 0);
    for (const [own, value] of powers.entries()) probabilities[start + own] = value / sum;
  }
  return probabilities;
}
