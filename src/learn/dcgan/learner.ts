/** A network while it learns: its weights, Adam's memory and its running statistics, as vectors. */
import { Tensor, floats } from '../runtime.js';
import type { Session } from '../runtime.js';
import { Random, seedOf } from '../../platform/random.js';
import { gradientName } from '../networks/training-graph.js';
import type { NamedValues } from '../networks/served-values.js';
import { normal } from '../train/distributions.js';
import { layoutOf, namedParts, statisticsLayout } from '../train/layout.js';
import type { Layout } from '../train/layout.js';
import { ADAM_DEFAULTS, adamState, adamStep } from '../train/optimizer.js';
import type { AdamState } from '../train/optimizer.js';
import { updateStatistics } from '../train/state.js';
import type { StepGraph } from './step-graphs.js';

type Outputs = Awaited<ReturnType<Session['run']>>;

export class Learner {
  readonly #layout: Layout;
  readonly #statisticsLayout: Layout;
  readonly #weights: Float32Array;
  readonly #statistics: Float32Array;
  readonly #adam: AdamState;
  /** No weight decays: the paper has none. */
  readonly #decays: Uint8Array;

  /** Weights drawn from the seed. */
  constructor(step: StepGraph, seed: number) {
    const { parameters } = step;
    this.#layout = layoutOf(parameters);
    this.#statisticsLayout = statisticsLayout(step);
    const { length } = this.#layout;
    this.#weights = new Float32Array(length);
    this.#statistics = new Float32Array(this.#statisticsLayout.length);
    this.#adam = adamState(length);
    this.#decays = new Uint8Array(length);
    for (const [at, { name, mean, deviation }] of parameters.entries()) {
      const random = new Random(seedOf(seed, 'weights', name));
      const { start = 0, end = 0 } = this.#layout.parts[at] ?? {};
      for (let index = start; index < end; index += 1) {
        this.#weights[index] = mean + deviation * normal(random);
      }
    }
  }

  get steps(): number {
    return this.#adam.steps;
  }

  /** The parameters as a graph takes them. */
  feeds(): Record<string, Tensor> {
    const tensors = this.#layout.parts.map(
      ({ name, shape, start, end }) =>
        [name, new Tensor('float32', this.#weights.slice(start, end), [...shape])] as const,
    );
    return Object.fromEntries(tensors);
  }

  /**
   * One step of Adam by the gradients among a graph's outputs, whose statistics are taken over as well. Returns false,
   * and changes nothing, where the gradient holds anything but finite numbers.
   */
  learn(outputs: Outputs, { rate, beta1 }: { readonly rate: number; readonly beta1: number }): boolean {
    const gradient = new Float32Array(this.#layout.length);
    for (const { name, start } of this.#layout.parts)
      gradient.set(floats(outputs, gradientName(name)), start);
    if (!Number.isFinite(squareSum(gradient))) return false;
    const batch = new Float32Array(this.#statistics.length);
    for (const { name, start } of this.#statisticsLayout.parts) batch.set(floats(outputs, name), start);
    updateStatistics(this.#statistics, [batch], this.#adam.steps);
    const options = { ...ADAM_DEFAULTS, beta1, weightDecay: 0 };
    adamStep(this.#adam, this.#weights, gradient, this.#decays, rate, options);
    return true;
  }

  /** Parameters and running statistics by name. */
  values(): NamedValues {
    return new Map([
      ...namedParts(this.#layout, this.#weights),
      ...namedParts(this.#statisticsLayout, this.#statistics),
    ]);
  }

  /** What a checkpoint keeps beside `steps`. */
  vectors(): Float32Array[] {
    return [this.#weights, this.#adam.mean, this.#adam.square, this.#statistics];
  }

  /** Returns false, having changed nothing, for vectors of another network. */
  restore(vectors: readonly Float32Array[], steps: number): boolean {
    const own = this.vectors();
    if (!own.every(({ length }, at) => vectors[at]?.length === length)) return false;
    for (const [at, vector] of own.entries()) vector.set(vectors[at] ?? []);
    this.#adam.steps = steps;
    return true;
  }
}

function squareSum(values: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += (values[at] ?? 0) ** 2;
  return sum;
}
