/** A category with its probability, or "unknown" with the reason. */
import type { CategoryId, ModelFingerprint } from './ids.js';
import type { TellingWord, TextClass, TextRefusal } from './item-text.js';
import type { PictureFacts, PictureRefusal } from './picture.js';
import type { Refusal } from './rejection.js';

/** `no-garment` and `several-garments` is what the item's words say; `none-of-these` what a person said. */
export type UnknownReason = Refusal | TextRefusal | 'no-usable-picture' | 'none-of-these';

export interface Candidate {
  readonly category: CategoryId;
  readonly probability: number;
}

/** What an item's decision rests on. */
export interface Evidence {
  /** `person`: a label overrules what words and pictures say. */
  readonly by: 'picture' | 'text' | 'text-and-picture' | 'person';
  /** Words that spoke for what the words say, the weightiest first. */
  readonly words: readonly TellingWord[];
  /** What the words alone say, and the pictures alone; null where there are none. */
  readonly text: { readonly class: TextClass; readonly probability: number } | null;
  readonly pictures: Candidate | null;
  /** The picture that spoke loudest for the likeliest category: its position among the item's; null without. */
  readonly picture: number | null;
}

export interface Prediction {
  /** Null when unknown. */
  readonly category: CategoryId | null;
  /** Probability of `best`. */
  readonly probability: number;
  /** The likeliest category, accepted or not. */
  readonly best: CategoryId;
  /**
   * Every category of the model, likeliest first; probabilities add up to 1. Where words had a say: those of at least a
   * thousandth, and the rest of 1 is for what is no garment, or several.
   */
  readonly candidates: readonly Candidate[];
  readonly reason: UnknownReason | null;
  /** How much the picture looks like what the model was taught; null where the model does not tell, and for items. */
  readonly typicality: number | null;
  readonly model: ModelFingerprint;
  /** Of an item; a picture has none. */
  readonly evidence?: Evidence;
}

export interface PictureVectors {
  /** Sigmoid latent layer thresholded at 0.5 and packed, least significant bit first. */
  readonly latent: Uint8Array;
  /** Unit L2 length. */
  readonly features: Float32Array;
  readonly look: Float32Array;
}

/** Features of a picture that search compares. */
export interface SearchFeatures {
  readonly model: ModelFingerprint;
  /** Unit L2 length. */
  readonly features: Float32Array;
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

/** What a picture is, without what it is compared by. */
export type PredictionOutcome =
  | Pick<Extract<PictureOutcome, { kind: 'classified' }>, 'kind' | 'prediction'>
  | Exclude<PictureOutcome, { kind: 'classified' }>;

/** `crashed`: the process that decoded the picture, and nothing else, died of it. */
export type SuspectOutcome = PictureOutcome | { readonly kind: 'crashed'; readonly detail: string };
