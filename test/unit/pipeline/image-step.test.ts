import { expect, it } from 'vitest';
import type { WantedImage } from '../../../src/domain/crawl.js';
import { downloadImages } from '../../../src/pipeline/image-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { silent } from '../store/builders.js';

it('gives back a picture whose shop left the config after it was claimed, and does not call it failed', async () => {
  const queue = [{ id: 7, shop: 'moda', url: 'https://moda.example/a.jpg' } as unknown as WantedImage];
  const stop = new AbortController();
  const told: unknown[] = [];
  const tell = (what: string) => (of: unknown) => {
    told.push([what, of]);
    stop.abort();
  };
  await downloadImages(
    {
      store: {
        backlog: () => ({ wanted: 0, stored: 0 }),
        claimImages: () => queue.splice(0),
        nextImageDue: () => null,
        releaseImages: tell('released'),
        commitImage: tell('committed'),
      } as never,
      shops: new Map(),
      blobs: {} as never,
      fetcher: {} as never,
      clock: systemClock,
      log: silent,
      imagesWanted: new Bell(),
      picturesStored: new Bell(),
    },
    { width: 1, maxStoredPictures: 1, leaseMs: 1 } as never,
    stop.signal,
  );
  expect(told).toEqual([['released', [7]]]);
});
