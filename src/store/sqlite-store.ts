/** The store over one connection: each method of the ports, as one transaction of the modules beside this. */
import type {
  CrawlRun,
  FrontierEntry,
  ImageVisit,
  PageVisit,
  QueuedPicture,
  RevisitPolicy,
  WantedImage,
} from '../domain/crawl.js';
import type { FeedEntry } from '../domain/feed.js';
import type { FrontierId, ImageId, ModelFingerprint, RunId, Sha256, ShopId } from '../domain/ids.js';
import type { Heartbeat, RunHealth } from '../domain/health.js';
import type { GoldenKeeping } from '../domain/model.js';
import type { ModelRegistry } from '../domain/model-registry.js';
import type {
  Clock,
  CrawlStore,
  DecideItem,
  ImageStore,
  Log,
  ReadText,
  RobotsCopy,
  ServingDecider,
  WaitingText,
} from '../domain/ports.js';
import type { SuspectOutcome } from '../domain/prediction.js';
import type { RenewalStore } from '../domain/renewal.js';
import type { ReviewStore } from '../domain/review.js';
import type { Shop } from '../domain/shop.js';
import type { Connection } from './connection.js';
import { startCheckpoints } from './checkpoints.js';
import type { Checkpoints } from './checkpoints.js';
import { CommitGroup } from './commit-group.js';
import { FeedKeeping } from './feed-keeping.js';
import { claimFeed, recoverFeeds } from './feeds.js';
import { addUrls } from './found-urls.js';
import * as frontier from './frontier.js';
import { beat } from './health/heartbeat.js';
import type { ShopHealth } from './health/shop-health.js';
import * as imageQueue from './image-queue.js';
import type { Lock } from './lock.js';
import * as pictureQueue from './picture-queue.js';
import { ItemDecisions, savePrediction } from './predictions.js';
import { Registry } from './registry/writing.js';
import { GoldenAnswers } from './renewal/golden-answers.js';
import { Renewals } from './renewal/renewals.js';
import { Reviews } from './review/reviews.js';
import { keepRobots, robotsCopy } from './robots.js';
import * as runs from './runs.js';
import { shopRow, syncShops } from './shops.js';
import * as texts from './texts.js';
import type { Store } from './store-port.js';
import { saveFeatures, saveVectors } from './vectors.js';
import { commitVisit } from './visits.js';

export class SqliteStore extends FeedKeeping implements Store {
  readonly #clock: Clock;
  readonly #lock: Lock;
  readonly #decisions: ItemDecisions;
  readonly #health: ShopHealth;
  readonly #revisit: RevisitPolicy;
  readonly #group: CommitGroup;
  readonly reviews: ReviewStore;
  override readonly models: ModelRegistry;
  readonly renewals: RenewalStore;
  readonly golden: GoldenKeeping;
  readonly #hasRoom: () => boolean;

