/**
 * The compute half of the image queue: stored picture -> prediction and vectors, committed.
 *
 * A picture is marked in the store before it is decoded. If the process dies, the next start knows which pictures
 * were in hand and gives each of these suspects to a process of its own: one that kills it is set aside by name,
 * and the daemon never dies of the same picture twice.
 */
import type { QueuedPicture } from '../domain/crawl.js';
import type {
  BlobStore,
  Clock,
  DecideItem,
  ImageStore,
  Log,
  PictureClassifier,
  PictureSource,
  SuspectClassifier,
} from '../domain/ports.js';
import type { SearchFeatures } from '../domain/prediction.js';
import type { Bell } from '../platform/bell.js';
import { patiently } from '../platform/patience.js';
import { runPump } from '../platform/pump.js';

export interface PictureStepParts {
  readonly store: ImageStore;
  readonly blobs: BlobStore;
  readonly classifier: PictureClassifier;
  readonly suspects: SuspectClassifier;
  readonly decide: DecideItem;
  /** Null where search is with the model that serves, or the picture tells that model nothing. */
  readonly featuresForSearch: (source: PictureSource) => Promise<SearchFeatures | null>;
  readonly clock: Clock;
  readonly log: Log;
  readonly picturesStored: Bell;
  /** Rung after each picture: the network half may have been waiting for room. */
  readonly imagesWanted: Bell;
}

/** One suspect is in hand at most, so the other pictures go on meanwhile. */
const SUSPECT_WAITS = { event: 'picture.suspect_waits', againMs: 60_000 };

/** Runs until the signal aborts; then lets the pictures in hand finish, and gives a suspect back. */
export async function classifyPictures(
  parts: PictureStepParts,
  options: { readonly width: number },
  signal: AbortSignal,
): Promise<void> {
  const { store, blobs, classifier, suspects, featuresForSearch, clock, log } = parts;
  await runPump<QueuedPicture>(
    {
      width: options.width,
      claim: (limit) => store.claimPictures(limit, clock.now()),
      work: async (picture) => {
        const source = { path: blobs.pathOf(picture.sha256) };
        const outcome = picture.isSuspect
          ? await patiently(parts, signal, () => suspects.classify(source, signal), SUSPECT_WAITS)
          : await classifier.classify(source);
        if (outcome === null) {
          store.releasePictures([picture.sha256]);
          return;
        }
        // Suspects are tried in their own process alone: search has them when it comes over.
        const isSafe = outcome.kind === 'classified' && !picture.isSuspect;
        const forSearch = isSafe ? await featuresForSearch(source) : null;
        await patiently(parts, signal, () =>
          store.commitPicture(picture, outcome, { ...contextOf(parts), forSearch }, clock.now()),
        );
        if (outcome.kind !== 'classified')
          log.warn('picture.not_classified', { sha256: picture.sha256, ...outcome });
        parts.imagesWanted.ring();
      },
      nextDue: () => null,
      endAfterIdleMs: null,
      bell: parts.picturesStored,
      clock,
    },
    signal,
  );
}

/** Of the moment: another model may serve than the one that saw the picture. */
export function contextOf({
  classifier,
  decide,
}: Pick<PictureStepParts, 'classifier' | 'decide'>): Parameters<ImageStore['commitPicture']>[2] {
  return {
    model: classifier.manifest.fingerprint,
    lookVersion: classifier.lookLayout.version,
    decide,
  };
}
