/** Real files in temporary folders, and domain values with the fields a test does not care about filled in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { CrawlRun, FrontierEntry, PageVisit } from '../../../src/domain/crawl.js';
import type { CategoryId, ModelFingerprint, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { ModelManifest } from '../../../src/domain/model.js';
import type { Clock, Log } from '../../../src/domain/ports.js';
import type { PictureOutcome, Prediction } from '../../../src/domain/prediction.js';
import type { Product } from '../../../src/domain/product.js';
import type { Shop } from '../../../src/domain/shop.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const clockAt = (now: number): Clock => ({
  now: () => now,
  monotonic: () => now,
  sleep: async () => undefined,
});

export const SHOP = 'moda' as ShopId;
export const MODEL = 'm'.repeat(64) as ModelFingerprint;
export const LOOK = 'look-1';
export const HOUR = 3_600_000;
export const T0 = Date.UTC(2026, 0, 1);

/** Temporary folders and open stores of a test file; both are gone after each test. */
export function workbench(): { folder(): string; file(): string; open(path?: string, clock?: Clock): Store } {
  const folders: string[] = [];
  const stores: Store[] = [];
  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const folder = (): string => {
    const path = mkdtempSync(join(tmpdir(), 'fashiond-store-'));
    folders.push(path);
    return path;
  };
  return {
    folder,
    file: () => join(folder(), 'shop.db'),
    open: (path = join(folder(), 'shop.db'), clock = clockAt(T0)) => {
      const store = openStore(path, { log: silent, clock });
      stores.push(store);
      store.syncShops([shop()]);
      return store;
    },
  };
}

export function shop(id: string = SHOP): Shop {
  return {
    id: id as ShopId,
    name: id.toUpperCase(),
    start: [],
    sitemaps: [],
    feeds: [],
    scope: { hosts: [], imageHosts: [], include: [], exclude: [], maxDepth: 10, maxPages: 1000 },
    urls: { dropParameters: [], keepParameters: null },
    schedule: null,
    timezone: 'UTC',
    pace: { delayMs: 0, concurrency: 1 },
    language: null,
    currency: null,
    selectors: {},
    allowLoopback: true,
  };
}

export function begin(store: Store, slot = '2026-01-01T00:00:00Z', now = T0, id = SHOP): CrawlRun {
  const run = store.beginRun(id, slot, now);
  if (run === null) throw new Error(`the slot ${slot} was taken`);
  return run;
}

export function product(fields: Partial<Product> = {}): Product {
  return {
    url: 'https://moda.example/p/1',
    title: 'Cable sweater',
    description: null,
    brand: null,
    sku: null,
    gtin: null,
    mpn: null,
    breadcrumbs: [],
    offer: {
      price: { minor: 4990, currency: 'USD' },
      listPrice: null,
      availability: 'in-stock',
      taxIncluded: null,
    },
    availability: 'in-stock',
    images: [],
    variants: [],
    ...fields,
  };
}

export function offer(
  minor: number,
  availability: 'in-stock' | 'sold-out' = 'in-stock',
  currency = 'USD',
): Product['offer'] {
  return { price: { minor, currency }, listPrice: null, availability, taxIncluded: null };
}

export function read(read: Product | null, links: readonly string[] = []): PageVisit {
  return {
    kind: 'read',
    reading: {
      encoding: 'utf-8',
      canonicalUrl: null,
      product: read,
      traces: [],
      noProduct: null,
      contradictions: [],
      links,
      nofollow: false,
      warnings: [],
    },
    links,
    validators: { etag: '"1"', lastModified: null },
    contentHash: JSON.stringify(read),
  };
}

export const gone: Extract<PageVisit, { kind: 'gone' }> = { kind: 'gone', status: 404, confirmAfterMs: HOUR };
export const unchanged: PageVisit = { kind: 'unchanged', validators: { etag: null, lastModified: null } };

