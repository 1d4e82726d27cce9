/** `fashiond demo`: two shops on loopback, crawled to the end on two days, judged against their own truth. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { App } from '../app.js';
import { packageRoot } from '../config/assets.js';
import { categoryByName } from '../config/categories.js';
import { loadConfig } from '../config/load.js';
import type { LoadedConfig } from '../config/load.js';
import { startDemoShops } from '../demo/shops.js';
import type { DemoShops, WantedPicture } from '../demo/shops.js';
import { FashiondError } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { garmentSpec, renderGarment, withScene } from '../garments/render.js';
import type { PrintKind } from '../garments/spec.js';
import { createLog } from '../platform/log.js';
import { seedOf } from '../platform/random.js';
import type { CliContext } from './context.js';
import { serve } from './daemon.js';
import { printReport } from './demo-report.js';
import { clearDemo, daysLeft, demoPaths, lockDemo, readDemoState, writeDemoState } from './demo-state.js';
import type { DemoIdentity, DemoState } from './demo-state.js';

export interface DemoFlags {
  readonly once?: boolean;
  readonly pictures?: string;
  readonly products: number;
  readonly seed: number;
  readonly port: number;
  readonly data: string;
  readonly verbose?: boolean;
}

/** The shops' two days: their slots are fixed, so that a demo that was killed finds its runs again. */
const DAYS = [
  { day: 1, slot: '2026-01-12T03:00:00.000Z', note: 'Day 1: crawling both shops ...' },
  { day: 2, slot: '2026-01-13T03:00:00.000Z', note: 'Day 2: what has changed? ...' },
] as const;
const PICTURE_SIZE = { width: 480, height: 600 };
/** Once everything is shown, the shops are visited as often as this. */
const SERVING_SCHEDULE = '*/5 * * * *';
/** Opens the shops, crawls them as far as an earlier demo has not, and ends or serves as the flags say. */
export async function demo(flags: DemoFlags, context: CliContext): Promise<void> {
  const identity: DemoIdentity = {
    seed: flags.seed,
    productsPerShop: flags.products,
    pictures: flags.pictures === undefined ? null : resolve(flags.pictures),
  };
  const folder = resolve(flags.data);
  await mkdir(folder, { recursive: true });
  const base = await loadConfig(join(packageRoot, 'config', 'demo.yaml'));
  const log = createLog({ ...base.config.log, level: flags.verbose === true ? 'debug' : 'warn' });
  const shops = await openShops(folder, identity, flags.port, base, context);
  try {
    await runDemo(configFor(base, folder, shops.shops, flags), shops, flags, context, log);
  } finally {
    await shops.close();
  }
}

/** Starts the shops as an earlier, unfinished or finished, demo in the folder left them, or anew. */
async function openShops(
  folder: string,
  identity: DemoIdentity,
  port: number,
  base: LoadedConfig,
  context: CliContext,
): Promise<DemoShops> {
  lockDemo(folder).release();
  const state = await readDemoState(folder, identity);
  const shops = await startOnPorts(identity, base, state?.ports ?? [port, port + 1]);
  try {
    await settleFolder(folder, { ...identity, ports: shops.ports }, state, context);
  } catch (error) {
    await shops.close();
    throw error;
  }
  context.note(`Two shops are open: ${shops.shops.flatMap((shop) => shop.start).join(' and ')}`);
  if (shops.unmappedFolders.length > 0) {
    const names = shops.unmappedFolders.join(', ');
    context.note(`Left out, because config/categories.yaml has no such name: ${names}`);
  }
  return shops;
}

/**
 * Keeps what was crawled when the shops are what and where they were; the addresses of the pages are part of it.
 * Called once they are open: a demo that cannot begin removes nothing of the one before it.
 */
async function settleFolder(
  folder: string,
  state: DemoState,
  before: DemoState | null,
  context: CliContext,
): Promise<void> {
  const isMoved = before !== null && before.ports.join() !== state.ports.join();
  if (isMoved) {
    context.note(`The ports ${before.ports.join(' and ')} of the last demo are taken: this one begins anew.`);
  }
  if (before === null || isMoved) await clearDemo(folder);
  else context.note(`Going on with the catalogue of the last demo in ${folder}.`);
  await writeDemoState(folder, state);
}

async function startOnPorts(
  identity: DemoIdentity,
  base: LoadedConfig,
  ports: readonly [number, number],
): Promise<DemoShops> {
  const start = (wanted: readonly [number, number]): Promise<DemoShops> =>
    startDemoShops({
      seed: identity.seed,
      productsPerShop: identity.productsPerShop,
      ports: wanted,
      renderPicture,
      categoryOfFolder: (name) => categoryByName(base.categories, name)?.id ?? null,
      ...(identity.pictures === null ? {} : { picturesFolder: identity.pictures }),
    });
  try {
    return await start(ports);
  } catch (error) {
    if (error instanceof FashiondError && error.code === 'busy') return start([0, 0]);
    throw error;
  }
}

/** A picture as the shops want it: drawn from other seeds than any training picture, and partly other looks. */
export async function renderPicture({ look, view }: WantedPicture): Promise<Uint8Array> {
  const { kind, seed, style, colourName, knit } = look;
  const print = look.print as PrintKind;
  const fixed = { style, colourName, print, ...(knit === null ? {} : { knit }) };
  const spec = garmentSpec(kind, seed, 'held-out', fixed);
  return renderGarment(view === 0 ? spec : withScene(spec, seedOf(seed, 'view', view)), PICTURE_SIZE);
}

function configFor(
  base: LoadedConfig,
  folder: string,
  shops: readonly Shop[],
  flags: DemoFlags,
): LoadedConfig {
  const { db, blobs, backups, models } = demoPaths(folder);
  const schedule = flags.once === true ? null : SERVING_SCHEDULE;
  return {
    ...base,
    config: {
      ...base.config,
      store: { ...base.config.store, path: db, blobs, backups },
      model: { ...base.config.model, folder: models },
    },
    shops: shops.map((shop) => ({ ...shop, schedule })),
  };
}

async function runDemo(
  loaded: LoadedConfig,
  shops: DemoShops,
  flags: DemoFlags,
  context: CliContext,
  log: Log,
): Promise<void> {
  const app = await App.open(loaded, log);
  await serve(app, context, log, loaded.config.shutdown_deadline, async () => {
    const startedAt = performance.now();
    shops.setDay(2);
    if (flags.once !== true) context.note(`Watch it at ${await serveDemo(app, loaded)}`);
    const lastSlots = loaded.shops.map((shop) => app.store.lastSlot(shop.id));
    for (const { day, slot, note } of daysLeft(DAYS, lastSlots)) {
      shops.setDay(day);
      context.note(note);
      await Promise.all(loaded.shops.map((shop) => app.crawl(shop, slot, { all: true })));
      await app.imagesDone();
      app.store.reviewHealth();
      if (context.signal.aborted) return 'end';
    }
    await app.imagesDone();
    printReport(app, loaded, shops.truth, performance.now() - startedAt, context);
    if (flags.once === true) return 'end';
    app.schedule();
    context.note('Serving: the shops stay open and are visited every five minutes. Ctrl-C ends it.');
    return 'stay';
  });
}

/** On the usual port, or on any where that is taken: demos and daemons may run side by side. */
async function serveDemo(app: App, { config }: LoadedConfig): Promise<string | null> {
  try {
    return await app.serve();
  } catch (error) {
    if (!(error instanceof FashiondError && error.code === 'busy') || config.api.listen === null) throw error;
    return app.serve(config.api.listen.replace(/\d+$/, '0'));
  }
}
