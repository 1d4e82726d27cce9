/** Composition root: opens the stages in the order of the flow and closes them in reverse. */
import { shippedModelPath } from './config/assets.js';
import type { LoadedConfig } from './config/load.js';
import type { Config } from './config/schema.js';
import type { RunReach } from './domain/crawl.js';
import type { ShopId } from './domain/ids.js';
import type { Log, PictureClassifier, SuspectClassifier } from './domain/ports.js';
import type { Shop } from './domain/shop.js';
import { feedReader } from './extract/feed/feed-reader.js';
import { createPageReader } from './extract/page-reader.js';
import { openFetcher } from './fetch/open-fetcher.js';
import { createBlobStore } from './images/blob-store.js';
import { LOOK_LAYOUT } from './images/look.js';
import { chooseRule } from './infer/decision-rule.js';
import { loadModelFolder } from './infer/model-folder.js';
import { createPictureClassifier } from './infer/picture-classifier.js';
import { createSuspectClassifier } from './infer/suspect-classifier.js';
import { crawlOptions } from './pipeline/crawl-options.js';
import { Crawl } from './pipeline/crawl.js';
import { beatUntil } from './pipeline/heartbeat.js';
import { downloadImages } from './pipeline/image-step.js';
import { classifyPictures } from './pipeline/picture-step.js';
import { classifyTexts } from './pipeline/text-step.js';
import { Bell } from './platform/bell.js';
import { systemClock } from './platform/clock.js';
import { Closers } from './platform/closers.js';
import { StageTimes } from './platform/stage-times.js';
import { workerPath } from './platform/worker-pool.js';
import { createRevisitPolicy } from './scheduler/revisit.js';
import { Scheduler } from './scheduler/scheduler.js';
import { timed } from './stages.js';
import type { Stages } from './stages.js';
import { openStore } from './store/store.js';
import type { Store } from './store/store.js';
import { openWords } from './words.js';

/** Opens the classifier alone, for commands that need no crawl. */
export async function openClassifier(config: Config, log: Log): Promise<PictureClassifier> {
  const model = await loadModelFolder(config.model.path ?? shippedModelPath);
  return createPictureClassifier({
    model,
    rule: chooseRule(model.manifest, config.model),
    lookLayout: LOOK_LAYOUT,
    threads: config.compute.workers,
    batch: config.compute.batch,
    batchWaitMs: config.compute.batch_wait,
    maxPixels: config.compute.max_pixels,
    runtime: { runtime: config.compute.runtime, device: config.compute.device },
    worker: workerPath(import.meta.url, './inference-worker.js'),
    log,
  });
}

function openSuspectClassifier(config: Config, classifier: PictureClassifier, log: Log): SuspectClassifier {
  return createSuspectClassifier({
    worker: workerPath(import.meta.url, './suspect-worker.js'),
    settings: {
      modelFolder: config.model.path ?? shippedModelPath,
      fingerprint: classifier.manifest.fingerprint,
      maxPixels: config.compute.max_pixels,
      rule: chooseRule(classifier.manifest, config.model),
      runtime: { runtime: config.compute.runtime, device: config.compute.device },
    },
    log,
  });
}

/** The whole daemon. Starts nothing by itself: see `start`, `crawl` and `schedule`. */
export class App {
  readonly store: Store;
  readonly classifier: PictureClassifier;
  readonly times: StageTimes;
  readonly #loaded: LoadedConfig;
  readonly #config: Config;
  readonly #shops: readonly Shop[];
  readonly #log: Log;
  readonly #crawl: Crawl;
  readonly #stages: Stages;
  readonly #stop = new AbortController();
  readonly #closers: Closers;
  readonly #imagesWanted = new Bell();
  readonly #picturesStored = new Bell();
  readonly #textsFound = new Bell();

