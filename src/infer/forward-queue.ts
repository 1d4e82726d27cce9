/**
 * From single pictures to batches and back.
 *
 * States of a picture: waiting (in the batcher) -> in a batch -> scored, or failed. A batch that fails is run
 * once more; if it fails again, its pictures run alone, and one that fails alone twice is failed. So a picture
 * that kills its thread harms nobody for good.
 *
 * Only so many batches are handed out that every thread has one running and two waiting: a thread never
 * starves, and while all are busy, batches fill up instead of going out half empty.
 */
import { messageOf } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';
import { Batcher } from './batcher.js';
import type { ForwardResult } from './tasks.js';

interface Scores {
  readonly probabilities: Float32Array;
  readonly latent: Uint8Array;
  readonly features: Float32Array;
  readonly typicality: number | null;
}

export type ScoreOutcome =
  { readonly kind: 'scored'; readonly scores: Scores } | { readonly kind: 'failed'; readonly detail: string };

export interface ForwardQueueOptions {
  readonly threads: number;
  readonly batch: number;
  readonly batchWaitMs: number;
  /** Pictures waiting at once, at most. */
  readonly capacity: number;
  /** Bytes of one picture. */
  readonly pictureBytes: number;
  /** Runs the network; takes the buffer over. */
  readonly forward: (pixels: Uint8Array<ArrayBuffer>, count: number) => Promise<ForwardResult>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly pixels: Uint8Array;
  readonly settle: (outcome: ScoreOutcome) => void;
}

const ATTEMPTS = 2;
/** One running and two waiting; fewer let a thread idle while the main thread is busy. */
const BATCHES_PER_THREAD = 3;

export class ForwardQueue {
  readonly #options: ForwardQueueOptions;
  readonly #batcher: Batcher<Waiting>;
  #handedOut = 0;
  #timer = false;

  constructor(options: ForwardQueueOptions) {
    this.#options = options;
    const { batch, batchWaitMs, capacity } = options;
    this.#batcher = new Batcher({ batch, waitMs: batchWaitMs, capacity });
  }

  /** `pixels`: one picture. It is kept until the outcome is known, so that it can be tried again. */
  submit(pixels: Uint8Array): Promise<ScoreOutcome> {
    const { pictureBytes } = this.#options;
    if (pixels.length !== pictureBytes) {
      // Too few would be filled up with black, too many would run into the next picture.
      const detail = `a picture of ${pixels.length} bytes; the network takes ${pictureBytes}`;
      return Promise.resolve({ kind: 'failed', detail });
    }
    return new Promise((resolve) => {
      const taken = this.#batcher.offer({ pixels, settle: resolve }, this.#options.clock.monotonic());
      if (!taken) resolve({ kind: 'failed', detail: 'more pictures than the inference queue holds' });
      this.#handOut();
    });
  }

  #handOut(): void {
    while (this.#handedOut < this.#options.threads * BATCHES_PER_THREAD) {
      const batch = this.#batcher.take(this.#options.clock.monotonic());
      if (batch === null) {
        void this.#wakeWhenDue();
        return;
      }
      this.#handedOut += 1;
      void this.#runBatch(batch).finally(() => {
        this.#handedOut -= 1;
        this.#handOut();
      });
    }
  }

  async #wakeWhenDue(): Promise<void> {
    const due = this.#batcher.dueAt();
    if (due === null || this.#timer) return;
    this.#timer = true;
    // Timers may fire a fraction early; a whole millisecond at least keeps the loop from spinning.
    await this.#options.clock.sleep(Math.max(1, Math.ceil(due - this.#options.clock.monotonic())));
    this.#timer = false;
    this.#handOut();
  }

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    const failure = await this.#tryTwice(batch);
    if (failure === null) return;
    const [only] = batch;
    if (only !== undefined && batch.length === 1) {
      only.settle({ kind: 'failed', detail: failure });
      return;
    }
    this.#options.log.warn('infer.batch_split', { pictures: batch.length, detail: failure });
    for (const picture of batch) {
      const alone = await this.#tryTwice([picture]);
      if (alone !== null) picture.settle({ kind: 'failed', detail: alone });
    }
  }

  /** Null when every picture of the batch has its outcome, else why the last attempt failed. */
  async #tryTwice(batch: readonly Waiting[]): Promise<string | null> {
    let failure: string | null = null;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        const result = await this.#options.forward(this.#joined(batch), batch.length);
        for (const [row, picture] of batch.entries()) {
          picture.settle({ kind: 'scored', scores: rowOf(result, row, batch.length) });
        }
        return null;
      } catch (error) {
        failure = messageOf(error);
        this.#options.log.warn('infer.forward_failed', { pictures: batch.length, attempt, detail: failure });
      }
    }
    return failure;
  }

  #joined(batch: readonly Waiting[]): Uint8Array<ArrayBuffer> {
    const { pictureBytes } = this.#options;
    const joined = new Uint8Array(batch.length * pictureBytes);
    for (const [row, { pixels }] of batch.entries()) joined.set(pixels, row * pictureBytes);
    return joined;
  }
}

/** Copies, so that one kept vector does not keep its whole batch in memory. */
function rowOf(result: ForwardResult, row: number, count: number): Scores {
  return {
    probabilities: slice(result.probabilities, row, count),
    latent: slice(result.latent, row, count),
    features: slice(result.features, row, count),
    typicality: result.typicality?.[row] ?? null,
  };
}

function slice<Values extends Float32Array | Uint8Array>(values: Values, row: number, count: number): Values {
  const width = values.length / count;
  return values.slice(row * width, (row + 1) * width) as Values;
}
