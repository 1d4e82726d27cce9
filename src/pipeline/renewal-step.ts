/**
 * Sees the old items again with a new model: newest first, and below live work.
 *
 * A picture is taken when no picture of a crawl waits or is in hand and none of a person waits for a thread, at most so
 * many a second; where live work does not end, one is taken all the same now and then, so that the catalogue comes over
 * in any case. Like live pictures these are marked before they are decoded, and one that was in hand when the process
 * died is a suspect at the next start.
 */
import type { ModelFingerprint, Sha256 } from '../domain/ids.js';
import type { BlobStore, Clock, DecideItem, ImageStore, Log, PictureClassifier } from '../domain/ports.js';
import type { Renewal, RenewalStore, RenewedItem } from '../domain/renewal.js';
import type { Bell } from '../platform/bell.js';
import { patiently } from '../platform/patience.js';
import { contextOf } from './picture-step.js';

export interface RenewalParts {
  readonly store: ImageStore & { readonly renewals: RenewalStore };
  readonly blobs: BlobStore;
  readonly classifier: PictureClassifier;
  readonly decide: DecideItem;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves when there is room on the disk for new vectors, or the signal aborts. */
  readonly room: (signal: AbortSignal) => Promise<void>;
  /** Rung when another model serves. */
  readonly modelChanged: Bell;
  /** Has search come over to the model, which has seen every item; awaited before the renewal is said to be over. */
  readonly comeOver: (model: ModelFingerprint) => Promise<void>;
}

/** Items of one read. */
const BATCH = 32;
const POLL_MS = 5000;
/** How long live work is waited for, and how often it is looked at. */
const MOST_WAIT_MS = 5000;
/** How long people are let pass: their bursts are short, and threads that are busy for longer are so all the time. */
const MOST_BUSY_MS = 500;
const LOOK_MS = 50;
/** Pictures a second that come through one after the other, about. */
const ONE_LANE = 20;
const MOST_LANES = 16;

/** Runs until the signal aborts. `rate`: pictures a second, at most. */
export async function renewItems(parts: RenewalParts, rate: number, signal: AbortSignal): Promise<void> {
  const { store, clock, room, modelChanged } = parts;
  const renewing = new Renewing(parts, rate, signal);
  while (!signal.aborted) {
    await room(signal);
    const state = store.renewals.state();
    if (state === null || state.endedAt !== null) {
      await modelChanged.wait(POLL_MS, signal);
      continue;
    }
    const items = await patiently(parts, signal, () => store.renewals.next(BATCH));
    if (items.length === 0) await renewing.end(state);
    else await renewing.renew(state.model, items);
    await clock.sleep(0, signal);
  }
}

class Renewing {
  readonly #parts: RenewalParts;
  readonly #rate: number;
  readonly #signal: AbortSignal;
  #nextAt = 0;
  #inHand = 0;

  constructor(parts: RenewalParts, rate: number, signal: AbortSignal) {
    this.#parts = parts;
    this.#rate = rate;
    this.#signal = signal;
  }

  async renew(model: ModelFingerprint, items: readonly RenewedItem[]): Promise<void> {
    const left = items.flatMap(({ pictures }) => pictures);
    const lane = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        await this.#turn();
        if (!this.#goesOn(model)) return;
        await this.#see(next);
      }
    };
    const lanes = Math.min(MOST_LANES, Math.ceil(this.#rate / ONE_LANE));
    await Promise.all(Array.from({ length: lanes }, lane));
    await this.#write(model, (renewals, now) =>
      renewals.settle(
        items.map(({ product }) => product),
        now,
      ),
    );
  }

  async end({ model, total, startedAt }: Renewal): Promise<void> {
    const { clock, log, comeOver } = this.#parts;
    await comeOver(model);
    await this.#write(model, (renewals, now) => renewals.end(now));
    // A catalogue that is empty yet is nothing to tell of.
    if (total > 0) log.info('renewal.ended', { model, items: total, ms: clock.now() - startedAt });
  }

  /** Resolves when the next picture may be taken. */
  async #turn(): Promise<void> {
    const { store, classifier, clock } = this.#parts;
    const at = Math.max(this.#nextAt, clock.monotonic());
    this.#nextAt = at + 1000 / this.#rate;
    await clock.sleep(Math.max(0, at - clock.monotonic()), this.#signal);
    const since = clock.monotonic();
    const waitsFor = (ms: number): boolean => clock.monotonic() - since < ms;
    while (
      (classifier.isBusy && waitsFor(MOST_BUSY_MS)) ||
      (store.backlog().stored > this.#inHand && waitsFor(MOST_WAIT_MS))
    ) {
      if (this.#signal.aborted) return;
      await clock.sleep(LOOK_MS, this.#signal);
    }
  }

  async #see(picture: Sha256): Promise<void> {
    const { store, blobs, classifier, clock, log } = this.#parts;
    if (!(await patiently(this.#parts, this.#signal, () => store.renewals.lease(picture)))) return;
    this.#inHand += 1;
    try {
      const outcome = await classifier.classify({ path: blobs.pathOf(picture) });
      const queued = { sha256: picture, isSuspect: false };
      await patiently(this.#parts, this.#signal, () =>
        store.commitPicture(queued, outcome, contextOf(this.#parts), clock.now()),
      );
      if (outcome.kind !== 'classified') log.warn('picture.not_classified', { sha256: picture, ...outcome });
    } finally {
      this.#inHand -= 1;
    }
  }

  /** Nothing where another renewal has begun meanwhile: the cursor is that one's. */
  async #write(model: ModelFingerprint, write: (renewals: RenewalStore, now: number) => void): Promise<void> {
    const { store, clock } = this.#parts;
    await patiently(this.#parts, this.#signal, () => {
      if (this.#goesOn(model)) write(store.renewals, clock.now());
    });
  }

  #goesOn(model: ModelFingerprint): boolean {
    return !this.#signal.aborted && this.#parts.store.renewals.state()?.model === model;
  }
}
