/** The API and the page over a store of a few rows: what is beside the store does nothing. */
import { onTestFinished } from 'vitest';
import type { ApiParts } from '../../../src/api/parts.js';
import { startApi } from '../../../src/api/server.js';
import { apiSchema } from '../../../src/config/api-schema.js';
import type { Category } from '../../../src/domain/category.js';
import { openReaders } from '../../../src/store/browse/readers.js';
import type { Store } from '../../../src/store/store.js';
import { silent } from '../store/builders.js';

const CATEGORIES = [
  { id: 'sweater', en: 'Sweaters', ja: 'セーター', seenAs: null, synonyms: [] },
  { id: 'beanie', en: 'Beanies', ja: 'ビーニー', seenAs: null, synonyms: [] },
] as unknown as readonly Category[];

/** Its address; it ends with the test. `more`: parts in place of those that do nothing. `settings`: of the config. */
export async function serveStore(
  store: Pick<Store, 'browse' | 'reviews' | 'path'>,
  more: Partial<ApiParts> = {},
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const reads = openReaders(store.path);
  const parts = {
    browse: store.browse,
    reviews: store.reviews,
    reads,
    lookalikes: { refresh: () => undefined, ofItem: async () => null },
    models: { list: () => [], changes: () => [], events: () => [], renewal: () => null },
    categories: CATEGORIES,
    reload: null,
    hasRoom: () => true,
    lastBackup: () => null,
    log: silent,
    ...more,
  } as unknown as ApiParts;
  const limits = apiSchema.parse({ rate: 1000, burst: 1000, ...settings });
  const address = { host: '127.0.0.1', port: 0 };
  const server = await startApi(parts, { address, limits, tokens: [], version: '0' }, () => []);
  onTestFinished(async () => {
    await server.close();
    await reads.close();
  });
  return server.url;
}
