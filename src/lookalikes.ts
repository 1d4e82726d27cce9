/**
 * Lookalikes for the API, from the index of `search/`, which this file alone uses there.
 *
 * The index is made with the first question and made anew when the catalogue has changed, but never so often that
 * making it takes more than a fiftieth of the time: an answer is up to `FRESH_MS` old, except for what a person
 * changed, which is taken over at once.
 */
import type { ModelFingerprint, ProductId } from './domain/ids.js';
import type { Money } from './domain/money.js';
import type { LookLayout } from './domain/picture.js';
import type { BlendSettings, SearchVectors, SimilarFilter, SimilarItem } from './domain/similar.js';
import type { Lookalike, Lookalikes } from './domain/serving.js';
import { explain } from './search/explain.js';
import { LookalikeIndex } from './search/lookalike-index.js';
import type { Store } from './store/store.js';

const FRESH_MS = 30_000;
const SHARE_OF_TIME = 50;

export function openLookalikes(
  store: Pick<Store, 'searchItems' | 'findItem' | 'browse'>,
  parts: {
    readonly model: ModelFingerprint;
    readonly layout: LookLayout;
    readonly settings: BlendSettings;
    readonly monotonic: () => number;
  },
): Lookalikes {
  const { model, layout, settings, monotonic } = parts;
  let index: LookalikeIndex | null = null;
  let revision = '';
  let nextAt = 0;
  const current = (): LookalikeIndex => {
    const now = monotonic();
    if (index !== null && (now < nextAt || store.browse.revision() === revision)) return index;
    revision = store.browse.revision();
    index = LookalikeIndex.fromStore(store, model, layout);
    const took = monotonic() - now;
    nextAt = now + Math.max(FRESH_MS, took * SHARE_OF_TIME);
    return index;
  };
  const explained = (found: readonly SimilarItem[], price: Money | null): Lookalike[] =>
    found.map((one) => ({ ...one, explanation: explain(one, price) }));
  return {
    ofItem: (id: ProductId, filter: SimilarFilter) => {
      const vectors = current().vectorsOf(id);
      if (vectors === null) return null;
      const price = store.browse.items([id])[0]?.price ?? null;
      return explained(current().similar(vectors, filter, settings), price);
    },
    ofPicture: (vectors: SearchVectors, filter: SimilarFilter) =>
      explained(current().similar(vectors, filter, settings), null),
    refresh: (ids: readonly ProductId[]) => {
      if (index === null) return;
      for (const id of ids) {
        const vectors = index.vectorsOf(id);
        const item = store.findItem(String(id))?.item;
        if (vectors !== null && item?.productId === id) index.upsert(item, vectors);
      }
    },
  };
}
