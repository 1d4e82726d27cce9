/** Fits the limits of a model folder and writes them into it; for `calibrate`, and at the end of a training. */
import { basename, resolve } from 'node:path';
import type { ModelManifest } from '../domain/model.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import { outputsOf } from '../learn/evaluation/judged-model.js';
import type { JudgedModel } from '../learn/evaluation/judged-model.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';
import { calibrate } from '../learn/rejection/calibrate.js';
import type { CalibrationMaterial } from '../learn/rejection/calibrate.js';
import type { Promised } from '../learn/rejection/guaranteed-threshold.js';
import { gateText } from '../learn/rejection/limits-text.js';
import { writeLimits } from '../learn/rejection/write-limits.js';
import { systemClock } from '../platform/clock.js';
import { readOffDomain } from './off-domain.js';

/** Help of the option that names them. */
export const OTHER_SHOPS =
  'data sets of shops that it never saw: the promise is kept for each of them, too. Their test pictures are left alone';

export interface CalibrationQuestion {
  /** What the model was trained on. */
  readonly data: Dataset;
  /** Data sets of shops that it never saw. */
  readonly others: readonly Dataset[];
  readonly split: Split;
  /** Folder of pictures of other things. */
  readonly offDomain?: string;
  readonly promised: Promised;
  readonly threads: number;
}

export async function calibrateFolder(folder: string, question: CalibrationQuestion): Promise<ModelManifest> {
  const { data, others, split, promised, threads } = question;
  const { manifest, network, classMeans } = await loadModelFolder(folder);
  // The runtime takes plain memory only.
  const model = await openNetworkModel(manifest, new Uint8Array(network), threads);
  try {
    const offDomain = question.offDomain === undefined ? null : await othersOf(model, question.offDomain);
    const material = { model, means: classMeans, data, split, others, offDomain, clock: systemClock };
    return await writeLimits(folder, manifest, await calibrate(material, promised));
  } finally {
    await model.close();
  }
}

export async function readDatasets(folders: readonly string[]): Promise<Dataset[]> {
  const datasets: Dataset[] = [];
  for (const folder of folders) datasets.push(await readDataset(folder));
  return datasets;
}

/** The limits of a manifest as lines of text. */
export function limitLines({ labels, typicality, rejection }: ModelManifest): string[] {
  if (rejection === null) return ['no limits'];
  const { thresholds, floor, promise, evidence } = rejection;
  return [
    gateText(typicality, floor),
    `accepted above: ${labels.map((label, at) => `${label} ${thresholds[at]?.toFixed(4) ?? 'never'}`).join(', ')}`,
    `precision ${promise.precision} at confidence ${promise.confidence}, for each source by itself:`,
    ...evidence.map(
      ({ source, role, pictures, accepted, wrong, promise: state }) =>
        `  ${source}${role === 'known' ? '' : ' (other things)'}: ${accepted} of ${pictures} accepted, ` +
        `${wrong} wrong: ${state}`,
    ),
  ];
}

async function othersOf(model: JudgedModel, folder: string): Promise<CalibrationMaterial['offDomain']> {
  const { pixels, entries } = await readOffDomain(folder, model.input, model.labels);
  const outputs = await outputsOf(model, pixels, [...entries.keys()]);
  return { name: basename(resolve(folder)), outputs, pictures: entries.length };
}
