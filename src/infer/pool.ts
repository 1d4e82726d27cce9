/**
 * The inference threads, through Piscina.
 *
 * A thread that dies fails the one task it was running and is replaced; the rest of the queue waits for its
 * turn. A network that cannot be loaded is found out by `ready`, before the first picture.
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Piscina } from 'piscina';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { Log, PictureSource, PrepareOutcome } from '../domain/ports.js';
import { createPool } from '../platform/worker-pool.js';
import type { ForwardResult, ForwardTask, LoadOutcome, PrepareTask, TaskName, ThreadData } from './tasks.js';

export interface InferencePoolOptions {
  /** Path of the compiled worker module, which exports a function for each TaskName. */
  readonly worker: string;
  readonly threads: number;
  /** Tasks waiting at once, at most. */
  readonly maxQueue: number;
  readonly data: ThreadData;
  readonly log: Log;
}

export class InferencePool {
  readonly #pool: Piscina;
  readonly #options: InferencePoolOptions;

  constructor(options: InferencePoolOptions) {
    this.#options = options;
    this.#pool = createPool({
      from: pathToFileURL(options.worker).href,
      worker: `./${basename(options.worker)}`,
      threads: options.threads,
      maxQueue: options.maxQueue + options.threads,
      workerData: options.data,
    });
    // Without a listener, the death of an idle thread would end the process.
    this.#pool.on('error', (error) => void this.#threadLost(error));
  }

  /**
   * Loads the network as often as there are threads, and throws FashiondError with the first reason why not. One
   * that comes up late may find its task taken: it loads with its first batch.
   */
  async ready(): Promise<void> {
    const loads = Array.from({ length: this.#options.threads }, () => this.#run<LoadOutcome>('load', null));
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
  prepare(source: PictureSource): Promise<PrepareOutcome> {
    const task: PrepareTask = source;
    return this.#run('prepare', task);
  }

  /** `pixels` ([count, size, size, 3], one whole buffer) is moved: empty for the caller afterwards. */
  forward(pixels: Uint8Array<ArrayBuffer>, count: number): Promise<ForwardResult> {
    const task: ForwardTask = { pixels, count };
    return this.#run('forward', task, [pixels.buffer]);
  }

  /** Ends all threads at once; tasks that still run are rejected. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #run<Result>(name: TaskName, task: unknown, transferList: ArrayBuffer[] = []): Promise<Result> {
    return (await this.#pool.run(task, { name, transferList })) as Result;
  }

  async #threadLost(error: unknown): Promise<void> {
    this.#options.log.error('infer.thread_lost', {
      detail: messageOf(error),
      threads: this.#pool.threads.length,
    });
    // With no thread left, queued tasks would wait for ever: they fail instead, and the next task starts anew.
    if (this.#pool.threads.length === 0) await this.#pool.destroy();
  }
}
