/** What is kept of a picture that was classified. */
import { expect, it } from 'vitest';
import type { QueuedPicture } from '../../../src/domain/crawl.js';
import type { ModelFingerprint, Sha256 } from '../../../src/domain/ids.js';
import { classifyPictures } from '../../../src/pipeline/picture-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
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
