/**
 * A thread that answers questions one after the other. It starts with the first one and ends after a while without any.
 * One that dies takes the question in hand with it and no other: those that wait are asked of the next.
 */
import { parentPort, Worker } from 'node:worker_threads';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ErrorCode } from '../domain/errors.js';
import { IMPORT_ONLY, workerPath } from './worker-path.js';

export interface AskedThreadOptions {
  /** `import.meta.url` of the caller. */
  readonly from: string;
  /** Module relative to the caller that calls `answerQuestions`. */
  readonly worker: string;
  readonly workerData?: unknown;
  /** What it does, for errors, such as `reads the catalogue`. */
  readonly does: string;
  /** Questions that wait behind the one in hand, at most. */
  readonly mostWaiting: number;
  readonly idleMs: number;
  readonly maxHeapMiB?: number;
}

interface Asked {
  readonly question: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** An error loses its class on the way between threads. */
type Reply =
  | { readonly answer: unknown }
  | {
      readonly problem: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string | null;
        readonly retry: boolean;
      };
    };

export class AskedThread {
  readonly #options: AskedThreadOptions;
  #worker: Worker | null = null;
  #inHand: Asked | null = null;
  readonly #waiting: Asked[] = [];
  #idle: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: AskedThreadOptions) {
    this.#options = options;
  }

  /**
   * Rejects with what the thread's function threw; with FashiondError `busy`, which a later question may not meet, where too
   * many wait or the thread died of it; with `cancelled` once this is closed.
   */
  async ask<Answer>(question: unknown): Promise<Answer> {
    const { does, mostWaiting } = this.#options;
    if (this.#isClosed) throw ended(does);
    if (this.#waiting.length >= mostWaiting) {
      throw new FashiondError('busy', `too many questions wait for the thread that ${does}`, {
        hint: 'Ask again in a moment.',
        retry: true,
      });
    }
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
    });
    this.#next();
    return (await answer) as Answer;
  }

  /** Ends the thread. What it was asked and has not answered is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const { does } = this.#options;
    for (const { reject } of this.#waiting.splice(0)) reject(ended(does));
    this.#inHand?.reject(ended(does));
    this.#inHand = null;
    await this.#end();
  }

  #next(): void {
    if (this.#inHand !== null || this.#isClosed) return;
    const asked = this.#waiting.shift();
    if (asked === undefined) return this.#rest();
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#inHand = asked;
    this.#worker ??= this.#started();
    this.#worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(asked.question);
  }

  #rest(): void {
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
  }

  async #end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #started(): Worker {
    const { from, worker: module, workerData, maxHeapMiB, does } = this.#options;
    const worker = new Worker(workerPath(from, module), {
      workerData,
      execArgv: [...IMPORT_ONLY],
      ...(maxHeapMiB === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB } }),
    });
    let cause: unknown = null;
    worker.on('message', (reply: Reply) => {
      const asked = this.#inHand;
      this.#inHand = null;
      if ('answer' in reply) asked?.resolve(reply.answer);
      else asked?.reject(new FashiondError(reply.problem.code, reply.problem.message, hintOf(reply.problem)));
      this.#next();
    });
    worker.once('error', (error) => {
      cause = error;
    });
    worker.once('exit', (code) => {
      // One that was ended on purpose is this one's no more.
      if (this.#worker !== worker) return;
      this.#worker = null;
      const asked = this.#inHand;
      this.#inHand = null;
      const why = cause === null ? `it exited with ${code}` : messageOf(cause);
      asked?.reject(
        new FashiondError('busy', `the thread that ${does} ended before it had answered: ${why}`, {
          hint: 'Ask again; should it end again, for less at a time.',
          retry: true,
          cause,
        }),
      );
      this.#next();
    });
    return worker;
  }
}

/** For the thread: answers each question in the order they come. Errors that are not ours become `internal`. */
export function answerQuestions(answer: (question: unknown) => unknown): void {
  parentPort?.on('message', (question: unknown) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    parentPort?.postMessage(replyTo(question, answer));
  });
}

function replyTo(question: unknown, answer: (question: unknown) => unknown): Reply {
  try {
    return { answer: answer(question) };
  } catch (error) {
    const { code, hint, retry } =
      error instanceof FashiondError ? error : ({ code: 'internal', hint: null, retry: false } as const);
    return { problem: { code, message: messageOf(error), hint, retry } };
  }
}

function hintOf({ hint, retry }: { readonly hint: string | null; readonly retry: boolean }) {
  return { retry, ...(hint === null ? {} : { hint }) };
}

function ended(does: string): FashiondError {
  return new FashiondError('cancelled', `the thread that ${does} has been ended`, {
    hint: 'The daemon is being stopped: ask the next one.',
  });
}
