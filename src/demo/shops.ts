/**
 * Two shops on loopback, for the demo and for tests: an English one with everything a crawler could wish for,
 * and a Japanese one with none of it. The same seed gives the same shops in every process.
 */
import { readFile } from 'node:fs/promises';
import { FashiondError } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';
import type { Shop } from '../domain/shop.js';
import { drawCatalogue } from './catalogue.js';
import type { DemoCatalogue, DemoDay, DemoItem, DemoPicture } from './catalogue.js';
import { englishSite } from './english-shop.js';
import { productPath } from './english-pages.js';
import { readFolderCatalogues } from './folder-catalogue.js';
import { detailPath } from './japanese-pages.js';
import { japaneseSite } from './japanese-shop.js';
import { serveSite } from './server.js';
import type { AccessEntry, SiteServer } from './server.js';
import type { PictureBytes } from './site.js';

/** A picture of a rendered garment that a shop wants to show. */
export type WantedPicture = Extract<DemoPicture, { from: 'garment' }>;

export interface DemoOptions {
  readonly seed: number;
  /** Rendered items of each shop; with `picturesFolder` the pictures decide. */
  readonly productsPerShop?: number;
  /** JPEG bytes of a garment; called once for each picture. */
  readonly renderPicture: (picture: WantedPicture) => Promise<Uint8Array>;
  /** Class folders whose pictures are sold instead. */
  readonly picturesFolder?: string;
  /** The category of a class folder, or null; needed with `picturesFolder`. */
  readonly categoryOfFolder?: (name: string) => string | null;
  readonly host?: '127.0.0.1';
  /** Of the English and the Japanese shop; 0 takes any free port. */
  readonly ports?: readonly [number, number];
  /** Each answer waits this long. */
  readonly delayMs?: number;
  /** One in so many requests is asked to come again a second later, as busy shops do. */
  readonly busyEvery?: number;
}

/** What an item really is. */
export interface ItemTruth {
  readonly shop: string;
  readonly category: string;
  readonly title: string;
  /** What becomes of it on the second day. */
  readonly change: DemoItem['change'];
}

export interface DemoShops {
  readonly shops: readonly Shop[];
  readonly ports: readonly [number, number];
  readonly setDay: (day: DemoDay) => void;
  /** Canonical product URL -> truth. */
  readonly truth: ReadonlyMap<string, ItemTruth>;
  /** Every request answered, in order. */
  readonly accessLog: readonly AccessEntry[];
  /** Folders of `picturesFolder` that no category was found for. */
  readonly unmappedFolders: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * @throws FashiondError `busy` when a port is taken, `not-found` when the folder holds no picture of a known
 * category, `usage` when `picturesFolder` is given without `categoryOfFolder`.
 */
export async function startDemoShops(options: DemoOptions): Promise<DemoShops> {
  const { en, ja, unmappedFolders } = await cataloguesFor(options);
  const bytesOf = pictureBytes(options.renderPicture);
  const accessLog: AccessEntry[] = [];
  let day: DemoDay = 1;
  const [portEn = 0, portJa = 0] = options.ports ?? [];
  const host = options.host ?? '127.0.0.1';
  const shared = {
    host,
    delayMs: options.delayMs ?? 0,
    busyEvery: options.busyEvery ?? 0,
    day: () => day,
    accessLog,
  };
  const english = await serveSite({
    ...shared,
    shop: 'demo-en',
    port: portEn,
    site: (origin) => englishSite(en, origin, bytesOf),
  });
  let japanese: SiteServer;
  try {
    japanese = await serveSite({
      ...shared,
      shop: 'demo-ja',
      port: portJa,
      site: () => japaneseSite(ja, bytesOf),
    });
  } catch (error) {
    await english.close();
    throw error;
  }
  const truth = new Map<string, ItemTruth>();
  for (const item of en.items) truth.set(english.origin + productPath(item), truthOf('demo-en', item));
  for (const item of ja.items) truth.set(japanese.origin + detailPath(item), truthOf('demo-ja', item));
  return {
    shops: [shopOf('demo-en', 'Harbour Lane Clothing', english), shopOf('demo-ja', 'つむぎ通り', japanese)],
    ports: [portOf(english), portOf(japanese)],
    setDay: (next) => {
      day = next;
    },
    truth,
    accessLog,
    unmappedFolders,
    close: async () => {
      await Promise.all([english.close(), japanese.close()]);
    },
  };
}

interface Catalogues {
  readonly en: DemoCatalogue;
  readonly ja: DemoCatalogue;
  readonly unmappedFolders: readonly string[];
}

async function cataloguesFor(options: DemoOptions): Promise<Catalogues> {
  const { seed, picturesFolder, categoryOfFolder } = options;
  if (picturesFolder !== undefined) {
    if (categoryOfFolder === undefined)
      throw new FashiondError('usage', 'picturesFolder needs categoryOfFolder');
    return readFolderCatalogues(picturesFolder, seed, categoryOfFolder);
  }
  const count = options.productsPerShop ?? 160;
  return { en: drawCatalogue('en', seed, count), ja: drawCatalogue('ja', seed, count), unmappedFolders: [] };
}

/** Renders each picture once, however often it is asked for; files are read anew each time. */
function pictureBytes(render: DemoOptions['renderPicture']): PictureBytes {
  const rendered = new Map<DemoPicture, Promise<Uint8Array>>();
  return (picture) => {
    if (picture.from === 'file') return readFile(picture.path);
    let bytes = rendered.get(picture);
    if (bytes === undefined) {
      bytes = render(picture).catch((error: unknown) => {
        rendered.delete(picture);
        throw error;
      });
      rendered.set(picture, bytes);
    }
    return bytes;
  };
}

function truthOf(shop: string, { category, title, change }: DemoItem): ItemTruth {
  return { shop, category, title, change };
}

function portOf(server: SiteServer): number {
  return Number(server.host.slice(server.host.lastIndexOf(':') + 1));
}

function shopOf(id: 'demo-en' | 'demo-ja', name: string, server: SiteServer): Shop {
  return {
    id: id as ShopId,
    name,
    start: [`${server.origin}/`],
    sitemaps: [],
    feeds: [],
    scope: { hosts: [server.host], imageHosts: [], include: [], exclude: [], maxDepth: 10, maxPages: 20_000 },
    urls: { dropParameters: [], keepParameters: null },
    schedule: null,
    timezone: id === 'demo-ja' ? 'Asia/Tokyo' : 'UTC',
    pace: { delayMs: 0, concurrency: 8 },
    language: id === 'demo-ja' ? 'ja' : 'en',
    currency: id === 'demo-ja' ? 'JPY' : 'USD',
    selectors: {},
    allowLoopback: true,
  };
}
