/** Fits a text model to labelled texts: its features, weights and temperature. */
import type { TextClass } from '../../domain/item-text.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import { featuresOf } from '../../model/text/features.js';
import { Lexicon } from '../../model/text/lexicon.js';
import type { Entry } from '../../model/text/lexicon.js';
import { decodeLinear, encodeLinear } from '../../model/text/linear.js';
import type { Analyse } from '../../model/text/morphology.js';
import { TextModel } from '../../model/text/text-model.js';
import type { TextModelData } from '../../model/text/text-model.js';
import { fitTemperature } from '../metrics.js';
import type { LabelledText } from './grammar/grammar.js';
import { fitLogistic } from './logistic.js';

export interface FitTextOptions {
  /** Features of fewer texts are left out: they cannot be learnt. */
  readonly leastTexts: number;
  readonly ridge: number;
  readonly steps: number;
  readonly onStep?: (step: number, loss: number) => void;
}

export const FIT_TEXT_DEFAULTS: FitTextOptions = { leastTexts: 4, ridge: 3e-5, steps: 120 };

/** Where no derivative is larger the loss can fall by nothing that counts. */
const GRADIENT = 1e-5;

const NOT_NAMED = '' as ModelFingerprint;

export function fitText(
  entries: readonly Entry[],
  train: readonly LabelledText[],
  validation: readonly LabelledText[],
  analyse: Analyse,
  options: FitTextOptions,
): TextModelData {
  const lexicon = new Lexicon(entries);
  const classes = [...new Set(train.map((text) => text.class))].sort();
  const labels = new Map<TextClass, number>(classes.map((name, label) => [name, label]));
  const named = train.map((text) => ({
    names: featuresOf(text.text, lexicon, analyse).map(({ name }) => name),
    label: labels.get(text.class) ?? 0,
  }));
  const features = frequent(named, options.leastTexts);
  const rows = new Map(features.map((name, row) => [name, row]));
  const examples = named.map(({ names, label }) => ({
    rows: names.flatMap((name) => rows.get(name) ?? []),
    label,
  }));
  const fitted = fitLogistic(examples, {
    features: features.length,
    classes: classes.length,
    ridge: options.ridge,
    steps: options.steps,
    gradient: GRADIENT,
    ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
  });
  // As it is kept, so that everything measured from here on is true of the file.
  const stored = encodeLinear(Float32Array.from(fitted));
  const weights = decodeLinear(stored, fitted.length, 'the weights just fitted');
  const untempered: TextModelData = {
    fingerprint: NOT_NAMED,
    classes,
    lexicon: entries,
    features,
    weights,
    temperature: 1,
  };
  return { ...untempered, temperature: temperatureFor(untempered, validation, analyse) };
}

function frequent(texts: readonly { readonly names: readonly string[] }[], least: number): string[] {
  const counts = new Map<string, number>();
  for (const { names } of texts) for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= least)
    .map(([name]) => name)
    .sort();
}

function temperatureFor(data: TextModelData, texts: readonly LabelledText[], analyse: Analyse): number {
  const model = new TextModel(data, analyse);
  const classes = data.classes.length;
  const probabilities = new Float32Array(texts.length * classes);
  const labels: number[] = [];
  for (const [row, { text, class: name }] of texts.entries()) {
    probabilities.set(model.probabilities(text), row * classes);
    labels.push(data.classes.indexOf(name));
  }
  return fitTemperature({ probabilities, classes, labels });
}
