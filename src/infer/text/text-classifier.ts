/**
 * Classifies items' words on a thread of its own: the dictionary is large, and the main thread is for other things. Words
 * that kill it cost their item its words, and nothing else.
 */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ModelFingerprint } from '../../domain/ids.js';
import type { ItemText, TextPrediction } from '../../domain/item-text.js';
import type { TextClassifier } from '../../domain/ports.js';
import type { LoadedTextModel } from '../../model/text/text-folder.js';
import { createPool } from '../../platform/worker-pool.js';
import { readOutliving } from './read-outliving.js';
import type { TextOutcome } from './text-worker.js';

export interface TextClassifierOptions {
  readonly model: LoadedTextModel;
  /** Path of the compiled src/infer/text/text-worker.js. */
  readonly worker: string;
  /** A shop's words that cannot be read say nothing, and are named here. */
  readonly onUnreadable: (title: string, detail: string) => void;
  /** Heap bound of the thread. */
  readonly maxHeapMiB?: number;
}

/** For a config without words: says nothing of any. */
export const silentTextClassifier: TextClassifier = {
  fingerprint: 'off' as ModelFingerprint,
  classify: async (texts) =>
    texts.map(() => ({ candidates: [], words: [], model: silentTextClassifier.fingerprint })),
  close: async () => undefined,
};

/** The thread starts with the first text, and ends after a minute without any: its dictionary takes 130 MB. */
const IDLE_MS = 60_000;

/** The dictionary is no part of the heap. */
const HEAP_MIB = 512;

export function createTextClassifier({
  model,
  worker,
  onUnreadable,
  maxHeapMiB = HEAP_MIB,
}: TextClassifierOptions): TextClassifier {
  const { data } = model;
  const pool = createPool({
    from: pathToFileURL(worker).href,
    worker: `./${basename(worker)}`,
    threads: 1,
    // Whoever reads takes one batch after the other, and what is waited for is a second of work at most.
    maxQueue: Number.POSITIVE_INFINITY,
    idleMs: IDLE_MS,
    workerData: data,
    maxHeapMiB,
  });
  return {
    fingerprint: data.fingerprint,
    classify: async (texts) => {
      const outcomes = await readOutliving(
        async (some) => (await pool.run(some, { name: 'classify' })) as readonly TextOutcome[],
        texts,
      );
      return texts.map((text, at) => predictionFrom(text, outcomes[at]));
    },
    close: () => pool.destroy(),
  };

  function predictionFrom(text: ItemText, outcome: TextOutcome | undefined): TextPrediction {
    if (outcome?.kind === 'read') return outcome.prediction;
    onUnreadable(text.title, outcome?.detail ?? 'no answer');
    return { candidates: [], words: [], model: data.fingerprint };
  }
}
