/**
 * Classifies items' words on a thread of its own: the dictionary is large, and the main thread is for other things. Words
 * that kill it cost their item its words, and nothing else.
 */
import { Piscina } from 'piscina';
import { FashiondError, messageOf } from '../../domain/errors.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import type { ItemText, TextPrediction } from '../../domain/item-text.js';
import type { TextClassifier } from '../../domain/ports.js';
import type { LoadedTextModel } from '../../model/text/text-folder.js';
import { IMPORT_ONLY } from '../../platform/worker-pool.js';
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
  const pool = new Piscina({
    execArgv: [...IMPORT_ONLY],
    filename: worker,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE_MS,
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
  });
  return {
    fingerprint: data.fingerprint,
    classify: async (texts) => {
      const outcomes = await readAll(texts);
      return texts.map((text, at) => predictionFrom(text, outcomes[at]));
    },
    close: () => pool.destroy(),
  };

  async function run(texts: readonly ItemText[]): Promise<readonly TextOutcome[]> {
    return (await pool.run(texts, { name: 'classify' })) as readonly TextOutcome[];
  }

  /** A thread that dies costs nothing the first time; then each text goes alone, so that only its own is lost. */
  async function readAll(texts: readonly ItemText[]): Promise<readonly TextOutcome[]> {
    try {
      return await run(texts).catch(() => run(texts));
    } catch {
      const outcomes: TextOutcome[] = [];
      for (const text of texts) outcomes.push(await readAlone(text));
      return outcomes;
    }
  }

  async function readAlone(text: ItemText): Promise<TextOutcome> {
    try {
      const [outcome] = await run([text]);
      return outcome ?? { kind: 'unreadable', detail: 'no answer' };
    } catch (error) {
      await requireThread();
      return { kind: 'unreadable', detail: messageOf(error) };
    }
  }

  /** Words that say nothing must be read, or it is no word's fault. */
  async function requireThread(): Promise<void> {
    try {
      await run([{ title: '', description: null, brand: null, breadcrumbs: [] }]);
    } catch (error) {
      throw new FashiondError('internal', `the thread that reads words failed: ${messageOf(error)}`, {
        hint: 'Start the daemon again; set model.text to off where it happens again.',
        cause: error,
      });
    }
  }

  function predictionFrom(text: ItemText, outcome: TextOutcome | undefined): TextPrediction {
    if (outcome?.kind === 'read') return outcome.prediction;
    onUnreadable(text.title, outcome?.detail ?? 'no answer');
    return { candidates: [], words: [], model: data.fingerprint };
  }
}
