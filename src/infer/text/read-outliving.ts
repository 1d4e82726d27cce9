/**
 * Reads texts on a thread that may die of one of them, or never come to an end with it: a death costs nothing the first
 * time, and then its own text only, as does what takes too long.
 */
import { FashiondError, messageOf } from '../../domain/errors.js';
import type { ItemText } from '../../domain/item-text.js';
import type { TextOutcome } from './text-worker.js';

/** Rejects when the thread is dead, with an `AbortError` where it took too long and was killed. */
type Read = (texts: readonly ItemText[]) => Promise<readonly TextOutcome[]>;

/** How long texts are read one by one before those that are read are given back. */
const MOST_ALONE_MS = 20_000;

/** Of no word: a thread that cannot read this reads nothing. */
const NOTHING: ItemText = { title: '', description: null, brand: null, breadcrumbs: [] };

/**
 * One outcome for each text; of the first texts only where one of them took too long or all
 * together do, so that whoever reads can keep what
 * there is: ten such texts, one after the other, would take as many minutes. Throws FashiondError `internal` where the thread
 * dies whatever it is given.
 */
export async function readOutliving(read: Read, texts: readonly ItemText[]): Promise<readonly TextOutcome[]> {
  try {
    return await read(texts).catch((error: unknown) => {
      // It would take as long again.
      if (tookTooLong(error)) throw error;
      return read(texts);
    });
  } catch {
    const outcomes: TextOutcome[] = [];
    const startedAt = performance.now();
    for (const text of texts) {
      const { outcome, isSlow } = await readAlone(read, text);
      outcomes.push(outcome);
      if (isSlow || performance.now() - startedAt > MOST_ALONE_MS) break;
    }
    return outcomes;
  }
}

async function readAlone(
  read: Read,
  text: ItemText,
): Promise<{ readonly outcome: TextOutcome; readonly isSlow: boolean }> {
  try {
    const [outcome = { kind: 'unreadable', detail: 'no answer' }] = await read([text]);
    return { outcome, isSlow: false };
  } catch (error) {
    await requireThread(read);
    const isSlow = tookTooLong(error);
    return {
      outcome: { kind: 'unreadable', detail: isSlow ? 'it took too long' : messageOf(error) },
      isSlow,
    };
  }
}

async function requireThread(read: Read): Promise<void> {
  try {
    await read([NOTHING]);
  } catch (error) {
    throw new FashiondError('internal', `the thread that reads words failed: ${messageOf(error)}`, {
      hint: 'Check that there is memory for one more thread; where it stays so, set model.text to off.',
      retry: true,
      cause: error,
    });
  }
}

function tookTooLong(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
