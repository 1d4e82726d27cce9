/** Prometheus metrics. Counters are kept here; gauges of the catalogue are read when they are asked for. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CatalogueStats, ShopState } from '../domain/browse.js';
import type { Renewal } from '../domain/renewal.js';
import type { StageTime } from '../platform/stage-times.js';

export interface MetricSources {
  readonly stats: () => Promise<CatalogueStats>;
  readonly shops: () => Promise<readonly ShopState[]>;
  readonly stages: () => readonly StageTime[];
  readonly waitingForReview: () => Promise<number>;
  readonly isConfigInForce: () => boolean;
  readonly hasRoom: () => boolean;
  /** Milliseconds since the epoch. */
  readonly lastBackup: () => number | null;
  readonly renewal: () => Renewal | null;
}

const LEVELS = ['green', 'yellow', 'red'] as const;

export class Metrics {
  readonly #registry = new Registry();
  readonly #seconds: Histogram;
  readonly #sources: MetricSources;
  readonly #gauges = new Map<string, Gauge>();
  readonly #stageSeconds: Counter;
  readonly #stageCalls: Counter;

  constructor(version: string, sources: MetricSources) {
    this.#sources = sources;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#seconds = new Histogram({
      name: 'fashiond_http_request_duration_seconds',
      help: 'Time to answer requests, by route, method and status',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#stageSeconds = new Counter({
      name: 'fashiond_stage_seconds_total',
      help: 'Time in which a stage was at work; calls beside each other count once',
      labelNames: ['stage'],
      registers,
    });
    this.#stageCalls = new Counter({
      name: 'fashiond_stage_calls_total',
      help: 'Calls of a stage',
      labelNames: ['stage'],
      registers,
    });
    new Gauge({
      name: 'fashiond_build_info',
      help: 'Always 1; the version is a label',
      labelNames: ['version'],
      registers,
    }).set({ version }, 1);
  }

  observe(route: string, method: string, status: number, seconds: number): void {
    this.#seconds.observe({ route, method, status: String(status) }, seconds);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    // Waited for first: another scrape may come meanwhile.
    const { shops, stats, waitingForReview } = this.#sources;
    const [states, counts, waiting] = await Promise.all([shops(), stats(), waitingForReview()]);
    // A shop that is no longer there must not keep its last value.
    for (const gauge of this.#gauges.values()) gauge.reset();
    this.#readCatalogue(counts, waiting);
    const { isConfigInForce, hasRoom, lastBackup } = this.#sources;
    this.#set(
      'config_in_force',
      '1 where the config that was read last is in force',
      Number(isConfigInForce()),
    );
    this.#set(
      'disk_has_room',
      '0 while no page, feed or picture is fetched because the disk is nearly full',
      Number(hasRoom()),
    );
    const backup = lastBackup();
    this.#set(
      'last_backup_timestamp_seconds',
      'When the newest backup in store.backups was begun',
      backup === null ? null : backup / 1000,
    );
    this.#readRenewal();
    this.#readShops(states);
    this.#stageSeconds.reset();
    this.#stageCalls.reset();
    for (const { stage, count, activeMs } of this.#sources.stages()) {
      this.#stageSeconds.inc({ stage }, activeMs / 1000);
      this.#stageCalls.inc({ stage }, count);
    }
    return this.#registry.metrics();
  }

  #readCatalogue(stats: CatalogueStats, waiting: number): void {
    this.#set('items', 'Items on sale', stats.items);
    this.#set('items_vanished', 'Items that vanished', stats.vanished);
    this.#set('items_undecided', 'Items that wait for a decision', stats.undecided);
    this.#set('labels', 'Labels of people that stand', stats.labels);
    this.#set('review_waiting', 'Items that nobody has judged', waiting);
    this.#set('pictures_wanted', 'Pictures that wait for download', stats.picturesWanted);
    this.#set('pictures_waiting', 'Pictures that wait for inference', stats.picturesWaiting);
    this.#set('texts_waiting', 'Items whose words wait to be read', stats.textsWaiting);
    this.#set('pictures_refused', 'Pictures that cannot be used', stats.picturesRefused);
    this.#set(
      'pictures_quarantined',
      'Pictures set aside because they kill their decoder',
      stats.picturesQuarantined,
    );
  }

  #readRenewal(): void {
    const renewal = this.#sources.renewal();
    if (renewal === null) return;
    const { total, done, endedAt, model, from } = renewal;
    const left = endedAt === null ? Math.max(0, total - done) : 0;
    this.#set('renewal_items_waiting', 'Items that the current model has still to see again', left);
    this.#set('search_model_is_current', '0 while search is with the model before', Number(model === from));
  }

  #readShops(shops: readonly ShopState[]): void {
    for (const shop of shops) {
      const labels = { shop: shop.shop };
      this.#set('shop_items', 'Items on sale of a shop', shop.items, labels);
      this.#set(
        'shop_pages_waiting',
        'Pages of a shop that its run has still to visit',
        shop.pagesWaiting,
        labels,
      );
      this.#set(
        'shop_unknown_ratio',
        'Share of a shop’s items without a category',
        shop.unknownShare,
        labels,
      );
      const last = secondsOf(shop.lastRun);
      this.#set('shop_last_run_timestamp_seconds', 'When the latest run of a shop began', last, labels);
      this.#set(
        'shop_last_success_timestamp_seconds',
        'When the latest run of a shop that finished did so',
        secondsOf(shop.lastSuccess),
        labels,
      );
      if (shop.health === null) continue;
      for (const level of LEVELS) {
        const help = 'Health of a shop: 1 for the level it has';
        this.#set('shop_health', help, shop.health === level ? 1 : 0, { ...labels, level });
      }
    }
  }

  #set(
    name: string,
    help: string,
    value: number | null,
    labels: Readonly<Record<string, string>> = {},
  ): void {
    if (value === null) return;
    let gauge = this.#gauges.get(name);
    if (gauge === undefined) {
      const labelNames = Object.keys(labels);
      gauge = new Gauge({ name: `fashiond_${name}`, help, labelNames, registers: [this.#registry] });
      this.#gauges.set(name, gauge);
    }
    gauge.set(labels, value);
  }
}

/** Of ISO 8601, since the epoch. */
function secondsOf(time: string | null): number | null {
  return time === null ? null : Date.parse(time) / 1000;
}
