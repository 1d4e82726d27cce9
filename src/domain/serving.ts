/** What the API needs of the stages besides the store. */
import type { ItemFilter } from './browse.js';
import type { ModelFingerprint, ProductId, Sha256 } from './ids.js';
import type { ItemText } from './item-text.js';
import type { PictureSource } from './ports.js';
import type { PictureOutcome, Prediction, PredictionOutcome } from './prediction.js';
import type { SearchVectors, SimilarFilter, SimilarItem } from './similar.js';

/** A lookalike with the reason in words. */
export interface Lookalike extends SimilarItem {
  readonly explanation: string;
}

export interface Lookalikes {
  /** Null where the item has no picture that the current model has seen. */
  ofItem(id: ProductId, filter: SimilarFilter): Promise<readonly Lookalike[] | null>;
  /** `model`: that made the vectors. Null where another one is searched by now: classify the picture again. */
  ofPicture(
    vectors: SearchVectors,
    model: ModelFingerprint,
    filter: SimilarFilter,
  ): Promise<readonly Lookalike[] | null>;
  /** Takes over what a person just changed of these items. */
  refresh(ids: readonly ProductId[]): void;
}

/** CSV, JSON Lines or Apache Parquet. */
export type ExportFormat = 'csv' | 'jsonl' | 'parquet';

export interface CatalogueExport {
  /**
   * The bytes of a file with the items that pass, as the view `v_items` describes them, in the order of their numbers.
   * Each chunk is made when it is asked for, away from this thread; ending the iteration ends the work.
   */
  items(filter: ItemFilter, format: ExportFormat): AsyncIterable<Uint8Array>;
}

/** What is on a picture, and what an item is from its words and pictures. */
export interface ItemClassifier {
  picture(source: PictureSource): Promise<PredictionOutcome>;
  /** With vectors, by the model whose are searched: another one than serves until that has seen the catalogue. */
  query(source: PictureSource): Promise<PictureOutcome>;
  /** From words, pictures or both; null where there is nothing to decide from. */
  item(text: ItemText | null, pictures: readonly Prediction[]): Promise<Prediction | null>;
}

/** Pictures of the catalogue for people's eyes: decoded and encoded anew, so that no byte of a shop reaches a browser. */
export interface PictureShow {
  /** WebP, at most `width` pixels wide. Throws FashiondError `not-found` for a file that is not there. */
  show(picture: Sha256, width: number): Promise<Uint8Array>;
}

/** What came of reading the config anew. */
export interface ReloadState {
  /** Why the config that was read last is not in force; null where it is. */
  readonly problem: string | null;
  /** Keys that were changed since the start and wait for a restart. */
  readonly waiting: readonly string[];
}

/** Reads the config of a running daemon anew. */
export interface ConfigReload {
  readonly state: ReloadState;
  /** One at a time, in the order of the calls. Never rejects. */
  now(): Promise<ReloadState>;
}

/** What a model's folder tells people of it. */
export interface ModelPapers {
  /** Its card, Markdown; null where there is none. */
  card(model: ModelFingerprint): Promise<string | null>;
  /** Its report, a whole HTML page without script; null where there is none. */
  report(model: ModelFingerprint): Promise<string | null>;
  hasReport(model: ModelFingerprint): Promise<boolean>;
}

/** load: opened and warmed up; check: golden pictures; switch: recorded; drain: requests under way end on the old one. */
export type SwapStep = 'load' | 'check' | 'switch' | 'drain';
