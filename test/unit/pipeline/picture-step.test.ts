/** What is kept of a picture that was classified, and what waits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { QueuedPicture } from '../../../src/domain/crawl.js';
import type { ModelFingerprint, Sha256 } from '../../../src/domain/ids.js';
import { createSuspectClassifier } from '../../../src/infer/suspect-classifier.js';
import { classifyPictures } from '../../../src/pipeline/picture-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { classified, sha, silent } from '../store/builders.js';

it('has the model that is searched see each picture too, but for suspects and what cannot be used', async () => {
  const searched = { model: 'searched' as ModelFingerprint, features: new Float32Array([1]) };
  const good = classified({ sweater: 0.97 });
  const refused = { kind: 'refused', reason: 'svg', detail: 'an SVG' };
  const queue: QueuedPicture[] = [
    { sha256: sha('a'), isSuspect: false },
    { sha256: sha('b'), isSuspect: false },
    { sha256: sha('c'), isSuspect: true },
  ];
  const kept = new Map<Sha256, unknown>();
  const stop = new AbortController();
  await classifyPictures(
    {
      store: {
        claimPictures: (limit: number) => queue.splice(0, limit),
        commitPicture: ({ sha256 }: QueuedPicture, _: unknown, context: { readonly forSearch: unknown }) => {
          kept.set(sha256, context.forSearch);
          if (kept.size === 3) stop.abort();
        },
      } as never,
      blobs: { pathOf: (sha256: Sha256) => sha256 } as never,
      classifier: {
        manifest: { fingerprint: 'serving' },
        lookLayout: { version: 'look-1' },
        classify: async ({ path }: { readonly path: string }) => (path === sha('b') ? refused : good),
      } as never,
      suspects: { classify: async () => good } as never,
      decide: () => null,
      featuresForSearch: async () => searched,
      clock: systemClock,
      log: silent,
      picturesStored: new Bell(),
      imagesWanted: new Bell(),
    },
    { width: 4 },
    stop.signal,
  );
  expect(Object.fromEntries(kept)).toEqual({ [sha('a')]: searched, [sha('b')]: null, [sha('c')]: null });
});

it('has a suspect wait while no process can be had for it, and goes on with the others', async () => {
  const worker = join(temporaryFolder(), 'suspect-worker.mjs');
  writeFileSync(worker, 'process.exit(1);');
  const serveParent = new URL('../../../dist/platform/sacrificial-process.js', import.meta.url).href;
  const refused = { kind: 'refused', reason: 'svg', detail: 'an SVG' };
  const quick = { ...systemClock, sleep: async () => undefined };
  const suspects = createSuspectClassifier({ worker, settings: {} as never, log: silent, clock: quick });
  onTestFinished(() => suspects.close());
  const queue: QueuedPicture[] = [
    { sha256: sha('a'), isSuspect: true },
    { sha256: sha('b'), isSuspect: false },
  ];
  const kept: Sha256[] = [];
  const warnings: string[] = [];
  const stop = new AbortController();
  await classifyPictures(
    {
      store: {
        claimPictures: (limit: number) => queue.splice(0, limit),
        commitPicture: ({ sha256 }: QueuedPicture) => {
          kept.push(sha256);
          if (kept.length === 2) stop.abort();
        },
      } as never,
      blobs: { pathOf: (sha256: Sha256) => sha256 } as never,
      classifier: {
        manifest: { fingerprint: 'serving' },
        lookLayout: { version: 'look-1' },
        classify: async () => refused,
      } as never,
      suspects,
      decide: () => null,
      featuresForSearch: async () => null,
      clock: {
        ...systemClock,
        // There is memory for a process again.
        sleep: async () => {
          expect(kept).toEqual([sha('b')]);
          const answer = `async () => async () => (${JSON.stringify(refused)})`;
          writeFileSync(
            worker,
            `import { serveParent } from ${JSON.stringify(serveParent)}; await serveParent(${answer});`,
          );
        },
      },
      log: { ...silent, warn: (event: string) => void warnings.push(event) },
      picturesStored: new Bell(),
      imagesWanted: new Bell(),
    },
    { width: 4 },
    stop.signal,
  );
  expect(kept).toEqual([sha('b'), sha('a')]);
  expect(warnings).toContain('picture.suspect_waits');
});
