/** What people say of items and pictures, and what they are asked next. */
import type { CategoryId, ProductId, Sha256, ShopId } from './ids.js';

/** `none`: no category fits. `bad-picture`: the picture shows something else, or nothing. */
type Verdict = 'category' | 'none' | 'bad-picture';

/** Why an item was put before a person: because the model is unsure, or by chance, which keeps figures honest. */
type ReviewSample = 'uncertain' | 'random';

export interface NewLabel {
  readonly product: ProductId;
  readonly verdict: Verdict;
  /** With `category` only. */
  readonly category: CategoryId | null;
  /** The picture that the person saw; needed with `bad-picture`. */
  readonly picture: Sha256 | null;
  readonly sample: ReviewSample | null;
  readonly by: string;
}

export interface KeptLabel {
  readonly id: number;
  readonly product: ProductId | null;
  readonly picture: Sha256 | null;
  readonly verdict: Verdict;
  readonly category: CategoryId | null;
  readonly sample: ReviewSample | null;
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** Null while it stands. */
  readonly withdrawnAt: string | null;
}

/** A label as it goes from one catalogue to another: a line of JSON, whose names stay. Times are ISO 8601 UTC. */
export interface ExchangedLabel {
  /** Of the item; null where the label is about a picture. */
  readonly shop: ShopId | null;
  readonly url: string | null;
  readonly sku: string | null;
  readonly picture: Sha256 | null;
  readonly verdict: Verdict;
  readonly category: CategoryId | null;
  readonly sample: ReviewSample | null;
  readonly labelled_by: string;
  readonly at: string;
  /** Null while it stands. */
  readonly withdrawn_by: string | null;
  readonly withdrawn_at: string | null;
}

/** What came of an import, in labels. */
export interface ImportedLabels {
  readonly added: number;
  /** Were here, and are taken back now. */
  readonly withdrawn: number;
  /** Were here as they are. */
  readonly known: number;
  /** Are about an item or a picture that is not here. */
  readonly unknownItem: number;
  /** Are about an item that was judged here later. */
  readonly outdated: number;
}

/** One question: an item, and those that show nearly the same picture. */
export interface ReviewEntry {
  readonly product: ProductId;
  readonly picture: Sha256;
  readonly sample: ReviewSample;
  /** Further items whose main picture is nearly the same, as many as one answer takes. */
  readonly alike: readonly ProductId[];
}

export interface ReviewAnswers {
  /** Keeps the answers and decides their items anew, in one transaction that is on the disk on return. */
  label(labels: readonly NewLabel[]): KeptLabel[];
  /** Takes a label back, for good as well; null when there is none, or it was taken back before. */
  withdraw(id: number, by: string): KeptLabel | null;
  /** Takes in labels of another catalogue, all or none, and decides their items anew. */
  import(labels: readonly ExchangedLabel[]): ImportedLabels;
  /** Newest first; `after`: the id of the last one seen. */
  labels(limit: number, after: number | null): KeptLabel[];
  /** Those of an item and of its pictures that stand, newest first. */
  labelsOf(product: ProductId): KeptLabel[];
}

export interface ReviewStore extends ReviewAnswers {
  /** The next questions: unsure ones in turn from each likeliest category, every fifth by chance. `except`: those passed over. */
  queue(limit: number, except?: ReadonlySet<ProductId>): ReviewEntry[];
  /** How many items no person has judged; one whose main picture was called bad has been. */
  waiting(): number;
}
