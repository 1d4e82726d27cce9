/**
 * Classifies items' words on a thread of its own: the dictionary is large, and the main thread is for other things. Words
 * that kill it, or that it comes to no end with, cost their item its words, and nothing else.
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
  /** Longest time for a batch, its wait for the thread included; a text alone has a third of it. */
  readonly timeoutMs?: number;
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

/**
 * A batch takes a second, ten where descriptions are long and the machine is busy. With the third for the text at fault it
 * is over before the daemon would be thought stuck (src/vital-signs.ts).
 */
const TIMEOUT_MS = 60_000;

export function createTextClassifier({
  model,
  worker,
  onUnreadable,
  maxHeapMiB = HEAP_MIB,
  timeoutMs = TIMEOUT_MS,
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
      const outcomes = await readOutliving(read, texts);
      return outcomes.map((outcome, at) => predictionFrom(texts[at]?.title ?? '', outcome));
    },
    close: () => pool.destroy(),
  };

  async function read(texts: readonly ItemText[]): Promise<readonly TextOutcome[]> {
    const signal = AbortSignal.timeout(texts.length > 1 ? timeoutMs : timeoutMs / 3);
    return (await pool.run(texts, { name: 'classify', signal })) as readonly TextOutcome[];
  }

  function predictionFrom(title: string, outcome: TextOutcome): TextPrediction {
    if (outcome.kind === 'read') return outcome.prediction;
    onUnreadable(title, outcome.detail);
    return { candidates: [], words: [], model: data.fingerprint };
  }
}
