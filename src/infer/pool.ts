/**
 * The inference threads, through Piscina.
 *
 * A thread that dies fails the one task it was running and is replaced; the rest of the queue waits for its
 * turn. A network that cannot be loaded is found out by `ready`, before the first picture.
 *
 * On the CPU every thread decodes and runs the network. Another device has one thread of its own to feed it:
 * several sessions would only share it, and each would take its memory.
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { Log, PictureSource } from '../domain/ports.js';
import { createPool } from '../platform/worker-pool.js';
import type {
  ForwardResult,
  ForwardTask,
  LoadOutcome,
  PixelsResult,
  PrepareResult,
  PrepareTask,
  TaskName,
  ThreadData,
} from './tasks.js';

export interface InferencePoolOptions {
  /** Path of the compiled worker module, which exports a function for each TaskName. */
  readonly worker: string;
  readonly threads: number;
  /** Whether the network has one thread of its own, beside these. */
  readonly ownNetworkThread: boolean;
  /** Tasks waiting at once, at most. */
  readonly maxQueue: number;
  readonly data: ThreadData;
  readonly log: Log;
}

export class InferencePool {
  /** Threads that run the network. */
  readonly networkThreads: number;
  readonly #decoders: Piscina;
  /** The same pool on the CPU. */
  readonly #networks: Piscina;
  readonly #options: InferencePoolOptions;

  constructor(options: InferencePoolOptions) {
    this.#options = options;
    this.networkThreads = options.ownNetworkThread ? 1 : options.threads;
    this.#decoders = this.#open(options.threads);
    this.#networks = options.ownNetworkThread ? this.#open(1) : this.#decoders;
  }

  #open(threads: number): Piscina {
    const { worker, maxQueue, data } = this.#options;
    const pool = createPool({
      from: pathToFileURL(worker).href,
      worker: `./${basename(worker)}`,
      threads,
      maxQueue: maxQueue + threads,
      workerData: data,
    });
    // Without a listener, the death of an idle thread would end the process.
    pool.on('error', (error) => void this.#threadLost(pool, error));
    return pool;
  }

  /**
   * Loads the network as often as threads run it, and throws FashiondError with the first reason why not. One
   * that comes up late may find its task taken: it loads with its first batch.
   */
  async ready(): Promise<void> {
    const loads = Array.from({ length: this.networkThreads }, () =>
      this.#run<LoadOutcome>(this.#networks, 'load', null),
    );
    for (const load of await Promise.allSettled(loads)) {
      if (load.status === 'rejected') {
        throw new FashiondError('internal', `an inference thread did not start: ${messageOf(load.reason)}`, {
          hint: `check that ${this.#options.worker} is complete: run \`npm run build\``,
          cause: load.reason,
        });
      }
      const outcome = load.value;
      if (outcome.kind === 'failed') {
        const { code, message, hint } = outcome;
        throw new FashiondError(code, message, hint === null ? {} : { hint });
      }
    }
  }

  /** Rejects when the thread dies or the file cannot be read; a bad picture is an outcome. */
  prepare(source: PictureSource): Promise<PrepareResult> {
    const task: PrepareTask = source;
    return this.#run(this.#decoders, 'prepare', task);
  }

  /** Likewise. */
  preparePixels(source: PictureSource): Promise<PixelsResult> {
    const task: PrepareTask = source;
    return this.#run(this.#decoders, 'preparePixels', task);
  }

  /** `pixels` ([count, size, size, 3], one whole buffer) is moved: empty for the caller afterwards. */
  forward(pixels: Uint8Array<ArrayBuffer>, count: number): Promise<ForwardResult> {
    const task: ForwardTask = { pixels, count };
    return this.#run(this.#networks, 'forward', task, [pixels.buffer]);
  }

  /** Ends all threads at once; tasks that still run are rejected. */
  async close(): Promise<void> {
    await Promise.all([...new Set([this.#decoders, this.#networks])].map((pool) => pool.destroy()));
  }

  async #run<Result>(
    pool: Piscina,
    name: TaskName,
    task: unknown,
    transferList: ArrayBuffer[] = [],
  ): Promise<Result> {
    return (await pool.run(task, { name, transferList })) as Result;
  }

  async #threadLost(pool: Piscina, error: unknown): Promise<void> {
    this.#options.log.error('infer.thread_lost', {
      detail: messageOf(error),
      threads: pool.threads.length,
    });
    // With no thread left, queued tasks would wait for ever: they fail instead, and the next task starts anew.
    if (pool.threads.length === 0) await pool.destroy();
  }
}
