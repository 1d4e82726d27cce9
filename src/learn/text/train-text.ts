/**
 * Trains the text model: texts of the grammar in, a model folder out. The model is fitted to one part of the texts, its
 * temperature to another, and how it is joined with pictures to a third together with what a picture model says.
 */
import type { TextClass } from '../../domain/item-text.js';
import { isTextRefusal } from '../../domain/item-text.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import type { Prediction } from '../../domain/prediction.js';
import { labelFor } from '../../model/text/joint.js';
import type { JointVocabulary } from '../../model/text/joint.js';
import type { Entry } from '../../model/text/lexicon.js';
import type { Analyse } from '../../model/text/morphology.js';
import { writeTextFolder } from '../../model/text/text-folder.js';
import type { JointFit } from '../../model/text/text-folder.js';
import { TextModel } from '../../model/text/text-model.js';
import type { TextModelData } from '../../model/text/text-model.js';
import { Random, seedOf } from '../../platform/random.js';
import type { Promised } from '../rejection/guaranteed-threshold.js';
import { fitJoint } from './fit-joint.js';
import type { JointExample } from './fit-joint.js';
import { fitText } from './fit-text.js';
import type { FitTextOptions } from './fit-text.js';
import { Grammar } from './grammar/grammar.js';
import type { LabelledText } from './grammar/grammar.js';
import { judgeTexts } from './judge-texts.js';
import { textCard } from './text-card.js';

export interface TrainTextOptions extends FitTextOptions {
  readonly texts: number;
  readonly validationTexts: number;
  readonly seed: number;
  readonly promise: Promised;
}

/** What a picture model says of a picture whose category is known. */
export interface SeenPicture {
  readonly category: string;
  readonly prediction: Prediction;
}

export interface TrainTextParts {
  readonly name: string;
  readonly out: string;
  readonly entries: readonly Entry[];
  readonly analyse: Analyse;
  readonly pictures: readonly SeenPicture[];
  readonly pictureModel: {
    readonly labels: readonly string[];
    readonly fingerprint: ModelFingerprint;
  };
  readonly within: ReadonlyMap<string, string>;
  readonly createdAt: string;
}

export interface TrainedText {
  readonly fingerprint: ModelFingerprint;
  readonly data: TextModelData;
  readonly joint: JointFit;
}

/** Of the pictures' texts, of what the picture model does not know: that is most categories. */
const UNSEEN_SHARE = 0.5;

export async function trainText(parts: TrainTextParts, options: TrainTextOptions): Promise<TrainedText> {
  const draw = (purpose: string, count: number): LabelledText[] => {
    const grammar = new Grammar(parts.entries, seedOf(options.seed, purpose));
    return Array.from({ length: count }, () => grammar.text());
  };
  const validation = draw('validation', options.validationTexts);
  const data = fitText(parts.entries, draw('train', options.texts), validation, parts.analyse, options);
  const model = new TextModel(data, parts.analyse);
  const vocabulary: JointVocabulary = {
    textClasses: data.classes,
    labels: parts.pictureModel.labels,
    within: parts.within,
  };
  const texts = draw('joint', options.validationTexts * 2);
  const examples = jointExamples(parts, texts, model, options.seed);
  const joint = fitJoint(examples, vocabulary, options.promise, parts.pictureModel.fingerprint);
  const figures = judgeTexts(model, draw('test', options.validationTexts), joint.limits.text);
  const { name, createdAt } = parts;
  const fingerprint = await writeTextFolder(parts.out, { name, createdAt, data, joint }, (hash) =>
    textCard({
      name,
      createdAt,
      fingerprint: hash,
      data,
      joint,
      figures,
      texts: options.texts,
      pictures: parts.pictures.length,
    }),
  );
  return { fingerprint, data: { ...data, fingerprint }, joint };
}

/**
 * Each picture once, with a text of what it shows, drawn apart: given the category, neither knows of the other.
 * Categories that the picture model does not know get any picture, for what it says of them says nothing. No picture
 * and no text stands in two examples: a promise about errors counts examples as if they knew nothing of each other.
 */
function jointExamples(
  { pictures, pictureModel, within }: TrainTextParts,
  texts: readonly LabelledText[],
  model: TextModel,
  seed: number,
): JointExample[] {
  const random = new Random(seedOf(seed, 'pairs'));
  const labels = new Set(pictureModel.labels);
  const byLabel = new Map<string | null, LabelledText[]>();
  for (const text of texts) {
    const label = isTextRefusal(text.class) ? null : labelFor(text.class, labels, within);
    byLabel.set(label, [...(byLabel.get(label) ?? []), text]);
  }
  const examples: JointExample[] = [];
  const pair = (prediction: Prediction, text: LabelledText): void => {
    const { candidates } = model.predict(text.text);
    // Words that name nothing have no say, and nothing to be joined.
    if (candidates.length === 0) return;
    examples.push({
      class: text.class,
      opinions: {
        text: new Map<TextClass, number>(candidates.map((one) => [one.class, one.probability])),
        picture: new Map<string, number>(prediction.candidates.map((one) => [one.category, one.probability])),
      },
    });
  };
  for (const { category, prediction } of pictures) {
    const label = labelFor(category, labels, within);
    const own = label === null ? [] : (byLabel.get(label) ?? []);
    const unseen = byLabel.get(null) ?? [];
    const chosen = own.length === 0 || (unseen.length > 0 && random.chance(UNSEEN_SHARE)) ? unseen : own;
    // In the order of the grammar, which is random.
    const text = chosen.pop();
    if (text !== undefined) pair(prediction, text);
  }
  return examples;
}
