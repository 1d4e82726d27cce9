/**
 * Lookalikes for the API, from the index of `search/`, which this file alone uses there.
 *
 * An index is of one model, and pictures of another are not looked for in it. When search comes over to another model,
 * the index of that one is made first, and then takes the place of the other at once.
 *
 * The index is made with the first question, which waits for it. A later question that comes when the index is older
 * than `FRESH_MS` and the catalogue has changed has it made anew, and is answered from the old one like all others
 * until the new one is there; what a person changed is taken over at once. An index is read in slices between which
 * the event loop turns, never two at once, and not again before fifty times as long has passed as it took.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from './domain/errors.js';
import type { ModelFingerprint, ProductId } from './domain/ids.js';
import type { Money } from './domain/money.js';
import type { LookLayout } from './domain/picture.js';
import type { Log } from './domain/ports.js';
import type { BlendSettings, SearchVectors, SimilarFilter, SimilarItem } from './domain/similar.js';
import type { Lookalike, Lookalikes } from './domain/serving.js';
import { explain } from './search/explain.js';
import { LookalikeIndex } from './search/lookalike-index.js';
import type { Store } from './store/store.js';

const FRESH_MS = 30_000;
const SHARE_OF_TIME = 50;
/** Items, some ten milliseconds of work. */
const SLICE = 100;

export interface OpenLookalikes extends Lookalikes {
  /**
   * Makes the index of another model, where there is one of the model before, and has `adopt` called at the moment in
   * which it takes over; `adopt` says whether it may.
   */
  comeOver(model: ModelFingerprint, adopt: () => boolean): Promise<void>;
  /** Ends an index that is being made; to be awaited before the store is closed. */
  close(): Promise<void>;
}

interface Parts {
  /** The model whose vectors are searched. */
  readonly model: () => ModelFingerprint;
  readonly layout: LookLayout;
  readonly settings: BlendSettings;
  readonly monotonic: () => number;
  readonly log: Log;
}
type SearchedStore = Pick<Store, 'searchItems' | 'findItem' | 'browse'>;

export function openLookalikes(store: SearchedStore, parts: Parts): OpenLookalikes {
  const { settings } = parts;
  const kept = new KeptIndex(store, parts);
  const explained = (found: readonly SimilarItem[], price: Money | null): Lookalike[] =>
    found.map((one) => ({ ...one, explanation: explain(one, price) }));
  return {
    ofItem: async (id: ProductId, filter: SimilarFilter) => {
      const { index } = await kept.current();
      const vectors = index.vectorsOf(id);
      if (vectors === null) return null;
      const price = store.browse.items([id])[0]?.price ?? null;
      return explained(index.similar(vectors, filter, settings), price);
    },
    ofPicture: async (vectors: SearchVectors, model: ModelFingerprint, filter: SimilarFilter) => {
      const { index, model: searched } = await kept.current();
      return searched === model ? explained(index.similar(vectors, filter, settings), null) : null;
    },
    comeOver: (model: ModelFingerprint, adopt: () => boolean) => kept.comeOver(model, adopt),
    refresh: (ids: readonly ProductId[]) => kept.refresh(ids),
    close: async () => kept.close(),
  };
}

interface ModelIndex {
  readonly index: LookalikeIndex;
  readonly model: ModelFingerprint;
}

/** The index in use, and the one that is being made. */
class KeptIndex {
  readonly #store: SearchedStore;
  readonly #parts: Parts;
  #inUse: ModelIndex | null = null;
  #revision = '';
  #nextAt = 0;
  #building: Promise<ModelIndex> | null = null;
  #isClosed = false;
  /** What people changed while an index is being made, which may have read it before. */
  readonly #changedMeanwhile = new Set<ProductId>();

  constructor(store: SearchedStore, parts: Parts) {
    this.#store = store;
    this.#parts = parts;
  }

  async current(): Promise<ModelIndex> {
    const model = this.#parts.model();
    const inUse = this.#inUse?.model === model ? this.#inUse : null;
    if (inUse !== null && !this.#isStale()) return inUse;
    this.#building ??= this.#build(model, () => this.#parts.model() === model);
    if (inUse === null) return this.#building;
    // Told of in the log; the old index goes on answering.
    this.#building.catch(() => undefined);
    return inUse;
  }

  async comeOver(model: ModelFingerprint, adopt: () => boolean): Promise<void> {
    await this.#building?.catch(() => undefined);
    if (this.#inUse === null) adopt();
    else {
      this.#building = this.#build(model, adopt);
      await this.#building;
    }
  }

  refresh(ids: readonly ProductId[]): void {
    for (const id of ids) {
      if (this.#inUse !== null) this.#takeOver(this.#inUse.index, id);
      if (this.#building !== null) this.#changedMeanwhile.add(id);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#building?.catch(() => undefined);
  }

  #isStale(): boolean {
    return this.#parts.monotonic() >= this.#nextAt && this.#store.browse.revision() !== this.#revision;
  }

  #build(model: ModelFingerprint, mayTakeOver: () => boolean): Promise<ModelIndex> {
    return this.#made(model, mayTakeOver).finally(() => {
      this.#building = null;
    });
  }

  async #made(model: ModelFingerprint, mayTakeOver: () => boolean): Promise<ModelIndex> {
    const { monotonic, log } = this.#parts;
    const startedAt = monotonic();
    this.#changedMeanwhile.clear();
    try {
      // Before the first row is read: what changes from here on is for the next index.
      const revision = this.#store.browse.revision();
      const next = { index: await this.#read(model), model };
      if (this.#isClosed) return next;
      for (const id of this.#changedMeanwhile) this.#takeOver(next.index, id);
      if (!mayTakeOver()) return next;
      this.#inUse = next;
      this.#revision = revision;
      return next;
    } catch (error) {
      log.error('lookalikes.failed', { error: messageOf(error) });
      throw error;
    } finally {
      this.#nextAt = monotonic() + Math.max(FRESH_MS, (monotonic() - startedAt) * SHARE_OF_TIME);
    }
  }

  async #read(model: ModelFingerprint): Promise<LookalikeIndex> {
    const { layout } = this.#parts;
    const index = new LookalikeIndex(layout);
    let read = 0;
    for (const { item, vectors } of this.#store.searchItems(model, layout.version)) {
      index.upsert(item, vectors);
      read += 1;
      if (read === SLICE) index.prepare();
      if (read % SLICE === 0) await nextTurn();
      if (this.#isClosed) break;
    }
    return index;
  }

  #takeOver(into: LookalikeIndex, id: ProductId): void {
    const vectors = into.vectorsOf(id);
    const item = this.#store.findItem(String(id))?.item;
    if (vectors !== null && item?.productId === id) into.upsert(item, vectors);
  }
}
