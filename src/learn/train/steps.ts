/**
 * One optimizer step, data-parallel: each thread differentiates its shard of the mini-batch, then each averages the
 * gradients of a range of the shared weights and moves it. Two one-thread sessions that average beat one two-thread
 * session (181 against 145 pictures a second on the reference network).
 */
import type { Piscina } from 'piscina';
import { FashiondError } from '../../domain/errors.js';
import { createPool } from '../../platform/worker-pool.js';
import type { NetworkSpec } from '../../model/network.js';
import type { RuntimeChoice } from '../../model/runtime.js';
import type { TrainOptions } from './options.js';
import type { MoveTask, ShardResult, ShardSetup, ShardTask } from './shard.js';
import { updateStatistics } from './state.js';
import type { TeacherSetup } from './teacher.js';
import type { NetworkState } from './state.js';

/** A data set in memory that threads can share. */
export interface TrainingData {
  /** uint8, size x size x 3 a picture. */
  readonly pixels: SharedArrayBuffer;
  readonly size: number;
  /** int32, the class of each picture. */
  readonly labels: SharedArrayBuffer;
  readonly train: readonly number[];
  readonly validation: readonly number[];
  /** Name of each picture's source. */
  readonly sources: readonly string[];
  /** float32, of each label its facts one after the other, NaN where one is not known; for a contrastive network. */
  readonly facts?: SharedArrayBuffer;
  /** Names the data: a checkpoint of other data is refused. */
  readonly fingerprint: string;
}

export interface StepResult {
  readonly loss: number;
  readonly accuracy: number;
}

export class Stepper {
  readonly #pool: Piscina;
  readonly #state: NetworkState;
  readonly #options: TrainOptions;
  readonly #statistics: readonly Float32Array[];

  constructor(
    spec: NetworkSpec,
    data: TrainingData,
    options: TrainOptions,
    state: NetworkState,
    runtime: RuntimeChoice,
    teacher: TeacherSetup | null,
  ) {
    const { workers } = options;
    const { weights, weightLayout, statisticLayout, adam, decays } = state;
    const gradients = new SharedArrayBuffer(workers * weightLayout.length * 4);
    const statistics = new SharedArrayBuffer(workers * statisticLayout.length * 4);
    this.#state = state;
    this.#options = options;
    this.#statistics = slices(statistics, workers, statisticLayout.length);
    const workerData: ShardSetup = {
      spec,
      runtime,
      batch: options.batch / workers,
      teacher,
      options: {
        size: spec.size,
        classes: spec.classes,
        augmentation: options.augmentation,
        labelSmoothing: options.labelSmoothing,
        mixup: options.mixup,
        contrastive: spec.contrastive !== undefined,
      },
      pixels: data.pixels,
      labels: data.labels,
      facts: data.facts ?? null,
      weights: shared(weights),
      moments: { mean: shared(adam.mean), square: shared(adam.square) },
      decays: shared(decays),
      gradients,
      statistics,
    };
    this.#pool = createPool({
      from: import.meta.url,
      worker: './shard-worker.js',
      threads: workers,
      maxQueue: workers,
      workerData,
    });
  }

  /**
   * Moves the weights by one mini-batch of exactly `batch` pictures. A loss or gradient that is no number leaves
   * them as they were and is returned as a NaN loss.
   */
  async step(pictures: readonly number[], seeds: readonly number[], rate: number): Promise<StepResult> {
    const { batch, workers, weightDecay } = this.#options;
    const perShard = batch / workers;
    const results = await this.#onEach<ShardResult>('trainShard', (shard) => ({
      shard,
      pictures: pictures.slice(shard * perShard, (shard + 1) * perShard),
      seeds: [...seeds, shard],
    }));
    const loss = average(results.map((result) => result.loss));
    const accuracy = average(results.map((result) => result.accuracy));
    if (!Number.isFinite(loss) || !results.every(({ finite }) => finite))
      return { loss: Number.NaN, accuracy };
    const { adam, weights, statistics } = this.#state;
    const { steps } = adam;
    updateStatistics(statistics, this.#statistics, steps);
    const bound = (part: number): number => Math.round((weights.length * part) / workers);
    await this.#onEach<undefined>('moveWeights', (part) => ({
      start: bound(part),
      end: bound(part + 1),
      steps,
      rate,
      weightDecay,
    }));
    adam.steps += 1;
    return { loss, accuracy };
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** One task for each worker, all at once. */
  async #onEach<Result>(name: string, task: (worker: number) => ShardTask | MoveTask): Promise<Result[]> {
    const workers = Array.from({ length: this.#options.workers }, (_, worker) => worker);
    return Promise.all(
      workers.map(async (worker) => (await this.#pool.run(task(worker), { name })) as Result),
    );
  }
}

/** The memory under a view that threads may share. */
function shared(view: Float32Array | Uint8Array): SharedArrayBuffer {
  if (view.buffer instanceof SharedArrayBuffer) return view.buffer;
  throw new FashiondError('internal', 'the state of a training is not in shared memory');
}

function slices(buffer: SharedArrayBuffer, count: number, length: number): Float32Array[] {
  return Array.from({ length: count }, (_, index) => new Float32Array(buffer, index * length * 4, length));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
