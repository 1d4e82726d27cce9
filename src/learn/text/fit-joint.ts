/**
 * Fits how words and pictures are joined: the three weights of the smallest -log p(true class) on validation, then the
 * limits that keep a promise about errors there.
 */
import { isTextRefusal } from '../../domain/item-text.js';
import type { TextClass } from '../../domain/item-text.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import { evidenceFor, joined } from '../../model/text/joint.js';
import type { Evidence, JointVocabulary, JointWeights, Opinions } from '../../model/text/joint.js';
import type { JointFit } from '../../model/text/text-folder.js';
import { guaranteedThreshold } from '../rejection/guaranteed-threshold.js';
import type { Promised } from '../rejection/guaranteed-threshold.js';
import { minimise } from './minimise.js';

/** One item of which the truth, what its words and what its picture say are known. */
export interface JointExample {
  readonly opinions: Opinions;
  readonly class: TextClass;
}

const STEPS = 200;
const GRADIENT = 1e-6;
/** Pulls the weights a little to "both count once", so that few examples cannot run away with them. */
const RIDGE = 1e-3;
const START: JointWeights = { text: 1, picture: 1, unseen: -1 };
/** Whoever is less sure than of a coin's fall does not decide, whatever the sample says. */
const LEAST_LIMIT = 0.5;

export function fitJoint(
  examples: readonly JointExample[],
  vocabulary: JointVocabulary,
  promise: Promised,
  pictureModel: ModelFingerprint,
): JointFit {
  const rows = examples.map((example) => {
    const evidence = evidenceFor(example.opinions, vocabulary);
    return { evidence, truth: evidence.findIndex((one) => one.class === example.class) };
  });
  const start = Float64Array.of(START.text, START.picture, START.unseen);
  const found = minimise((point, gradient) => lossOf(rows, point, gradient, start), start, {
    steps: STEPS,
    gradient: GRADIENT,
  });
  const weights = weightsOf(found);
  const answers = rows.map(({ evidence, truth }) =>
    best(
      evidence.map((one) => one.class),
      joined(evidence, weights),
      truth,
    ),
  );
  const words = examples.map(({ opinions, class: truth }) => bestWord(opinions, truth));
  return {
    weights,
    pictureModel,
    limits: { text: limitFor(words, promise), joint: limitFor(answers, promise) },
    promise: { precision: 1 - promise.risk, confidence: 1 - promise.doubt },
    examples: examples.length,
  };
}

interface Row {
  readonly evidence: readonly Evidence[];
  /** Position of the true class. */
  readonly truth: number;
}

function weightsOf(point: Float64Array): JointWeights {
  const [text = 0, picture = 0, unseen = 0] = point;
  return { text, picture, unseen };
}

function lossOf(
  rows: readonly Row[],
  point: Float64Array,
  gradient: Float64Array,
  start: Float64Array,
): number {
  const weights = weightsOf(point);
  let loss = 0;
  gradient.fill(0);
  for (const [at, value] of point.entries()) {
    const off = value - (start[at] ?? 0);
    loss += 0.5 * RIDGE * off * off;
    gradient[at] = RIDGE * off;
  }
  const share = 1 / Math.max(1, rows.length);
  for (const { evidence, truth } of rows) {
    const probabilities = joined(evidence, weights);
    loss -= share * Math.log(Math.max(probabilities[truth] ?? 0, Number.MIN_VALUE));
    for (const [at, one] of evidence.entries()) {
      const error = share * ((probabilities[at] ?? 0) - (at === truth ? 1 : 0));
      gradient[0] = (gradient[0] ?? 0) + error * one.text;
      gradient[1] = (gradient[1] ?? 0) + error * one.picture;
      gradient[2] = (gradient[2] ?? 0) + error * one.unseen;
    }
  }
  return loss;
}

interface Answer {
  readonly class: TextClass;
  readonly probability: number;
  readonly right: boolean;
}

function best(classes: readonly TextClass[], probabilities: readonly number[], truth: number): Answer {
  const at = probabilities.indexOf(Math.max(...probabilities));
  return { class: classes[at] ?? 'no-garment', probability: probabilities[at] ?? 0, right: at === truth };
}

function bestWord({ text }: Opinions, truth: TextClass): Answer {
  const [first] = [...text].sort((one, other) => other[1] - one[1]);
  const [name, probability] = first ?? (['no-garment', 0] as const);
  return { class: name, probability, right: name === truth };
}

/** Of what would be accepted: an answer that it is no garment never is. */
function limitFor(answers: readonly Answer[], promise: Promised): number | null {
  const garments = answers.filter((answer) => !isTextRefusal(answer.class));
  const found = guaranteedThreshold(
    garments.map(({ probability }) => probability),
    garments.map(({ right }) => right),
    promise,
  );
  return found === null ? null : Math.max(LEAST_LIMIT, found.threshold);
}
