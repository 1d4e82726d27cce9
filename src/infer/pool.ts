/**
 * The inference threads, through Piscina. They outlive the models: a model is opened in them, served beside others, and
 * closed there again, so that a swap starts no thread.
 *
 * A thread that dies fails the one task it was running and is replaced; the rest of the queue waits for its
 * turn. The one that replaces it opens a model with the first task that brings it along. A network that cannot be
 * loaded is found out by `open`, before the first picture.
 *
 * On the CPU every thread decodes and runs the networks. Another device has one thread of its own to feed it:
 * several sessions would only share it, and each would take its memory.
 */
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { LookLayout } from '../domain/picture.js';
import type { Log, PictureSource } from '../domain/ports.js';
import type { RuntimeChoice } from '../model/runtime.js';
import { createPool } from '../platform/worker-pool.js';
import type { LoadedLookalike } from './lookalike-folder.js';
import type { LoadedModel } from './model-folder.js';
import type {
  ForwardResult,
  ForwardTask,
  LoadOutcome,
  ModelHandle,
  PixelsResult,
  PrepareResult,
  PrepareTask,
  TaskName,
  ThreadData,
} from './tasks.js';

export interface InferencePoolOptions {
  /** Path of the compiled src/inference-worker.js, which exports a function for each TaskName. */
  readonly worker: string;
  /** Null takes one for each core. */
  readonly threads: number | null;
  /** Largest picture decoded, width x height. */
  readonly maxPixels: number;
  /** Of the looks that the threads make. */
  readonly lookLayout: LookLayout;
  /** Heap bound of each thread. */
  readonly maxHeapMiB?: number;
  /** What garments are compared by; the category network's features when absent. */
  readonly lookalike?: LoadedLookalike | null;
  readonly log: Log;
}

/** Files, pixels and tensors lie outside the heap. */
const HEAP_MIB = 512;

export class InferencePool {
  readonly threads: number;
  readonly lookLayout: LookLayout;
  readonly #options: InferencePoolOptions;
  readonly #decoders: Piscina;
  /** The thread that feeds another device than the CPU; null until a model runs on one. */
  #feeder: Piscina | null = null;
  #opened = 0;

  constructor(options: InferencePoolOptions) {
    this.#options = options;
    this.threads = options.threads ?? availableParallelism();
    this.lookLayout = options.lookLayout;
    this.#decoders = this.#start(this.threads);
  }

  /** Whether tasks wait for a thread that decodes. */
  get isBusy(): boolean {
    return this.#decoders.queueSize > 0;
  }

  /** Threads that run the network. */
  networkThreads({ runtime }: Pick<ModelHandle, 'runtime'>): number {
    return runtime.device === 'cpu' ? this.threads : 1;
  }

  /**
   * Loads the network as often as threads run it, and throws FashiondError with the first reason why not. One
   * that comes up late may find its task taken: it loads with its first batch.
   */
  async open(model: LoadedModel, runtime: RuntimeChoice): Promise<ModelHandle> {
    this.#opened += 1;
    const isOpen = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(1);
    const handle: ModelHandle = { ...model, runtime, id: this.#opened, isOpen };
    try {
      const loads = this.#eachThread(handle, () => this.#run<LoadOutcome>(this.#of(handle), 'load', handle));
      for (const load of await Promise.allSettled(loads)) this.#requireLoaded(load);
      return handle;
    } catch (error) {
      await this.release(handle);
      throw error;
    }
  }

  /** Closes the model in every thread, the busy ones at the end of their task. No task of it may be under way. */
  async release(model: ModelHandle): Promise<void> {
    Atomics.store(model.isOpen, 0, 0);
    // A thread that is idle takes one of these; of those that die or are busy none is needed.
    await Promise.allSettled(this.#eachThread(model, () => this.#run(this.#of(model), 'release', null)));
  }

  /** Rejects when the thread dies or the file cannot be read; a bad picture is an outcome. */
  prepare(source: PictureSource, { input }: LoadedModel['manifest']): Promise<PrepareResult> {
    const task: PrepareTask = { source, input };
    return this.#run(this.#decoders, 'prepare', task);
  }

  /** Likewise. */
  preparePixels(source: PictureSource, { input }: LoadedModel['manifest']): Promise<PixelsResult> {
    const task: PrepareTask = { source, input };
    return this.#run(this.#decoders, 'preparePixels', task);
  }

  /** `pixels` ([count, size, size, 3], one whole buffer) is moved: empty for the caller afterwards. */
  forward(model: ModelHandle, pixels: Uint8Array<ArrayBuffer>, count: number): Promise<ForwardResult> {
    const task: ForwardTask = { model, pixels, count };
    return this.#run(this.#of(model), 'forward', task, [pixels.buffer]);
  }

  /** Ends all threads at once; tasks that still run are rejected. */
  async close(): Promise<void> {
    await Promise.all([this.#decoders.destroy(), this.#feeder?.destroy()]);
  }

  #start(threads: number): Piscina {
    const { worker, lookalike = null, maxPixels, maxHeapMiB = HEAP_MIB, log } = this.#options;
    const data: ThreadData = { lookalike, maxPixels };
    return createPool({
      from: pathToFileURL(worker).href,
      worker: `./${basename(worker)}`,
      threads,
      // Each classifier bounds its pictures in flight, and few models are open at once.
      maxQueue: Number.POSITIVE_INFINITY,
      workerData: data,
      maxHeapMiB,
      onThreadLost: (error, threads) => log.error('infer.thread_lost', { detail: messageOf(error), threads }),
    });
  }

  /** The threads that run the model. */
  #of({ runtime }: Pick<ModelHandle, 'runtime'>): Piscina {
    if (runtime.device === 'cpu') return this.#decoders;
    this.#feeder ??= this.#start(1);
    return this.#feeder;
  }

  #eachThread<Result>(model: ModelHandle, task: () => Promise<Result>): Promise<Result>[] {
    return Array.from({ length: this.networkThreads(model) }, task);
  }

  #requireLoaded(load: PromiseSettledResult<LoadOutcome>): void {
    if (load.status === 'rejected') {
      throw new FashiondError('internal', `an inference thread did not start: ${messageOf(load.reason)}`, {
        hint: `check that ${this.#options.worker} is complete: run \`npm run build\``,
        cause: load.reason,
      });
    }
    if (load.value.kind === 'loaded') return;
    const { code, message, hint } = load.value;
    throw new FashiondError(code, message, hint === null ? {} : { hint });
  }

  async #run<Result>(
    pool: Piscina,
    name: TaskName,
    task: unknown,
    transferList: ArrayBuffer[] = [],
  ): Promise<Result> {
    return (await pool.run(task, { name, transferList })) as Result;
  }
}
