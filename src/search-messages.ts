/** What is said between the daemon and its search thread. */
import type { ErrorCode } from './domain/errors.js';
import type { ModelFingerprint, ProductId } from './domain/ids.js';
import type { LookLayout } from './domain/picture.js';
import type { SearchChanges } from './domain/search-ports.js';
import type {
  BlendSettings,
  CompactBasis,
  SearchVectors,
  SimilarFilter,
  SimilarItem,
} from './domain/similar.js';
import type { ShortVector } from './search/fill-index.js';

export interface SearchThreadData {
  /** Of the database. */
  readonly path: string;
  readonly model: ModelFingerprint;
  readonly layout: LookLayout;
  readonly basis: CompactBasis | null;
  readonly settings: BlendSettings;
}

/** `ask` names a question in its answer. */
export type ToSearch =
  | { readonly kind: 'ofItem'; readonly ask: number; readonly id: ProductId; readonly filter: SimilarFilter }
  | {
      readonly kind: 'ofPicture';
      readonly ask: number;
      readonly vectors: SearchVectors;
      readonly filter: SimilarFilter;
    }
  | { readonly kind: 'changed'; readonly changes: SearchChanges }
  | { readonly kind: 'end' };

export type FromSearch =
  | { readonly kind: 'ready'; readonly items: number }
  /** `found`: null for an item that cannot be searched with. */
  | { readonly kind: 'answer'; readonly ask: number; readonly found: readonly SimilarItem[] | null }
  /** It is large and has no short vectors; said once. */
  | { readonly kind: 'slow'; readonly items: number }
  /** Changes could not be taken over: from here on the index is not what the store is. */
  | {
      readonly kind: 'missed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    }
  /** Short vectors that the store lacks. */
  | { readonly kind: 'made'; readonly space: string; readonly made: readonly ShortVector[] }
  /** `ask`: null where it was no question that failed. */
  | {
      readonly kind: 'failed';
      readonly ask: number | null;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    };
