/**
 * After a model came, the items that others decided are seen again by it, newest first and below live work. Until it has
 * seen them all, search goes on with the model before.
 */
import type { ModelFingerprint, ProductId, Sha256 } from './ids.js';

export interface Renewal {
  /** The model that sees every item again. */
  readonly model: ModelFingerprint;
  /** Whose vectors are searched until it has; the same model where search is with it already. */
  readonly from: ModelFingerprint;
  /** Items when it began, and those of them that are through. */
  readonly total: number;
  readonly done: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
}

export interface RenewedItem {
  readonly product: ProductId;
  /** Usable ones that the model has not seen, main picture first. */
  readonly pictures: readonly Sha256[];
}

/** How far the catalogue has come over to the model that serves. Every method is one transaction. */
export interface RenewalStore {
  /** Null before the first model. */
  state(): Renewal | null;
  /**
   * Begins anew where the model or the look version is another one than last time; else it goes on where it stood.
   * `from`: whose vectors there are, where nothing is known of that. `decider`: names all that shapes a decision.
   */
  begin(wish: {
    readonly model: ModelFingerprint;
    readonly from: ModelFingerprint;
    readonly lookVersion: string;
    readonly decider: string;
  }): Renewal;
  /** The next items, newest first; empty at the end. */
  next(limit: number): RenewedItem[];
  /** Marks the picture as being decoded, durably, before it is. False where it is not to be had now. */
  lease(picture: Sha256): boolean;
  /** Decides items that `next` gave, down to the last of them, and goes on below. */
  settle(items: readonly ProductId[], now: number): void;
  end(now: number): void;
  /** Has search come over at once: the model before cannot be had any more. */
  forgetBefore(): void;
}
