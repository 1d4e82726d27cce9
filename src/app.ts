/** Composition root: opens the stages in the order of the flow and closes them in reverse. */
import type { ApiServer } from './api/server.js';
import { openInference } from './classifiers.js';
import { waitingKeys } from './config/changes.js';
import type { LoadedConfig } from './config/load.js';
import { requireSecrets } from './config/missing-secrets.js';
import type { Config } from './config/schema.js';
import { keepUpDaily } from './daily-upkeep.js';
import type { RunReach } from './domain/crawl.js';
import type { ShopId } from './domain/ids.js';
import type { Log, PictureClassifier } from './domain/ports.js';
import type { ConfigReload } from './domain/serving.js';
import type { Shop } from './domain/shop.js';
import { feedReader } from './extract/feed/feed-reader.js';
import { createPageReader } from './extract/page-reader.js';
import { openFetcher } from './fetch/open-fetcher.js';
import { createBlobStore } from './images/blob-store.js';
import { crawlOptions, imageOptions } from './pipeline/crawl-options.js';
import { Crawl } from './pipeline/crawl.js';
import { beatUntil } from './pipeline/heartbeat.js';
import { downloadImages } from './pipeline/image-step.js';
import { classifyPictures } from './pipeline/picture-step.js';
import { classifyTexts } from './pipeline/text-step.js';
import { Bell } from './platform/bell.js';
import { systemClock } from './platform/clock.js';
import { Closers } from './platform/closers.js';
import { DiskFloor } from './platform/disk-floor.js';
import { StageTimes } from './platform/stage-times.js';
import { createRevisitPolicy } from './scheduler/revisit.js';
import { Scheduler } from './scheduler/scheduler.js';
import { openChanges } from './model-changes.js';
import { ModelSuccession } from './model-succession.js';
import { openModels } from './open-models.js';
import { timed } from './stages.js';
import type { Stages } from './stages.js';
import { openStore } from './store/store.js';
import type { Store } from './store/store.js';
import { activityOf, ailmentOf } from './vital-signs.js';
import { openWords } from './words.js';

/** The whole daemon. Starts nothing by itself: see `start`, `crawl` and `schedule`. */
export class App {
  readonly store: Store;
  readonly classifier: PictureClassifier;
  readonly times: StageTimes;
  readonly models: ModelSuccession;
  readonly #loaded: LoadedConfig;
  readonly #config: Config;
  readonly #disk: DiskFloor;
  readonly #shops = new Map<ShopId, Shop>();
  readonly #log: Log;
  readonly #crawl: Crawl;
  readonly #stages: Stages;
  readonly #stop = new AbortController();
  readonly #closers: Closers;
  readonly #imagesWanted = new Bell();
  readonly #picturesStored = new Bell();
  readonly #textsFound = new Bell();

  #scheduler: Scheduler | null = null;
  #api: ApiServer | null = null;

