/** Fits the limits of a model, and writes them into its folder; for `calibrate`, `quantize` and the end of a training. */
import { basename, resolve } from 'node:path';
import type { ModelManifest } from '../domain/model.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import { outputsOf } from '../learn/evaluation/judged-model.js';
import type { JudgedModel } from '../learn/evaluation/judged-model.js';
import type { OffDomainPictures } from '../learn/evaluation/off-domain.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';
import { calibrate } from '../learn/rejection/calibrate.js';
import type { Calibration, CalibrationMaterial, OutOfFold } from '../learn/rejection/calibrate.js';
import type { Promised } from '../learn/rejection/guaranteed-threshold.js';
import { gateText } from '../learn/rejection/limits-text.js';
import { writeLimits } from '../learn/rejection/write-limits.js';
import { systemClock } from '../platform/clock.js';
import { readOffDomain } from './off-domain.js';

export interface CalibrationPictures {
  /** What the model was trained on. */
  readonly data: Dataset;
  /** Data sets of shops that it never saw. */
  readonly others: readonly Dataset[];
  readonly split: Split;
  readonly promised: Promised;
}

export interface CalibrationQuestion extends CalibrationPictures {
  /** Folder of pictures of other things. */
  readonly offDomain?: string;
  /** A model of the same recipe, what it was taught with, and the pictures that it answers for this one. */
  readonly outOfFold?: OutOfFoldFolder;
  readonly threads: number;
}

export interface OutOfFoldFolder {
  readonly folder: string;
  readonly data: Dataset;
  readonly pictures: readonly number[];
}

/** Pictures of other things, as one source of evidence. */
export interface NamedOffDomain extends OffDomainPictures {
  readonly name: string;
}

export async function calibrateFolder(folder: string, question: CalibrationQuestion): Promise<ModelManifest> {
  const { manifest, network, classMeans } = await loadModelFolder(folder);
  const offDomain = await readNamedOffDomain(question.offDomain, manifest);
  // The runtime takes plain memory only.
  const model = await openNetworkModel(manifest, new Uint8Array(network), question.threads);
  const outOfFold = await openOutOfFold(question.outOfFold, question.threads);
  try {
    return await writeLimits(
      folder,
      manifest,
      await calibrationOf(model, { ...question, means: classMeans, offDomain, outOfFold }),
    );
  } finally {
    await outOfFold?.model.close();
    await model.close();
  }
}

async function openOutOfFold(
  given: OutOfFoldFolder | undefined,
  threads: number,
): Promise<(OutOfFold & { readonly model: { close(): Promise<void> } }) | null> {
  if (given === undefined) return null;
  const { manifest, network } = await loadModelFolder(given.folder);
  return { ...given, model: await openNetworkModel(manifest, new Uint8Array(network), threads) };
}

/** Null without a folder. Throws FashiondError when it holds no such pictures. */
export async function readNamedOffDomain(
  folder: string | undefined,
  { input, labels }: Pick<ModelManifest, 'input' | 'labels'>,
): Promise<NamedOffDomain | null> {
  if (folder === undefined) return null;
  return { name: basename(resolve(folder)), ...(await readOffDomain(folder, input, labels)) };
}

/** `means`: those that the model has already. */
export async function calibrationOf(
  model: JudgedModel,
  {
    data,
    others,
    split,
    offDomain,
    outOfFold = null,
    means,
    promised,
  }: CalibrationPictures & {
    readonly outOfFold?: OutOfFold | null;
    readonly offDomain: NamedOffDomain | null;
    readonly means: CalibrationMaterial['means'];
  },
): Promise<Calibration> {
  return calibrate(
    {
      model,
      means,
      data,
      others,
      split,
      outOfFold,
      offDomain: offDomain === null ? null : await saidOf(model, offDomain),
      clock: systemClock,
    },
    promised,
  );
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

async function saidOf(
  model: JudgedModel,
  { name, pixels, entries }: NamedOffDomain,
): Promise<NonNullable<CalibrationMaterial['offDomain']>> {
  return { name, outputs: await outputsOf(model, pixels, [...entries.keys()]), pictures: entries.length };
}