  private constructor(loaded: LoadedConfig, log: Log, stages: Stages, times: StageTimes, closers: Closers) {
    this.#loaded = loaded;
    this.#config = loaded.config;
    this.#shops = loaded.shops;
    this.#log = log;
    this.#stages = stages;
    this.#closers = closers;
    this.store = stages.store;
    this.classifier = stages.classifier;
    this.times = times;
    this.#crawl = new Crawl(
      {
        ...stages,
        feedReader,
        clock: systemClock,
        log,
        imagesWanted: this.#imagesWanted,
        textsFound: this.#textsFound,
      },
      crawlOptions(loaded.config),
    );
  }

  static async open(loaded: LoadedConfig, log: Log): Promise<App> {
    const { config, shops } = loaded;
    const closers = new Closers();
    const times = new StageTimes();
    try {
      const { revisit_min: minMs, revisit_max: maxMs } = config.crawl;
      const revisit = createRevisitPolicy({ minMs, maxMs });
      const store = openStore(config.store.path, { log, revisit, health: config.health });
      closers.add('store', () => store.close());
      const checkpoints = store.startCheckpoints(log);
      closers.add('checkpoints', () => checkpoints.close());
      store.syncShops(shops);
      const blobs = createBlobStore(config.store.blobs);
      await blobs.sweep();
      const classifier = await openClassifier(config, log);
      closers.add('classifier', () => classifier.close());
      const { texts, decider } = await openWords(config, classifier.manifest, loaded.categories, log);
      closers.add('text classifier', () => texts.close());
      const suspects = openSuspectClassifier(config, classifier, log);
      closers.add('suspects', () => suspects.close());
      const fetcher = await openFetcher(config, log, store);
      closers.add('fetcher', () => fetcher.close());
      const reader = createPageReader({ threads: config.crawl.parse_workers, maxQueue: 64 });
      closers.add('page reader', () => reader.close());
      const stages = timed({ store, blobs, classifier, suspects, texts, decider, fetcher, reader }, times);
      return new App(loaded, log, stages, times, closers);
    } catch (error) {
      await closers.close();
      throw error;
    }
  }

  /**
   * Takes up what an earlier process left, and starts the image queue's two halves. The promise settles when
   * the app is closed, and rejects when a stage meets a bug or a broken environment: the process must end.
   */
  start(): Promise<void> {
    const { store, classifier, texts, decider } = this.#stages;
    const recovered = store.recoverLeases();
    store.registerModel(classifier.manifest, this.#config.model.path ?? shippedModelPath);
    store.setDecider(classifier.manifest.fingerprint, decider.version, decider.decide);
    const reread = store.requeueTexts(texts.fingerprint);
    const requeued = store.requeueForModel(classifier.manifest.fingerprint, LOOK_LAYOUT.version);
    this.#log.info('daemon.started', { recovered, requeued, reread, model: classifier.manifest.fingerprint });
    const { fetch, crawl, compute } = this.#config;
    const parts = {
      ...this.#stages,
      decide: decider.decide,
      clock: systemClock,
      log: this.#log,
      imagesWanted: this.#imagesWanted,
      picturesStored: this.#picturesStored,
    };
    const shops = new Map<ShopId, Shop>(this.#shops.map((shop) => [shop.id, shop]));
    const downloads = downloadImages(
      { ...parts, shops },
      {
        attempts: fetch.attempts,
        baseMs: fetch.backoff,
        maxMs: fetch.max_backoff,
        leaseMs: crawl.lease,
        maxCrawlDelayMs: fetch.max_crawl_delay,
        width: fetch.images_in_flight,
        maxStoredPictures: crawl.max_stored_pictures,
      },
      this.#stop.signal,
    );
    const pictures = classifyPictures(parts, { width: compute.batch * 4 }, this.#stop.signal);
    const words = classifyTexts(
      { store, classifier: texts, clock: systemClock, textsFound: this.#textsFound },
      this.#stop.signal,
    );
    const beats = beatUntil(parts, this.#stop.signal);
    const running = Promise.all([downloads, pictures, words, beats]).then(() => undefined);
    this.#closers.add('image queue', () => running.catch(() => undefined));
    return running;
  }

  /**
   * Crawls one shop once: ends the run that an earlier process left unfinished, else begins one for the slot.
   * Returns at once when that slot has been crawled.
   */
  async crawl(shop: Shop, slot: string, reach: RunReach = {}): Promise<void> {
    const left = this.store.unfinishedRuns().find((run) => run.shop === shop.id);
    const crawl =
      left === undefined
        ? this.#crawl.run(shop, slot, this.#stop.signal, reach)
        : this.#crawl.resume(left, shop, this.#stop.signal, reach);
    // A crawl must have let go of the store before it is closed.
    this.#closers.add(`crawl of ${shop.id}`, () => crawl.catch(() => undefined));
    await crawl;
  }

  /** Resolves when no picture waits for download or inference, and no words wait to be read. */
  async imagesDone(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const { wanted, stored } = this.store.backlog();
      if (wanted === 0 && stored === 0 && this.store.textsWaiting() === 0) return;
      await systemClock.sleep(50, this.#stop.signal);
    }
  }

  /** Goes on with the runs that an earlier process began, and starts the shops' schedules. */
  schedule(): void {
    const scheduler = new Scheduler({
      shops: this.#shops,
      store: this.store,
      starter: this.#crawl,
      clock: systemClock,
      log: this.#log,
    });
    this.#closers.add('scheduler', () => scheduler.stop());
    for (const run of this.store.unfinishedRuns()) {
      const shop = this.#shops.find((candidate) => candidate.id === run.shop);
      if (shop !== undefined) scheduler.adopt(shop.id, this.#crawl.resume(run, shop, this.#stop.signal));
    }
    scheduler.start();
  }

  /**
   * Serves the API and the web page, where the config asks for them or `listen` names an address. Returns where, or
   * null. Throws FashiondError `busy` when the port is taken. To be called after `start`.
   */
  async serve(listen: string | null = this.#config.api.listen): Promise<string | null> {
    if (listen === null) return null;
    // The web server is loaded where it is wanted only.
    const { serveApi } = await import('./serving.js');
    const api = await serveApi(this.#loaded, this.#stages, this.times, this.#log, listen);
    this.#closers.add('api', () => api.close());
    return api.url;
  }

  /** Stops taking work, finishes or returns what is in hand, closes the store. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#closers.close();
    this.#log.info('daemon.stopped');
  }
}
