/** card.md of linear machines. */
import type { DatasetIndex } from '../dataset/dataset.js';
import type { EvaluationReport } from '../evaluation/report.js';
import { interval } from '../evaluation/share.js';
import type { SvmManifest } from './svm-folder.js';

/** One value of C that was tried. */
export interface Attempt {
  readonly cost: number;
  readonly validationAccuracy: number;
  /** Machines that were taken before they converged. */
  readonly unfinished: number;
}

export function svmCard(facts: {
  readonly manifest: SvmManifest;
  readonly index: DatasetIndex;
  readonly attempts: readonly Attempt[];
  readonly evaluations: readonly EvaluationReport[];
}): string {
  const { manifest, index, attempts, evaluations } = facts;
  return [
    `# Model ${manifest.name}`,
    '',
    `Fingerprint ${manifest.fingerprint}, made ${manifest.createdAt}.`,
    '',
    `A baseline: ${manifest.labels.length} linear support vector machines, one class against the rest, on ` +
      `${manifest.descriptor.name} (${manifest.descriptor.length} numbers) of pictures of ${manifest.input.size} px. ` +
      `C = ${manifest.cost}, chosen on the validation split; probabilities by Platt's sigmoids and temperature ` +
      `${manifest.calibration.temperature.toFixed(3)}, fitted there.`,
    '',
    '| C | validation accuracy | machines not converged |',
    '|---|---|---|',
    ...attempts.map(
      ({ cost, validationAccuracy, unfinished }) =>
        `| ${cost} | ${validationAccuracy.toFixed(3)} | ${unfinished} |`,
    ),
    '',
    '## Trained on',
    '',
    ...index.sources.map(({ name, licence }) => `- ${name}, licence ${licence ?? 'not stated'}`),
    '',
    '## Figures',
    '',
    '| split | pictures | accuracy | precision above the threshold | coverage | calibration error |',
    '|---|---|---|---|---|---|',
    ...evaluations.map(
      ({ split, all }) =>
        `| ${split} | ${all.pictures} | ${interval(all.accuracy)} | ${interval(all.precision)} | ` +
        `${interval(all.coverage)} | ${all.calibrationError.toFixed(3)} |`,
    ),
    '',
    'Intervals are 95 % (Wilson). The validation split chose C, sigmoids and temperature, so its figures flatter.',
    '',
  ].join('\n');
}
