/** Items' words: waiting in the store -> what they say, committed with the items' decisions. */
import type { Clock, Log, TextClassifier, TextStore } from '../domain/ports.js';
import type { Bell } from '../platform/bell.js';
import { patiently } from '../platform/patience.js';

export interface TextStepParts {
  readonly store: TextStore;
  readonly classifier: TextClassifier;
  readonly clock: Clock;
  readonly log: Log;
  /** Rung when a page brought new words. */
  readonly textsFound: Bell;
}

/** Enough to be worth a message to the thread, and few enough that a commit holds the database for milliseconds. */
const BATCH = 32;
/** A bound on how late words are noticed that nobody rang for. */
const POLL_MS = 1000;
const WORDS_WAIT = { event: 'text.thread_waits', againMs: 60_000 };

/**
 * Runs until the signal aborts. Nothing is leased: what a process did not commit still waits for the next one, and
 * words that changed meanwhile are read again.
 */
export async function classifyTexts(parts: TextStepParts, signal: AbortSignal): Promise<void> {
  const { store, classifier, clock, textsFound } = parts;
  while (!signal.aborted) {
    const waiting = store.waitingTexts(BATCH);
    if (waiting.length === 0) {
      await textsFound.wait(POLL_MS, signal);
      continue;
    }
    const predictions = await patiently(
      parts,
      signal,
      () => classifier.classify(waiting.map(({ text }) => text)),
      WORDS_WAIT,
    );
    const read = waiting.flatMap((one, at) => {
      const prediction = predictions[at];
      return prediction === undefined ? [] : [{ ...one, prediction }];
    });
    await patiently(parts, signal, () => store.commitTexts(read, clock.now()));
  }
}
