/**
 * The network half of the image queue: wanted URL -> bytes in the blob store -> stored picture.
 *
 * It claims nothing while the compute half has more pictures waiting than its bound, so that a slow network
 * never starves and a slow processor never floods; and of one shop no more than its pace can use, so that a slow
 * shop leaves the places of the others free.
 */
import type { ImageVisit, WantedImage } from '../domain/crawl.js';
import { unreachable } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';
import type { BlobStore, Clock, Fetcher, ImageStore, Log } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import type { Bell } from '../platform/bell.js';
import { patiently } from '../platform/patience.js';
import { runPump } from '../platform/pump.js';
import { claimedAtOnce, leaseFor } from './claims.js';
import type { LeaseOptions } from './claims.js';
import { unread } from './unread.js';
import type { RetryOptions } from './unread.js';

export interface ImageStepOptions extends RetryOptions, LeaseOptions {
  readonly width: number;
  /** Downloads wait while more pictures than this wait for inference. */
  readonly maxStoredPictures: number;
}

export interface ImageStepParts {
  readonly store: ImageStore;
  readonly blobs: BlobStore;
  readonly fetcher: Fetcher;
  /** May change while this runs. */
  readonly shops: ReadonlyMap<ShopId, Shop>;
  readonly clock: Clock;
  readonly log: Log;
  readonly imagesWanted: Bell;
  readonly picturesStored: Bell;
}

/** Runs until the signal aborts. */
export async function downloadImages(
  parts: ImageStepParts,
  options: ImageStepOptions,
  signal: AbortSignal,
): Promise<void> {
  const { store, shops, clock, log, picturesStored } = parts;
  // One shop whose pictures never come must leave places to the others, however fast its pace.
  const mostOf = (id: ShopId): number => {
    const most = shops.size > 1 ? Math.ceil(options.width / 2) : options.width;
    const shop = shops.get(id);
    return shop === undefined ? most : Math.min(most, claimedAtOnce(shop));
  };
  const leaseMs = (): number =>
    Math.max(options.leaseMs, ...[...shops.values()].map((shop) => leaseFor(shop, options)));
  await runPump<WantedImage>(
    {
      width: options.width,
      claim: (limit) =>
        store.backlog().stored > options.maxStoredPictures
          ? []
          : store.claimImages(limit, clock.now(), leaseMs(), mostOf),
      work: async (image) => {
        const shop = shops.get(image.shop);
        const visit = shop === undefined ? null : await download(parts, options, shop, image, signal);
        // Of a shop that has just left the config, too: it may come back, and until then nothing of it is claimed.
        if (visit === null || signal.aborted) {
          store.releaseImages([image.id]);
          return;
        }
        await patiently(parts, signal, () => store.commitImage(image, visit, clock.now()));
        log.debug('image.visited', { shop: image.shop, url: image.url, outcome: visit.kind });
        if (visit.kind === 'stored') picturesStored.ring();
      },
      nextDue: () => store.nextImageDue(),
      endAfterIdleMs: null,
      bell: parts.imagesWanted,
      clock,
    },
    signal,
  );
}

async function download(
  parts: ImageStepParts,
  options: ImageStepOptions,
  shop: Shop,
  image: WantedImage,
  signal: AbortSignal,
): Promise<ImageVisit> {
  const outcome = await parts.fetcher.fetch(shop, image.url, {
    kind: 'image',
    validators: image.validators,
    signal,
  });
  switch (outcome.kind) {
    case 'ok':
      return {
        kind: 'stored',
        sha256: await patiently(parts, signal, () => parts.blobs.write(outcome.body)),
        byteLength: outcome.body.byteLength,
        validators: outcome.validators,
      };
    case 'notModified':
      return { kind: 'unchanged' };
    case 'gone':
      return { kind: 'dropped', reason: `gone (${outcome.status})` };
    case 'disallowed':
    case 'throttled':
    case 'failed': {
      const visit = unread(outcome, image.attempts, options, parts.clock.now());
      return visit.kind === 'retry' ? visit : { kind: 'dropped', reason: `${visit.reason}: ${visit.detail}` };
    }
    default:
      return unreachable(outcome);
  }
}
