/** A text model in memory, and what it says of an item's words. */
import type { ItemText, TellingWord, TextClass, TextPrediction } from '../../domain/item-text.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import { featuresOf } from './features.js';
import type { Feature } from './features.js';
import { Lexicon } from './lexicon.js';
import type { Entry } from './lexicon.js';
import { scoresOf, softmax } from './linear.js';
import type { Analyse } from './morphology.js';

/** What a thread needs of a text model; plain data, so that it can be handed to one. */
export interface TextModelData {
  readonly fingerprint: ModelFingerprint;
  readonly classes: readonly TextClass[];
  readonly lexicon: readonly Entry[];
  /** In the order of the rows of `weights`. */
  readonly features: readonly string[];
  /** [features, classes], row-major. */
  readonly weights: Float32Array;
  readonly temperature: number;
}

/** Candidates that are less likely are not kept. */
const LEAST = 0.001;
const MOST_WORDS = 5;
/**
 * Features that name something: a garment, a thing, a set, or a section that the model knows. Without any, what is left
 * is how often texts are of what, which is another shop's business: the words say nothing, and pictures decide alone.
 */
const NAMES =
  /^(head (?!none)|named |plain |set |crumbs? word |crumbs? modifier |(crumbs?|text) plain (?!part$))/;
/** A word that raises the likeliest class by less than this tells nothing. */
const LEAST_WEIGHT = 0.1;

export class TextModel {
  readonly #data: TextModelData;
  readonly #lexicon: Lexicon;
  readonly #rows: ReadonlyMap<string, number>;
  readonly #analyse: Analyse;

  constructor(data: TextModelData, analyse: Analyse) {
    this.#data = data;
    this.#lexicon = new Lexicon(data.lexicon);
    this.#rows = new Map(data.features.map((name, row) => [name, row]));
    this.#analyse = analyse;
  }

  /** Probabilities in the order of the classes. */
  probabilities(item: ItemText): Float64Array {
    return this.#score(this.#known(item));
  }

  predict(item: ItemText): TextPrediction {
    const features = this.#known(item);
    if (!features.some(({ name }) => NAMES.test(name))) {
      return { candidates: [], words: [], model: this.#data.fingerprint };
    }
    const probabilities = this.#score(features);
    const order = [...probabilities.keys()].sort(
      (one, other) => (probabilities[other] ?? 0) - (probabilities[one] ?? 0),
    );
    const [best = 0, second = 0] = order;
    return {
      candidates: order
        .map((label) => ({
          class: this.#data.classes[label] ?? 'no-garment',
          probability: probabilities[label] ?? 0,
        }))
        .filter(({ probability }, at) => at === 0 || probability >= LEAST),
      words: this.#telling(features, best, second),
      model: this.#data.fingerprint,
    };
  }

  #known(item: ItemText): (Feature & { readonly row: number })[] {
    return featuresOf(item, this.#lexicon, this.#analyse).flatMap((feature) => {
      const row = this.#rows.get(feature.name);
      return row === undefined ? [] : [{ ...feature, row }];
    });
  }

  #score(features: readonly { readonly row: number }[]): Float64Array {
    const { weights, classes, temperature } = this.#data;
    const rows = features.map(({ row }) => row);
    return softmax(scoresOf(weights, classes.length, rows), temperature);
  }

  /** A word's weight is the sum over its features of what they gave the best class more than the second. */
  #telling(
    features: readonly (Feature & { readonly row: number })[],
    best: number,
    second: number,
  ): TellingWord[] {
    const { weights, classes, temperature } = this.#data;
    const words = new Map<string, { word: string; field: TellingWord['field']; weight: number }>();
    for (const { word, field, row } of features) {
      if (word === '') continue;
      const at = row * classes.length;
      const weight = ((weights[at + best] ?? 0) - (weights[at + second] ?? 0)) / temperature;
      const key = `${field} ${word}`;
      const known = words.get(key);
      if (known === undefined) words.set(key, { word, field, weight });
      else known.weight += weight;
    }
    return [...words.values()]
      .filter(({ weight }) => weight >= LEAST_WEIGHT)
      .sort((one, other) => other.weight - one.weight)
      .slice(0, MOST_WORDS)
      .map(({ word, field, weight }) => ({ word, field, weight: Math.round(weight * 100) / 100 }));
  }
}
