/** An item's words, and what they say of its category. */
import type { CategoryId, ModelFingerprint } from './ids.js';

/** The words of an item's page that its category is told from. */
export interface ItemText {
  readonly title: string;
  readonly description: string | null;
  readonly brand: string | null;
  /** From the outermost category to the innermost. */
  readonly breadcrumbs: readonly string[];
}

/** What words can say besides a category: it is none, or it is more than one. */
export type TextRefusal = 'no-garment' | 'several-garments';
export type TextClass = CategoryId | TextRefusal;

export function isTextRefusal(name: string): name is TextRefusal {
  return name === 'no-garment' || name === 'several-garments';
}

export type TextField = 'title' | 'breadcrumbs' | 'description';

/** A word that spoke for the likeliest class. */
export interface TellingWord {
  /** As it stands in the text, but for case and width. */
  readonly word: string;
  readonly field: TextField;
  /** By how much it raised the class above the next one, in natural logarithms of the odds. */
  readonly weight: number;
}

export interface TextPrediction {
  /** Likeliest first, those below a thousandth left out; calibrated. None where the words name nothing. */
  readonly candidates: readonly { readonly class: TextClass; readonly probability: number }[];
  /** At most five, the weightiest first. */
  readonly words: readonly TellingWord[];
  /** Of the text model. */
  readonly model: ModelFingerprint;
}
