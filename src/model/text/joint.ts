/**
 * Words and pictures together: the weighted product of what both say (the logarithmic opinion pool of Genest and Zidek
 * 1986, section 3), over every category that either knows.
 *
 * The picture model knows fewer categories than the words. Of one that it does not know its picture says what it says of
 * the broader one (a sneaker looks like a shoe); where there is none, it says a constant that was fitted with the weights.
 */
import type { TextClass } from '../../domain/item-text.js';
import { isTextRefusal } from '../../domain/item-text.js';

/** Fitted on validation. */
export interface JointWeights {
  readonly text: number;
  readonly picture: number;
  /** Logarithm of what a picture says of a category that its model does not know. */
  readonly unseen: number;
}

export interface Opinions {
  /** Classes that are missing were below a thousandth. */
  readonly text: ReadonlyMap<TextClass, number>;
  /** Every label of the picture model. */
  readonly picture: ReadonlyMap<string, number>;
}

export interface JointVocabulary {
  readonly textClasses: readonly TextClass[];
  readonly labels: readonly string[];
  /** Category -> the broader one that it is a kind of. */
  readonly within: ReadonlyMap<string, string>;
}

/** Nothing is impossible: a class that one side rules out can still be chosen if the other is sure enough. */
const TEXT_FLOOR = 1e-4;
const PICTURE_FLOOR = 1e-4;

/** What speaks for a class: the logarithms that the weights are applied to. */
export interface Evidence {
  readonly class: TextClass;
  readonly text: number;
  readonly picture: number;
  /** 1 where the picture model does not know it, else 0. */
  readonly unseen: number;
}

export function evidenceFor({ text, picture }: Opinions, vocabulary: JointVocabulary): Evidence[] {
  const { textClasses, labels, within } = vocabulary;
  const known = new Set<string>(labels);
  const inText = new Set<string>(textClasses);
  // Of a label that the words do not know, they say neither yes nor no.
  const neutral = 1 / Math.max(1, textClasses.length);
  const classes = [...textClasses, ...labels.filter((label) => !inText.has(label))] as TextClass[];
  return classes.map((name) => {
    const said = inText.has(name) ? (text.get(name) ?? 0) : neutral;
    const label = isTextRefusal(name) ? null : labelFor(name, known, within);
    const seen = label === null ? null : (picture.get(label) ?? 0);
    return {
      class: name,
      text: Math.log(Math.max(said, TEXT_FLOOR)),
      picture: seen === null ? 0 : Math.log(Math.max(seen, PICTURE_FLOOR)),
      unseen: seen === null ? 1 : 0,
    };
  });
}

/** The label of a picture model that a category would be seen as: its own, or the broader one's; null without. */
export function labelFor(
  category: string,
  labels: ReadonlySet<string>,
  within: ReadonlyMap<string, string>,
): string | null {
  if (labels.has(category)) return category;
  const broader = within.get(category);
  return broader !== undefined && labels.has(broader) ? broader : null;
}

/** Probabilities of the classes, in the order of `evidence`; they add up to 1. */
export function joined(evidence: readonly Evidence[], weights: JointWeights): number[] {
  const scores = evidence.map((one) => scoreOf(one, weights));
  const largest = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - largest));
  const total = odds.reduce((sum, one) => sum + one, 0);
  return odds.map((one) => one / total);
}

function scoreOf({ text, picture, unseen }: Evidence, weights: JointWeights): number {
  return weights.text * text + weights.picture * picture + weights.unseen * unseen;
}
