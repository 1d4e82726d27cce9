/** What the gate says of each condition. It is kept as it was said; a change here leaves earlier ones untranslated. */
import { readSentence } from './sentences.js';
import type { ReadSentence } from './sentences.js';

export const GATE_SENTENCES = {
  nothingAccepted: 'precision: nothing was accepted of {pictures} pictures, floor {floor}',
  precision: 'precision {now}, floor {floor}',
  sourcePrecision: 'precision on {source} {now}, floor {floor} unless chance explains it',
  categories: "knows {kept} of the current model's {all} categories",
  categoriesLost: "knows {kept} of the current model's {all} categories, not {lost}",
  coverage: "coverage {now}, the current model's {before}",
  noPictures: 'worst class: no pictures',
  worstClass: "worst class {label}: right {now}, the current model's {before}",
} as const;

export type GateSentence = keyof typeof GATE_SENTENCES;

/** A share in such a sentence, with its 95 % interval and what was counted. */
export const SHARE_SENTENCE = '{value} ({low} to {high}; {count} of {of})';
/** One of nothing. */
export const NO_SHARE = '-';
const SHARE_SHAPE = String.raw`-|[\d.]+ \([^()]*\)`;

/** Null for a sentence of an earlier version. */
export function readGateSentence(says: string): ReadSentence<GateSentence> | null {
  return readSentence(GATE_SENTENCES, says, { now: SHARE_SHAPE, before: SHARE_SHAPE });
}
