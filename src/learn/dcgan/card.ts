/** card.md: what generator and encoder were trained on, for how long, and what came of it. */
import { SPLITS } from '../dataset/dataset.js';
import type { DatasetIndex } from '../dataset/dataset.js';
import { DIVERSITY_HEAD, diversityRows, encoderLine, trainedLine, verdictLine } from './figure-text.js';
import type { DcganManifest } from './folder.js';
import type { DcganJudgement } from './judge.js';
import type { DcganOptions } from './options.js';
import type { DcganEpoch } from './progress.js';

export function dcganCard(
  manifest: DcganManifest,
  index: DatasetIndex,
  options: DcganOptions,
  history: readonly DcganEpoch[],
  judgement: DcganJudgement,
): string {
  const { size, fill } = manifest.input;
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const lines = [
    `# Model ${manifest.name}`,
    '',
    `Fingerprint ${manifest.fingerprint}, made ${manifest.createdAt}.`,
    '',
    `A generator that draws pictures of ${size} x ${size} pixels from ${manifest.codeLength} numbers (Radford et al. ` +
      `2016, ${manifest.width} feature maps where the paper has 128), and an encoder that finds the numbers of a picture ` +
      `(letterboxed, bars of value ${fill}). Adam at ${options.learningRate}, beta1 ${options.beta1}, batches of ` +
      `${options.batch}, seed ${options.seed}.`,
    '',
    `- Trained from random weights: ${trainedLine(history)}.`,
    `- As measured, ${verdictLine(judgement)}.`,
    `- As measured, ${encoderLine(judgement)}.`,
    '',
    '## Trained on',
    '',
    row(['source', 'licence', ...SPLITS]),
    row(['---', '---', ...SPLITS.map(() => '---')]),
    ...index.sources.map(({ name, licence }) => {
      const counts = SPLITS.map(
        (split) => index.entries.filter((entry) => entry.source === name && entry.split === split).length,
      );
      return row([name, licence ?? 'not stated', ...counts]);
    }),
    '',
    `## ${judgement.diversity.pictures} samples and as many real pictures`,
    '',
    row(DIVERSITY_HEAD),
    row(DIVERSITY_HEAD.map(() => '---')),
    ...diversityRows(judgement.diversity).map(row),
    '',
    '## Limits',
    '',
    '- Samples look like the pictures above and nothing else; what an encoder makes of other pictures is a guess.',
    '- Codes say where things are and which colours they have more than what they are. `fashiond search evaluate`',
    '  says what they are worth for lookalikes.',
    '',
  ];
  return lines.join('\n');
}
