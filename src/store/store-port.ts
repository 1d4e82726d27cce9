/** What the store does for the process that writes: the ports of all stages, and what only the composition root asks. */
import type { FeedStore } from '../domain/feed-ports.js';
import type { ModelFingerprint } from '../domain/ids.js';
import type { GoldenKeeping } from '../domain/model.js';
import type { ModelRegistry } from '../domain/model-registry.js';
import type {
  CrawlStore,
  DecideItem,
  HealthStore,
  ImageStore,
  Log,
  RobotsStore,
  ServingDecider,
  TextStore,
} from '../domain/ports.js';
import type { RenewalStore } from '../domain/renewal.js';
import type { ReviewStore } from '../domain/review.js';
import type { Checkpoints } from './checkpoints.js';
import type { ReadOnlyStore } from './reading.js';

export interface Store
  extends CrawlStore, FeedStore, ImageStore, TextStore, RobotsStore, HealthStore, ReadOnlyStore {
  /** Which models there are and which is served; what is changed is durable. */
  readonly models: ModelRegistry;
  /**
   * How items are decided from now on. `version` names all that shapes a decision (the threshold, say): when it
   * is not the one stored, every item is decided anew. Call it once at start, after the model is registered; without
   * it, items that get known pictures are decided at the next `commitPicture`.
   */
  setDecider(model: ModelFingerprint, version: string, decide: DecideItem): void;
  /**
   * Another model decides from now on, without a restart: each item once the model has seen its pictures, until then
   * the latest of those `before` that has. The renewal decides the old items.
   */
  serveWith(current: ServingDecider, before: readonly ServingDecider[]): void;
  /** How far the catalogue has come over to the model that serves. */
  readonly renewals: RenewalStore;
  readonly golden: GoldenKeeping;
  /** Has the log written back by a thread, for a process that must not wait for the disk. Close it before the store. */
  startCheckpoints(log: Log): Checkpoints;
  /** Keeps short vectors of pictures, by number, for the next index. */
  saveShortVectors(
    space: string,
    rows: readonly { readonly picture: number; readonly bytes: Int8Array }[],
  ): void;
  /** What people say of items. */
  readonly reviews: ReviewStore;
}