  constructor(
    db: Connection,
    parts: {
      readonly clock: Clock;
      readonly lock: Lock;
      readonly health: ShopHealth;
      readonly revisit: RevisitPolicy;
      readonly hasRoom: () => boolean;
    },
  ) {
    super(db);
    this.#clock = parts.clock;
    this.#lock = parts.lock;
    this.#health = parts.health;
    this.#revisit = parts.revisit;
    this.#hasRoom = parts.hasRoom;
    this.#decisions = new ItemDecisions(db);
    this.#group = new CommitGroup(db);
    this.reviews = new Reviews(db, parts.clock, this.#decisions);
    this.models = new Registry(db, parts.clock);
    this.renewals = new Renewals(db, parts.clock, this.#decisions);
    this.golden = new GoldenAnswers(db);
  }

  protected settleDecisions(now: number): void {
    this.#decisions.settle(now);
  }

  syncShops(shops: readonly Shop[]): void {
    syncShops(this.db, shops);
  }

  beginRun(shop: ShopId, slot: string, now: number, dueBefore?: number): CrawlRun | null {
    return this.db.transaction(() => {
      const run = runs.beginRun(this.db, this.#revisit, { shop, slot, wanted: dueBefore }, now);
      if (run !== null) this.#health.judgeEnded(shopRow(this.db, shop));
      return run;
    });
  }

  makeAllDue(run: CrawlRun): void {
    runs.makeAllDue(this.db, run);
  }

  unfinishedRuns(): CrawlRun[] {
    return runs.unfinishedRuns(this.db);
  }

  lastSlot(shop: ShopId, before?: number): string | null {
    return runs.lastSlot(this.db, shop, before);
  }

  finishRun(run: RunId, status: 'finished' | 'failed', now: number, reason?: string): void {
    this.db.transaction(() => {
      const shop = runs.finishRun(this.db, run, status, now, reason);
      this.#health.judgeEnded(shop);
    });
  }

  runHealth(run: RunId): RunHealth | null {
    return this.#health.of(run);
  }

  reviewHealth(limit = Infinity): void {
    this.#health.review(limit);
  }

  beat(heartbeat: Heartbeat | null): void {
    beat(this.db, heartbeat);
  }

  runCounts(run: CrawlRun): ReturnType<CrawlStore['runCounts']> {
    return runs.runCounts(this.db, run);
  }

  addUrls(run: CrawlRun, urls: Parameters<CrawlStore['addUrls']>[1], now: number): number {
    return addUrls(this.db, this.#revisit, run, urls, now);
  }

  claimPages(run: CrawlRun, limit: number, now: number, leaseMs: number): FrontierEntry[] {
    return this.#hasRoom() ? frontier.claimPages(this.db, run, limit, now, leaseMs, this.#clock) : [];
  }

  claimFeed(run: CrawlRun, now: number, leaseMs: number): FeedEntry | null {
    return this.#hasRoom() ? claimFeed(this.db, run, now, leaseMs, this.#clock) : null;
  }

  commitVisit(run: CrawlRun, entry: FrontierEntry, visit: PageVisit, now: number): void {
    this.db.transaction(() => {
      commitVisit(this.db, this.#revisit, run, entry, visit, now);
      this.#decisions.settle(now);
    });
  }

  together(work: () => void): Promise<void> {
    return this.#group.run(work);
  }

  releasePages(ids: readonly FrontierId[]): void {
    frontier.releasePages(this.db, ids);
  }

  knowsPages(shop: ShopId): boolean {
    return frontier.knowsPages(this.db, shop);
  }

  nextPageDue(run: CrawlRun): number | null {
    return frontier.nextPageDue(this.db, run);
  }

  recoverLeases(): ReturnType<CrawlStore['recoverLeases']> {
    return this.db.transaction(() => ({
      pages: frontier.recoverPages(this.db),
      feeds: recoverFeeds(this.db),
      images: imageQueue.recoverImages(this.db),
      pictures: pictureQueue.recoverPictures(this.db),
    }));
  }

  robotsCopy(origin: string): RobotsCopy | null {
    return robotsCopy(this.db, origin);
  }

  keepRobots(origin: string, copy: RobotsCopy): void {
    keepRobots(this.db, origin, copy);
  }

  claimImages(limit: number, now: number, leaseMs: number, mostOf?: (shop: ShopId) => number): WantedImage[] {
    if (!this.#hasRoom()) return [];
    return imageQueue.claimImages(this.db, { limit, now, leaseMs, clock: this.#clock, mostOf });
  }

  commitImage(image: WantedImage, visit: ImageVisit, now: number): void {
    this.db.transaction(() => {
      imageQueue.commitImage(this.db, image, visit, now);
      this.#decisions.settle(now);
    });
  }

  releaseImages(ids: readonly ImageId[]): void {
    imageQueue.releaseImages(this.db, ids);
  }

  nextImageDue(): number | null {
    return imageQueue.nextImageDue(this.db);
  }

  claimPictures(limit: number, _now: number): QueuedPicture[] {
    return pictureQueue.claimPictures(this.db, limit);
  }

  commitPicture(
    picture: QueuedPicture,
    outcome: SuspectOutcome,
    context: Parameters<ImageStore['commitPicture']>[2],
    now: number,
  ): void {
    const { model, decide, lookVersion, forSearch = null } = context;
    if (!this.#decisions.isOf(model)) this.#decisions.use(model, decide, null, now);
    this.db.transaction(() => {
      const blob = pictureQueue.leasedPicture(this.db, picture.sha256);
      if (blob === null) return;
      pictureQueue.settlePicture(this.db, blob, outcome, now);
      if (outcome.kind === 'classified') {
        const { prediction, vectors } = outcome;
        savePrediction(this.db, blob, prediction, now);
        saveVectors(this.db, blob, vectors, { model: prediction.model, lookVersion });
        if (forSearch !== null) saveFeatures(this.db, blob, forSearch);
        // The model was replaced while the picture was with it: the one that serves now sees it next.
        if (prediction.model !== model) pictureQueue.queueAgain(this.db, blob);
      }
      this.#health.decided(blob);
      this.#decisions.redecideItemsOf(blob, now);
    });
  }

  releasePictures(ids: readonly Sha256[]): void {
    pictureQueue.releasePictures(this.db, ids);
  }

  backlog(shop?: ShopId): ReturnType<ImageStore['backlog']> {
    return {
      wanted: shop === undefined ? imageQueue.wantedImages(this.db) : imageQueue.wantedOf(this.db, shop),
      stored: pictureQueue.waitingPictures(this.db),
    };
  }

  waitingTexts(limit: number): WaitingText[] {
    return texts.waitingTexts(this.db, limit);
  }

  commitTexts(read: readonly ReadText[], now: number): void {
    this.db.transaction(() => {
      for (const one of read) {
        if (texts.saveText(this.db, one, now)) this.#decisions.redecide(one.product, now);
      }
    });
  }

  requeueTexts(model: ModelFingerprint): number {
    return texts.requeueTexts(this.db, model);
  }

  textsWaiting(): number {
    return texts.countWaitingTexts(this.db);
  }

  setDecider(model: ModelFingerprint, version: string, decide: DecideItem): void {
    this.#decisions.use(model, decide, version, this.#clock.now());
  }

  serveWith(current: ServingDecider, before: readonly ServingDecider[]): void {
    this.#decisions.serveWith(current, before);
  }

  startCheckpoints(log: Log): Checkpoints {
    return startCheckpoints(this.db, log);
  }

  /** Writes the log back into the file, and lets the next process in. Safe to call twice. */
  override close(): void {
    if (!this.db.raw.open) return;
    try {
      this.#group.flush();
      this.db.raw.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.db.raw.close();
      this.#lock.release();
    }
  }
}
