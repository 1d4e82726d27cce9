/** card.md of a text model: what it was fitted to, how good it is, and where it should not be trusted. */
import type { ModelFingerprint } from '../../domain/ids.js';
import type { JointFit } from '../../model/text/text-folder.js';
import type { TextModelData } from '../../model/text/text-model.js';
import { interval } from '../evaluation/share.js';
import type { TextFigures } from './judge-texts.js';

interface TextCardFacts {
  readonly name: string;
  readonly createdAt: string;
  readonly fingerprint: ModelFingerprint;
  readonly data: TextModelData;
  readonly joint: JointFit;
  /** On fresh texts of the grammar. */
  readonly figures: TextFigures;
  /** Texts it was fitted to, and pictures that its joining was. */
  readonly texts: number;
  readonly pictures: number;
}

export function textCard(facts: TextCardFacts): string {
  const { data, joint, figures } = facts;
  const { text, picture, unseen } = joint.weights;
  const limit = (value: number | null): string => (value === null ? 'none' : value.toFixed(3));
  return [
    `# Text model ${facts.name}`,
    '',
    `Fingerprint ${facts.fingerprint}, made ${facts.createdAt}.`,
    '',
    `Tells from title, breadcrumbs and description of an item, in English and Japanese, which of ${data.classes.length - 2} ` +
      `categories it is, or that it is no garment, or several. Multinomial logistic regression over ` +
      `${data.features.length} features of ${data.lexicon.length} words; scores are divided by temperature ` +
      `${data.temperature.toFixed(3)}.`,
    '',
    '## Trained on',
    '',
    `${facts.texts} texts of a grammar in \`src/learn/text/grammar/\`; no shop's texts. Real shops write otherwise.`,
    '',
    '## Figures on fresh texts of the same grammar',
    '',
    '| texts | limit | precision | coverage | no garment, accepted |',
    '|---|---|---|---|---|',
    `| ${figures.texts} | ${limit(joint.limits.text)} | ${interval(figures.precision)} | ${interval(figures.coverage)} | ${interval(figures.intruders)} |`,
    '',
    'Some of those texts say nothing of what the item is, so that coverage has a bound.',
    '',
    '## Joined with pictures',
    '',
    `Fitted to ${joint.examples} pairs of a text and a picture, each in one pair, of ${facts.pictures} pictures, as picture model ` +
      `${joint.pictureModel.slice(0, 12)} sees them: what the words say counts ${text.toFixed(3)} times, what the picture ` +
      `says ${picture.toFixed(3)} times; of a category that it does not know it says exp(${unseen.toFixed(3)}).`,
    '',
    `Accepted are probabilities above ${limit(joint.limits.joint)} of both, and above ${limit(joint.limits.text)} of the ` +
      `words alone: of those at least ${joint.promise.precision} are right, at confidence ${joint.promise.confidence}, ` +
      'for texts and pictures like these.',
    '',
  ].join('\n');
}
