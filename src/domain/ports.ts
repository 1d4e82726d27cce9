/** Where the stages meet: each implements or uses these, and none imports another. */
import type {
  CrawlRun,
  FoundUrl,
  FrontierEntry,
  ImageVisit,
  PageVisit,
  QueuedPicture,
  RunCounts,
  RunReach,
  WantedImage,
} from './crawl.js';
import type { FetchOutcome, HttpRequest, HttpResponse, Validators } from './fetch.js';
import type { FrontierId, ImageId, ModelFingerprint, ProductId, RunId, Sha256, ShopId } from './ids.js';
import type { Heartbeat, RunHealth } from './health.js';
import type { ItemText, TextPrediction } from './item-text.js';
import type { ModelManifest, ServingRuntime } from './model.js';
import type { LookLayout, PictureSquare, PreparedPicture } from './picture.js';
import type {
  PictureOutcome,
  Prediction,
  PredictionOutcome,
  SearchFeatures,
  SuspectOutcome,
} from './prediction.js';
import type { PageReading, ReadingHints } from './product.js';
import type { Shop } from './shop.js';

export interface Clock {
  /** Wall time in milliseconds since the epoch; may step. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never steps back. */
  monotonic(): number;
  /** Resolves after `ms`, or early (without throwing) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Events have fixed names (`page.read`, `run.finished`); everything that varies is a field. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  child(fields: Readonly<Record<string, unknown>>): Log;
}

/** One request, no retry, no redirect: policy lives above. Rejects with `HttpFault` (src/fetch) only. */
export interface HttpClient {
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

export type ResourceKind = 'page' | 'image' | 'feed';

/** A page as a sitemap lists it. */
export interface SitemapUrl {
  readonly url: string;
  /** Milliseconds since the epoch; of a day without a time its end. Null where the sitemap says nothing usable. */
  readonly lastModified: number | null;
  /** Pictures on the page, as the image extension lists them: absolute, not checked. */
  readonly images: readonly string[];
}

/** Where bodies are held until they have been read; see BodyRoom of the platform. */
export interface BodyEntrance {
  /** Resolves when there is room for another body; rejects with the signal's reason. */
  entrance(signal: AbortSignal): Promise<void>;
}

export interface FetchRequest {
  readonly kind: ResourceKind;
  readonly validators: Validators;
  /** Asked before the request is sent. */
  readonly room?: BodyEntrance;
  readonly signal: AbortSignal;
}

/** Robots, scope, guard, pace, redirects and back-off around an HttpClient. One call is one attempt. */
export interface Fetcher {
  /** An aborted signal is an outcome too (`failed`, to be retried); `sitemapUrls` rejects with `cancelled`. */
  fetch(shop: Shop, url: string, request: FetchRequest): Promise<FetchOutcome>;
  /** Pages from the shop's sitemaps (robots.txt's and the config's), canonical and in scope. */
  sitemapUrls(shop: Shop, signal: AbortSignal): AsyncIterable<SitemapUrl>;
  /** Canonical form of a URL of the shop, or null when it is no http(s) URL. Idempotent. */
  canonicalUrl(shop: Shop, url: string, base?: string): string | null;
  inScope(shop: Shop, url: string, kind: ResourceKind): boolean;
  close(): Promise<void>;
}

/** Bytes of a page -> what it says. Runs in a worker pool. */
export interface PageReader {
  read(
    body: Uint8Array,
    page: { readonly url: string; readonly contentType: string | null; readonly hints: ReadingHints },
  ): Promise<PageReading>;
  close(): Promise<void>;
}

/** Content-addressed files. */
export interface BlobStore {
  /** Durable when it resolves: written to a temporary name, synced, renamed. */
  write(bytes: Uint8Array): Promise<Sha256>;
  pathOf(sha256: Sha256): string;
  has(sha256: Sha256): Promise<boolean>;
}

export type PictureSource = { readonly bytes: Uint8Array } | { readonly path: string };

export type PrepareOutcome =
  | { readonly kind: 'prepared'; readonly picture: PreparedPicture }
  | Extract<PictureOutcome, { kind: 'refused' }>;

/** Bytes -> pixels, facts and look vector, on the calling thread. Never throws for a bad picture. */
export type PreparePicture = (
  bytes: Uint8Array,
  options: PictureSquare & { readonly maxPixels: number; readonly second?: PictureSquare | null },
) => Promise<PrepareOutcome>;

/** The pixels of `preparePicture`, bit for bit, without its facts and look vector. Never throws for a bad picture. */
export type PreparePixels = (
  bytes: Uint8Array,
  options: Parameters<PreparePicture>[1],
) => Promise<
  { readonly kind: 'pixels'; readonly pixels: Uint8Array } | Extract<PictureOutcome, { kind: 'refused' }>
>;

/** The inference pool: decodes, batches and classifies. */
export interface PictureClassifier {
  readonly manifest: ModelManifest;
  /** What its network runs on. */
  readonly runtime: ServingRuntime;
  readonly lookLayout: LookLayout;
  classify(source: PictureSource): Promise<PictureOutcome>;
  /** The prediction of `classify` without its facts and vectors, and without their cost. */
  predict(source: PictureSource): Promise<PredictionOutcome>;
  /** Whether pictures wait for a thread by now. */
  readonly isBusy: boolean;
  /** One decision for an item from its pictures' predictions (one or more, main picture first). */
  decide(predictions: readonly Prediction[]): Prediction;
  close(): Promise<void>;
}

/** Classifies pictures that may kill their decoder, one at a time in a process whose death harms nobody. */
export interface SuspectClassifier {
  /** Null when the signal aborts first: nothing is known of the picture then. */
  classify(source: { readonly path: string }, signal: AbortSignal): Promise<SuspectOutcome | null>;
  close(): void;
}

/** Runs and the page frontier. Every method is one transaction, or part of the one it is called in. */
export interface CrawlStore {
  /** Registers shops of the config; those no longer in it are kept and marked inactive. */
  syncShops(shops: readonly Shop[]): void;
  /** Null when the (shop, slot) pair has been started before: a slot never runs twice. Ends the shop's last run. */
  beginRun(shop: ShopId, slot: string, now: number, dueBefore?: number): CrawlRun | null;
  /** Makes every known page due that the run has not visited. */
  makeAllDue(run: CrawlRun): void;
  /** Runs that were started and not finished, oldest first. */
  unfinishedRuns(): CrawlRun[];
  /** The latest slot started for the shop, of those at `before` or earlier where that is given; null without one. */
  lastSlot(shop: ShopId, before?: number): string | null;
  /** `reason`: why it failed, for people. */
  finishRun(run: RunId, status: 'finished' | 'failed', now: number, reason?: string): void;
  /**
   * Adds unknown URLs. Of known ones, those that changed since their last visit by what is said of them are to be
   * visited again soon; the others stay as they are. Returns how many were new.
   */
  addUrls(run: CrawlRun, urls: readonly FoundUrl[], now: number): number;
  /**
   * Leases up to `limit` entries due in this run: new ones first, then those that changed or are to be tried or
   * confirmed again, then start pages and listings, then the others by how long they are due.
   */
  claimPages(run: CrawlRun, limit: number, now: number, leaseMs: number): FrontierEntry[];
  commitVisit(run: CrawlRun, entry: FrontierEntry, visit: PageVisit, now: number): void;
  /**
   * Runs `work` soon, in one transaction with what others ask for at about the same time, since a transaction costs as
   * much as what is in it. Resolves when that is committed; where it fails, `work` alone fails, and is undone.
   */
  together(work: () => void): Promise<void>;
  releasePages(ids: readonly FrontierId[]): void;
  /** Earliest time at which a pending entry of the run may be claimed, or null when none is pending. */
  nextPageDue(run: CrawlRun): number | null;
  runCounts(run: CrawlRun): RunCounts;
  /** Whether the shop's frontier holds any page. */
  knowsPages(shop: ShopId): boolean;
  /** The verdict on a run that has ended; null before. */
  runHealth(run: RunId): RunHealth | null;
  /** Makes every lease claimable again; called once at start, when no other process can hold one. */
  recoverLeases(): {
    readonly pages: number;
    readonly feeds: number;
    readonly images: number;
    readonly pictures: number;
  };
}

/** The last copy of an origin's robots.txt. */
export interface RobotsCopy {
  /** Latin-1, one character a byte; null where the origin has no robots.txt. */
  readonly text: string | null;
  /** Wall clock, milliseconds since the epoch. */
  readonly fetchedAt: number;
}

/** Keeps copies of robots.txt over restarts: a host that is down then is judged by the last one. */
export interface RobotsStore {
  robotsCopy(origin: string): RobotsCopy | null;
  keepRobots(origin: string, copy: RobotsCopy): void;
}

/** Verdicts on runs, and the daemon's sign of life. Every method is one transaction. */
export interface HealthStore {
  /**
   * Judges the latest run of shops anew whose items were decided since it ended: of `limit` shops, or all. One
   * shop's items are counted at a time, which takes a while where they are many.
   */
  reviewHealth(limit?: number): void;
  /** Keeps the sign of life, in place of the one before; null when the daemon ends. */
  beat(heartbeat: Heartbeat | null): void;
}

/** The image queue: wanted URLs (network side) and stored pictures (compute side). */
export interface ImageStore {
  /** `mostOf`: how many of a shop's pictures may be in flight at once; no bound without it. */
  claimImages(limit: number, now: number, leaseMs: number, mostOf?: (shop: ShopId) => number): WantedImage[];
  commitImage(image: WantedImage, visit: ImageVisit, now: number): void;
  releaseImages(ids: readonly ImageId[]): void;
  nextImageDue(): number | null;
  /** Marks pictures as being decoded, durably, before they are. Suspects come last, and one at a time. */
  claimPictures(limit: number, now: number): QueuedPicture[];
  /** Commits prediction, facts, vectors and the items' new decisions. */
  commitPicture(
    picture: QueuedPicture,
    outcome: SuspectOutcome,
    context: {
      readonly model: ModelFingerprint;
      readonly lookVersion: string;
      readonly decide: DecideItem;
      /** What search needs besides while it is with the model before: that one's features of the picture. */
      readonly forSearch?: SearchFeatures | null;
    },
    now: number,
  ): void;
  releasePictures(ids: readonly Sha256[]): void;
  /** Pictures that wait for download, of one shop or of all, and those of all shops that wait for inference. */
  backlog(shop?: ShopId): { readonly wanted: number; readonly stored: number };
}

/** An item whose words wait to be classified. */
export interface WaitingText {
  readonly product: ProductId;
  readonly text: ItemText;
}

export interface ReadText extends WaitingText {
  readonly prediction: TextPrediction;
}

/** Items' words on their way to a prediction. */
export interface TextStore {
  waitingTexts(limit: number): WaitingText[];
  /** Commits what was said, with the items' new decisions. Words that changed meanwhile go on waiting. */
  commitTexts(read: readonly ReadText[], now: number): void;
  /** Queues every item whose words the model has not read. Returns how many. */
  requeueTexts(model: ModelFingerprint): number;
  textsWaiting(): number;
}

/** Tells an item's category from its words. */
export interface TextClassifier {
  readonly fingerprint: ModelFingerprint;
  /**
   * One prediction for each text, in their order; one without candidates where the words say nothing. For the first texts
   * only where one of them took too long: the others are to be asked of again.
   */
  classify(texts: readonly ItemText[]): Promise<readonly TextPrediction[]>;
  close(): Promise<void>;
}

/**
 * One decision for an item from its pictures' predictions (main picture first; none where there are none) and its words'
 * (null where they wait). Null when there is nothing to decide from.
 */
export type DecideItem = (
  predictions: readonly Prediction[],
  text: TextPrediction | null,
) => Prediction | null;

/** How items are decided with a model. */
export interface ServingDecider {
  readonly model: ModelFingerprint;
  readonly decide: DecideItem;
}

/** Drives runs; owned by the scheduler. */
export interface RunStarter {
  /** Resolves when the run has ended. */
  run(shop: Shop, slot: string, signal: AbortSignal, reach?: RunReach): Promise<void>;
}
