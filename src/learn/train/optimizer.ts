/**
 * Adam (Kingma and Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2)
 * on flat vectors.
 */

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Share of a weight taken away at each step, times the learning rate. */
  readonly weightDecay: number;
}

export const ADAM_DEFAULTS: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 };

/** What a checkpoint keeps. */
export interface AdamState {
  /** Running means of the gradient and of its square, without bias correction. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
  steps: number;
}

/** In shared memory, so that several threads may each move a part of the values. */
export function adamState(length: number): AdamState {
  const zeros = (): Float32Array => new Float32Array(new SharedArrayBuffer(length * 4));
  return { mean: zeros(), square: zeros(), steps: 0 };
}

/** One step, in place. `decays[i]` is 1 where weight decay applies, else 0. All have one length. */
export function adamStep(
  state: AdamState,
  values: Float32Array,
  gradient: Float32Array,
  decays: Uint8Array,
  learningRate: number,
  options: AdamOptions = ADAM_DEFAULTS,
): void {
  state.steps += 1;
  const { beta1, beta2, epsilon } = options;
  const { mean, square } = state;
  const rate = learningRate / (1 - beta1 ** state.steps);
  const squareCorrection = 1 / (1 - beta2 ** state.steps);
  const decay = learningRate * options.weightDecay;
  for (let index = 0; index < values.length; index += 1) {
    const slope = gradient[index] ?? 0;
    const first = beta1 * (mean[index] ?? 0) + (1 - beta1) * slope;
    const second = beta2 * (square[index] ?? 0) + (1 - beta2) * slope * slope;
    mean[index] = first;
    square[index] = second;
    const value = values[index] ?? 0;
    const change = (rate * first) / (Math.sqrt(second * squareCorrection) + epsilon);
    values[index] = value - change - decay * (decays[index] ?? 0) * value;
  }
}
