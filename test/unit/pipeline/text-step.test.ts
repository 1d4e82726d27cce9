/** Words that wait for a thread which cannot be used, as where there is no memory for it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { ReadText } from '../../../src/domain/ports.js';
import { createTextClassifier } from '../../../src/infer/text/text-classifier.js';
import { classifyTexts } from '../../../src/pipeline/text-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { silent } from '../store/builders.js';

it('has words wait while the thread dies of any, and reads them when it lives', async () => {
  const marker = join(temporaryFolder(), 'marker');
  writeFileSync(`${marker}.broken`, '');
  const unread: string[] = [];
  const classifier = createTextClassifier({
    model: { data: { fingerprint: 'm', marker } } as never,
    worker: fileURLToPath(new URL('../infer/text/deadly-text-worker.mjs', import.meta.url)),
    onUnreadable: (title) => void unread.push(title),
  });
  onTestFinished(() => classifier.close());
  const text = { title: 'shirt', description: null, brand: null, breadcrumbs: [] };
  const warnings: string[] = [];
  const read: ReadText[] = [];
  const stop = new AbortController();
  await classifyTexts(
    {
      store: {
        waitingTexts: () => [{ product: 1, text }],
        commitTexts: (texts: readonly ReadText[]) => {
          read.push(...texts);
          stop.abort();
        },
      } as never,
      classifier,
      clock: { ...systemClock, sleep: async () => rmSync(`${marker}.broken`) },
      log: { ...silent, warn: (event: string) => void warnings.push(event) },
      textsFound: new Bell(),
    },
    stop.signal,
  );
  expect(read).toMatchObject([{ product: 1, prediction: { words: [{ word: 'shirt' }] } }]);
  expect(warnings).toEqual(['text.thread_waits']);
  expect(unread).toEqual([]);
});
