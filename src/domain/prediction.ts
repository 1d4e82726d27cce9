/** A category with its probability, or "unknown" with the reason. */
import type { CategoryId, ModelFingerprint } from './ids.js';
import type { PictureFacts, PictureRefusal } from './picture.js';
import type { Refusal } from './rejection.js';

export type UnknownReason = Refusal | 'no-usable-picture';

export interface Candidate {
  readonly category: CategoryId;
  readonly probability: number;
}

export interface Prediction {
  /** Null when unknown. */
  readonly category: CategoryId | null;
  /** Probability of `best`. */
  readonly probability: number;
  /** The likeliest category, accepted or not. */
  readonly best: CategoryId;
  /** Every category of the model, likeliest first; probabilities add up to 1. */
  readonly candidates: readonly Candidate[];
  readonly reason: UnknownReason | null;
  /** How much the picture looks like what the model was taught; null where the model does not tell, and for items. */
  readonly typicality: number | null;
  readonly model: ModelFingerprint;
}

export interface PictureVectors {
  /** Sigmoid latent layer thresholded at 0.5 and packed, least significant bit first. */
  readonly latent: Uint8Array;
  /** Unit L2 length. */
  readonly features: Float32Array;
  readonly look: Float32Array;
}

/** One outcome per picture. `failed` is the machinery's fault and is retried; `refused` is the picture's. */
export type PictureOutcome =
  | {
      readonly kind: 'classified';
      readonly facts: PictureFacts;
      readonly prediction: Prediction;
      readonly vectors: PictureVectors;
    }
  | { readonly kind: 'refused'; readonly reason: PictureRefusal; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** `crashed`: the process that decoded the picture, and nothing else, died of it. */
export type SuspectOutcome = PictureOutcome | { readonly kind: 'crashed'; readonly detail: string };
