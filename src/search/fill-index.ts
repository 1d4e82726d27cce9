/** An index filled from the store, and kept as the store is. */
import type { ProductId } from '../domain/ids.js';
import type { LookLayout } from '../domain/picture.js';
import type { IndexEntry, SearchChanges, SearchSpaces, SearchStore } from '../domain/search-ports.js';
import type { CompactBasis } from '../domain/similar.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { PARTS } from './blend.js';
import { suits } from './compact-vector.js';
import { LookalikeIndex, SMALL } from './lookalike-index.js';

/** The layout of rows that are kept; another one with every change of vectors/blend-kernel.ts's. */
const ROW_VERSION = 'row-1';
/** Items between two turns of the caller, and short vectors handed out at once. */
const SLICE = 200;

type IndexedStore = Pick<SearchStore, 'indexedItems' | 'indexedItem' | 'pictureVectors' | 'wholeItems'>;

export interface ShortVector {
  readonly picture: number;
  readonly bytes: Int8Array;
}

export class StoredIndex {
  readonly index: LookalikeIndex;
  readonly #store: IndexedStore;
  readonly #spaces: SearchSpaces;
  readonly #keep: (made: readonly ShortVector[]) => void;
  #made: ShortVector[] = [];

  /** `basis`: not used where it is of other looks. `keep` is given the short vectors that the store lacks. */
  constructor(
    store: IndexedStore,
    spaces: Omit<SearchSpaces, 'short'>,
    parts: { readonly layout: LookLayout; readonly basis: CompactBasis | null },
    keep: (made: readonly ShortVector[]) => void = () => undefined,
  ) {
    const { layout } = parts;
    const basis = parts.basis !== null && suits(parts.basis, layout) ? parts.basis : null;
    this.#store = store;
    this.#spaces = { ...spaces, short: basis === null ? null : shortSpace(basis) };
    this.#keep = keep;
    this.index = new LookalikeIndex({
      layout,
      basis,
      source: {
        vectors: (picture) => store.pictureVectors(picture, this.#spaces),
        items: (ids) => store.wholeItems(ids, this.#spaces),
      },
    });
  }

  /** Where the short vectors are kept; null without any. */
  get shortSpace(): string | null {
    return this.#spaces.short;
  }

  /** Whether each question is compared with too many whole vectors, for want of a basis that suits. */
  get isSlow(): boolean {
    return this.index.look === null && this.index.size > SMALL;
  }

  /** Adds all items, some with each step. */
  *fill(): Iterable<void> {
    let read = 0;
    for (const entry of this.#store.indexedItems(this.#spaces)) {
      this.#put(entry);
      read += 1;
      if (read % SLICE === 0) yield;
    }
    this.#handOut();
  }

  /** All of `fill` at once. */
  filled(): LookalikeIndex {
    for (const _ of this.fill());
    return this.index;
  }

  take({ items, pictures }: SearchChanges): void {
    for (const picture of pictures) this.index.pictureChanged(picture);
    for (const id of items) this.#takeOver(id);
    for (const picture of pictures) this.#noteShort(picture);
    this.#handOut();
  }

  #takeOver(id: ProductId): void {
    const entry = this.#store.indexedItem(id, this.#spaces);
    if (entry === null) this.index.remove(id);
    else this.#put(entry);
  }

  #put({ item, short }: IndexEntry): void {
    if (this.index.upsert(item, short) && short === null) this.#noteShort(item.picture);
  }

  #noteShort(picture: number): void {
    const bytes = this.index.shortOf(picture);
    if (bytes !== null) this.#made.push({ picture, bytes });
    if (this.#made.length >= SLICE) this.#handOut();
  }

  #handOut(): void {
    if (this.#made.length > 0) this.#keep(this.#made);
    this.#made = [];
  }
}

/** Rows of two bases, or of two layouts, are of two spaces. */
export function shortSpace({ model, lookVersion, parts }: CompactBasis): string {
  const values = PARTS.map((part) => Buffer.from(parts[part].values.slice().buffer));
  return sha256Hex(Buffer.concat([Buffer.from(`${ROW_VERSION} ${model} ${lookVersion}`), ...values]));
}
