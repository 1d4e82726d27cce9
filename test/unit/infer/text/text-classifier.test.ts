import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTextClassifier } from '../../../../src/infer/text/text-classifier.js';
import type { LoadedTextModel } from '../../../../src/model/text/text-folder.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const worker = fileURLToPath(new URL('./deadly-text-worker.mjs', import.meta.url));

/** A classifier whose thread gets the path of a file to leave marks in; the words themselves are not read. */
function start(timeoutMs?: number) {
  const marker = join(temporaryFolder(), 'marker');
  const model = { data: { fingerprint: 'm', marker } } as unknown as LoadedTextModel;
  const unread: string[] = [];
  const classifier = createTextClassifier({
    model,
    worker,
    maxHeapMiB: 24,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onUnreadable: (title, detail) => void unread.push(`${title}: ${detail}`),
  });
  onTestFinished(() => classifier.close());
  const read = async (...titles: string[]): Promise<string[]> => {
    const texts = titles.map((title) => ({ title, description: null, brand: null, breadcrumbs: [] }));
    return (await classifier.classify(texts)).map(({ words }) => words[0]?.word ?? '-');
  };
  return { read, unread, marker };
}

describe('a thread that reads words', () => {
  it('loses nothing when it dies once', async () => {
    const { read, unread } = start();
    expect(await read('shirt', 'kills once', 'hat')).toEqual(['shirt', 'kills once', 'hat']);
    expect(unread).toEqual([]);
  });

  it('loses the one text that kills it, by name, and reads on', async () => {
    const { read, unread } = start();
    expect(await read('shirt', 'kills', 'hat')).toEqual(['shirt', '-', 'hat']);
    expect(unread).toEqual([expect.stringMatching(/^kills: worker exited/)]);
    expect(await read('coat')).toEqual(['coat']);
  });

  it('loses the one text for which it runs out of memory', async () => {
    const { read, unread } = start();
    expect(await read('out of memory', 'hat')).toEqual(['-', 'hat']);
    expect(unread).toEqual([expect.stringContaining('memory')]);
  });

  it('loses the one text that it comes to no end with', async () => {
    const { read, unread } = start(9000);
    // Those behind it are to be asked of again: with ten such texts the answer would take ten times as long.
    expect(await read('shirt', 'endless', 'hat', 'endless')).toEqual(['shirt', '-']);
    expect(unread).toEqual(['endless: it took too long']);
    expect(await read('hat')).toEqual(['hat']);
  });

  it('blames no words where it dies of any', async () => {
    const { read, unread, marker } = start();
    writeFileSync(`${marker}.broken`, '');
    await expect(read('shirt', 'hat')).rejects.toThrow(/the thread that reads words failed/);
    expect(unread).toEqual([]);
  });
});
