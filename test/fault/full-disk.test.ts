/** A disk that fills up under the store: what is in hand is kept, reading goes on, and so does all once there is room. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FashiondError } from '../../src/domain/errors.js';
import type { ProductId } from '../../src/domain/ids.js';
import { createBlobStore } from '../../src/images/blob-store.js';
import { DiskFloor, freeBytes } from '../../src/platform/disk-floor.js';
import { openStore } from '../../src/store/store.js';
import { smallDisk } from '../support/small-disk.js';
import { begin, product, read, shop, silent, T0 } from '../unit/store/builders.js';

const MIB = 1024 * 1024;

const mounted = smallDisk(24 * 1024);

it.skipIf(mounted === null)(
  'is crawled no further below the floor, written to down to the last byte, and taken up again',
  async () => {
    const disk = mounted!;
    let now = 0;
    const floor = new DiskFloor({
      paths: [disk],
      floorBytes: 8 * MIB,
      clock: { monotonic: () => (now += 1000), sleep: async () => undefined },
      log: silent,
    });
    const store = openStore(join(disk, 'shop.db'), { log: silent, hasRoom: () => floor.hasRoom() });
    try {
      store.syncShops([shop()]);
      const run = begin(store);
      const urls = Array.from({ length: 60 }, (_, n) => `https://moda.example/p/${n}`);
      store.addUrls(
        run,
        urls.map((url) => ({ url, kind: 'product' as const, depth: 0 })),
        T0,
      );
      store.addFeeds(run, ['https://moda.example/feed.xml'], T0);
      const inHand = store.claimPages(run, 20, T0, 1000);
      expect(inHand).toHaveLength(20);

      const ballast = join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(freeBytes(disk) - 7 * MIB));
      expect(store.claimPages(run, 20, T0, 1000)).toEqual([]);
      expect(store.claimImages(20, T0, 1000)).toEqual([]);
      expect(store.claimFeed(run, T0, 1000)).toBeNull();
      // What was fetched before is committed, in what the floor kept free.
      for (const entry of inHand.slice(0, 10)) {
        store.commitVisit(run, entry, read(product({ url: entry.url })), T0);
      }
      expect(store.query('SELECT count(*) AS n FROM v_items')).toEqual([{ n: 10 }]);
      // The review goes on.
      const say = (by: string) =>
        store.reviews.label([
          { product: 1 as ProductId, verdict: 'none', category: null, picture: null, sample: null, by },
        ]);
      const [label] = say('ann');
      expect(store.reviews.withdraw(label!.id, 'ben')).toMatchObject({ withdrawnAt: expect.any(String) });
      expect(say('ann')).toHaveLength(1);

      // Another program takes the last byte.
      writeFileSync(join(disk, 'more'), Buffer.alloc(freeBytes(disk)));
      const failures: unknown[] = [];
      for (const entry of inHand.slice(10)) {
        const bulky = product({ url: entry.url, description: 'x'.repeat(200_000) });
        try {
          store.commitVisit(run, entry, read(bulky), T0);
        } catch (error) {
          failures.push(error);
        }
      }
      expect(failures.length).toBeGreaterThan(0);
      for (const error of failures) {
        expect(error).toBeInstanceOf(FashiondError);
        expect(error).toMatchObject({ code: 'refused', retry: true });
      }
      await expect(createBlobStore(join(disk, 'blobs')).write(Buffer.alloc(MIB))).rejects.toThrow('ENOSPC');
      // An answer is kept or refused, never lost: nobody is told that what is not on the disk was taken.
      let said = store.reviews.labels(100, null).length;
      const refused: unknown[] = [];
      for (let n = 0; n < 20; n++) {
        try {
          said += say('x'.repeat(200_000)).length;
        } catch (error) {
          refused.push(error);
        }
      }
      expect(refused.length).toBeGreaterThan(0);
      for (const error of refused) expect(error).toMatchObject({ code: 'refused', retry: true });
      expect(store.reviews.labels(100, null)).toHaveLength(said);
      const kept = 20 - failures.length;
      expect(store.query('SELECT count(*) AS n FROM v_items')).toEqual([{ n: kept }]);
      expect(store.integrityCheck()).toEqual([]);

      rmSync(join(disk, 'more'));
      rmSync(ballast);
      for (const entry of inHand.slice(10)) {
        store.commitVisit(run, entry, read(product({ url: entry.url })), T0);
      }
      expect(say('ann')).toHaveLength(1);
      expect(store.claimPages(run, 20, T0, 1000)).toHaveLength(20);
      expect(store.claimFeed(run, T0, 1000)).not.toBeNull();
      expect(store.query('SELECT count(*) AS n FROM v_items')).toEqual([{ n: 20 }]);
      expect(store.integrityCheck()).toEqual([]);
    } finally {
      store.close();
    }
  },
);