  private constructor(
    loaded: LoadedConfig,
    log: Log,
    parts: {
      readonly stages: Stages;
      readonly times: StageTimes;
      readonly disk: DiskFloor;
      readonly closers: Closers;
    },
  ) {
    const { stages, times, disk, closers } = parts;
    this.#loaded = loaded;
    this.#config = loaded.config;
    for (const shop of loaded.shops) this.#shops.set(shop.id, shop);
    this.#disk = disk;
    this.#log = log;
    this.#stages = stages;
    this.#closers = closers;
    this.store = stages.store;
    this.classifier = stages.classifier;
    this.times = times;
    const room = (signal: AbortSignal): Promise<void> => disk.room(signal);
    this.models = new ModelSuccession({ ...stages, clock: systemClock, log, room });
    this.#crawl = new Crawl(
      {
        ...stages,
        feedReader,
        clock: systemClock,
        log,
        room,
        imagesWanted: this.#imagesWanted,
        textsFound: this.#textsFound,
      },
      crawlOptions(loaded.config),
    );
  }

  /** Throws FashiondError, and leaves nothing open; `refused` and `retry` where the disk has no room for what it writes. */
  static async open(loaded: LoadedConfig, log: Log): Promise<App> {
    requireSecrets(loaded, 'proxies');
    const { config, shops } = loaded;
    const closers = new Closers();
    const times = new StageTimes();
    try {
      const { revisit_min: minMs, revisit_max: maxMs } = config.crawl;
      const revisit = createRevisitPolicy({ minMs, maxMs });
      const { path, blobs: folder, disk_floor: diskFloor } = config.store;
      const disk = new DiskFloor({ paths: [path, folder], floorBytes: diskFloor, clock: systemClock, log });
      const hasRoom = (): boolean => disk.hasRoom();
      const store = openStore(path, { log, revisit, health: config.health, hasRoom, diskFloor });
      closers.add('store', () => store.close());
      const checkpoints = store.startCheckpoints(log);
      closers.add('checkpoints', () => checkpoints.close());
      store.syncShops(shops);
      const blobs = createBlobStore(folder);
      await blobs.sweep();
      const words = await openWords(config, loaded.categories, log);
      const { texts } = words;
      closers.add('text classifier', () => texts.close());
      const inference = await openInference(config, log);
      closers.add('inference threads', () => inference.close());
      const models = await openModels({ config, inference, words, store, log });
      closers.add('models', () => models.close());
      const fetcher = await openFetcher(config, log, store);
      closers.add('fetcher', () => fetcher.close());
      const reader = createPageReader({ threads: config.crawl.parse_workers, maxQueue: 64 });
      closers.add('page reader', () => reader.close());
      const { classifier, suspects, decide } = models;
      const stages = { store, blobs, models, classifier, suspects, decide, texts, fetcher, reader };
      const app = new App(loaded, log, { stages: timed(stages, times), times, disk, closers });
      app.#takeUp();
      return app;
    } catch (error) {
      await closers.close();
      throw error;
    }
  }

  /** Takes up what an earlier process left. */
  #takeUp(): void {
    const { store, classifier, texts } = this.#stages;
    const recovered = store.recoverLeases();
    this.models.begin();
    const reread = store.requeueTexts(texts.fingerprint);
    this.#log.info('daemon.started', { recovered, reread, model: classifier.manifest.fingerprint });
  }

  /**
   * Starts the image queue's two halves. The promise settles when the app is closed, and rejects when a stage meets a bug
   * or a broken environment: the process must end.
   */
  start(): Promise<void> {
    const { store, classifier, texts } = this.#stages;
    const parts = {
      ...this.#stages,
      clock: systemClock,
      log: this.#log,
      imagesWanted: this.#imagesWanted,
      picturesStored: this.#picturesStored,
    };
    const downloads = downloadImages(
      { ...parts, shops: this.#shops },
      imageOptions(this.#config),
      this.#stop.signal,
    );
    const { featuresForSearch } = this.#stages.models;
    const pictures = classifyPictures(
      { ...parts, featuresForSearch },
      { width: this.#config.compute.batch * 4 },
      this.#stop.signal,
    );
    const words = classifyTexts(
      { store, classifier: texts, clock: systemClock, log: this.#log, textsFound: this.#textsFound },
      this.#stop.signal,
    );
    const beats = beatUntil({ ...parts, runtime: () => classifier.runtime }, this.#stop.signal);
    const models = this.models.run(this.#config.model.renewal_rate, this.#stop.signal);
    const running = Promise.all([downloads, pictures, words, beats, models]).then(() => undefined);
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

  /**
   * Goes on with the runs that an earlier process began, and starts the shops' schedules and the daily upkeep of the
   * store.
   */
  schedule(): void {
    if (this.#stop.signal.aborted) return;
    const scheduler = new Scheduler({
      shops: [...this.#shops.values()],
      store: this.store,
      starter: this.#crawl,
      clock: systemClock,
      log: this.#log,
    });
    this.#scheduler = scheduler;
    this.#closers.add('scheduler', () => scheduler.stop());
    for (const run of this.store.unfinishedRuns()) {
      const shop = this.#shops.get(run.shop);
      if (shop !== undefined) scheduler.adopt(shop.id, this.#crawl.resume(run, shop, this.#stop.signal));
    }
    scheduler.start();
    const { store } = this.#config;
    const upkeep = { store, blobs: this.#stages.blobs, clock: systemClock, log: this.#log };
    const daily = keepUpDaily(upkeep, this.#stop.signal);
    this.#closers.add('upkeep', () => daily);
  }

  /**
   * Takes over what of a new config can be taken over while it runs: the shops and the API's tokens; runs under way go
   * on as they began. Returns the keys that changed and wait for a restart. Throws FashiondError, and takes nothing over,
   * where a secret that it needs is missing (`config`) or the shops cannot be written to the store.
   */
  apply(next: LoadedConfig): readonly string[] {
    requireSecrets(next, this.#api === null ? 'proxies' : 'all');
    // First what may fail.
    this.store.syncShops(next.shops);
    this.#api?.replaceTokens(next.tokens);
    this.#shops.clear();
    for (const shop of next.shops) this.#shops.set(shop.id, shop);
    this.#scheduler?.replaceShops(next.shops);
    // Pictures of a shop that is back have waited.
    this.#imagesWanted.ring();
    return waitingKeys(this.#loaded, next);
  }

  /** Why the daemon is no use any more, though its event loop turns; null where all is well. */
  ailment(): string | null {
    return ailmentOf(this.store, this.times);
  }

  /** What it does, in a line. */
  activity(): string {
    return activityOf(this.store, this.#disk.hasRoom());
  }

  /**
   * Serves the API and the web page, where the config asks for them or `listen` names an address. Returns where, or
   * null. Throws FashiondError `busy` when the port is taken. To be called after `start`.
   */
  async serve(
    listen: string | null = this.#config.api.listen,
    reload: ConfigReload | null = null,
  ): Promise<string | null> {
    if (listen === null) return null;
    const of = { ...this.#stages, succession: this.models, clock: systemClock, log: this.#log };
    const models = openChanges(of, this.#config, this.#stop.signal);
    this.#closers.add('model changes', () => models.close());
    const operation = { reload, models, hasRoom: () => this.#disk.hasRoom() };
    // The web server is loaded where it is wanted only.
    const opening = import('./serving.js').then(({ serveApi }) =>
      serveApi(this.#loaded, this.#stages, this.times, this.#log, listen, operation),
    );
    // At once: a stop that comes while it opens must not leave it behind.
    this.#closers.add('api', async () => (await opening.catch(() => null))?.close());
    const api = await opening;
    this.models.searchIn(api.lookalikes);
    this.#api = api;
    return api.url;
  }

  /** Stops taking work, finishes or returns what is in hand, closes the store. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#closers.close();
    this.#log.info('daemon.stopped');
  }
}