/** Adds the URL and leases it; every other page that is due is leased with it. */
export function lease(store: Store, run: CrawlRun, url: string, now = T0): FrontierEntry {
  store.addUrls(run, [{ url, kind: 'page', depth: 0 }], now);
  const claimed = store.claimPages(run, 1000, now, HOUR);
  const entry = claimed.find((candidate) => candidate.url === url);
  if (entry === undefined) throw new Error(`${url} was not due`);
  store.releasePages(claimed.filter((other) => other !== entry).map((other) => other.id));
  return entry;
}

/** Commits how the visit of `url` ended. */
export function visit(store: Store, run: CrawlRun, url: string, ended: PageVisit, now = T0): FrontierEntry {
  const entry = lease(store, run, url, now);
  store.commitVisit(run, entry, ended, now);
  return entry;
}

export const sha = (digit: string): Sha256 => digit.repeat(64).slice(0, 64) as Sha256;

/** Downloads every wanted picture: `bytes` names the content of each URL. */
export function download(store: Store, bytes: (url: string) => Sha256, now = T0): void {
  for (const image of store.claimImages(1000, now, HOUR)) {
    const validators = { etag: null, lastModified: null };
    store.commitImage(image, { kind: 'stored', sha256: bytes(image.url), byteLength: 10, validators }, now);
  }
}

function prediction(probabilities: Readonly<Record<string, number>>, model = MODEL): Prediction {
  const candidates = Object.entries(probabilities)
    .map(([category, probability]) => ({ category: category as CategoryId, probability }))
    .sort((one, other) => other.probability - one.probability);
  const best = candidates[0]!;
  const accepted = best.probability > 0.9;
  return {
    category: accepted ? best.category : null,
    probability: best.probability,
    best: best.category,
    candidates,
    reason: accepted ? null : 'below-threshold',
    typicality: null,
    model,
  };
}

export function classified(
  probabilities: Readonly<Record<string, number>>,
  vectors: { readonly features?: readonly number[]; readonly look?: readonly number[] } = {},
  model = MODEL,
): Extract<PictureOutcome, { kind: 'classified' }> {
  return {
    kind: 'classified',
    facts: {
      format: 'jpeg',
      width: 300,
      height: 400,
      phash: '0123456789abcdef',
      palette: [
        { name: 'navy', hex: '#102040', share: 0.75 },
        { name: 'white', hex: '#ffffff', share: 0.25 },
      ],
    },
    prediction: prediction(probabilities, model),
    vectors: {
      latent: new Uint8Array([0b1010_0001, 7]),
      features: new Float32Array(vectors.features ?? [0.6, 0.8]),
      look: new Float32Array(vectors.look ?? [1, 0, 0.1]),
    },
  };
}

/** The first picture decides; enough to see which predictions arrive, and in which order. */
export const context = {
  model: MODEL,
  lookVersion: LOOK,
  decide: (predictions: readonly Prediction[]): Prediction | null => predictions[0] ?? null,
};

/** Classifies every waiting picture, one after the other. */
export function classify(
  store: Store,
  outcome: (sha256: Sha256) => PictureOutcome,
  parts: typeof context = context,
  now = T0,
): Sha256[] {
  const seen: Sha256[] = [];
  for (;;) {
    const pictures = store.claimPictures(100, now);
    if (pictures.length === 0) return seen;
    for (const picture of pictures) {
      seen.push(picture.sha256);
      store.commitPicture(picture, outcome(picture.sha256), parts, now);
    }
  }
}

export function manifest(fingerprint: ModelFingerprint = MODEL): ModelManifest {
  return {
    format: 1,
    name: 'test',
    fingerprint,
    createdAt: '2026-01-01T00:00:00Z',
    input: { size: 64, fill: 255 },
    labels: ['sweater' as CategoryId, 'beanie' as CategoryId],
    latentBits: 16,
    featureLength: 2,
    threshold: 0.9,
    precision: null,
    typicality: null,
    rejection: null,
    files: {},
  };
}

/** As a text model would that makes nothing of any words. */
export function readNothing(store: Store, now = T0): void {
  const prediction = { candidates: [], words: [], model: 't'.repeat(64) as ModelFingerprint };
  store.commitTexts(
    store.waitingTexts(1000).map((waiting) => ({ ...waiting, prediction })),
    now,
  );
}
