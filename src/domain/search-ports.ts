/** Where search meets the store. */
import type { ModelFingerprint, ProductId, Sha256 } from './ids.js';
import type { IndexedItem, SearchItem, SearchVectors } from './similar.js';

/** Whose vectors are searched; those of others are never compared with them. */
export interface SearchSpaces {
  readonly model: ModelFingerprint;
  readonly lookVersion: string;
  /** Of short vectors; null where there are none. */
  readonly short: string | null;
}

/** `short`: the short vector of the item's picture, where it was kept. */
export interface IndexEntry {
  readonly item: IndexedItem;
  readonly short: Int8Array | null;
}

/** What was changed of what search answers with. */
export interface SearchChanges {
  readonly items: readonly ProductId[];
  /** Pictures whose vectors were made anew, by their numbers in the store. */
  readonly pictures: readonly number[];
}

/** What search needs of the store. */
export interface SearchStore {
  /** Items with a picture that has vectors of exactly these spaces, by id. */
  indexedItems(spaces: SearchSpaces): Iterable<IndexEntry>;
  /** Null where the item is gone, or has no such picture. */
  indexedItem(id: ProductId, spaces: SearchSpaces): IndexEntry | null;
  /** Of a picture by its number in the store; null where it has none. */
  pictureVectors(picture: number, spaces: SearchSpaces): SearchVectors | null;
  /** Those of them that `indexedItem` gives, whole. */
  wholeItems(ids: readonly ProductId[], spaces: SearchSpaces): ReadonlyMap<ProductId, SearchItem>;
  /** By product id, SKU, or URL. */
  findItem(reference: string): { readonly item: SearchItem; readonly picture: Sha256 } | null;
  /** Fingerprints that have vectors, with counts; explains an empty answer. */
  vectorFingerprints(): readonly { readonly model: ModelFingerprint; readonly count: number }[];
}
