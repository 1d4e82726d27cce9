/**
 * The last step of learning from the review. A first model is taught without the labels that are held out, and judged by
 * them beside the current one; where it passes, what becomes the candidate is taught once more in the same way with every
 * label, so that no correction is lost to the judgement (refitting after model assessment: Hastie, Tibshirani and
 * Friedman, The Elements of Statistical Learning, section 7.10). Its own figures on these labels would say nothing, so the
 * first model's stand for it.
 */
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { GateReport } from '../domain/model-registry.js';
import { loadModelFolder } from '../infer/model-folder.js';
import type { LoadedModel } from '../infer/model-folder.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { runGate } from './gate-run.js';
import { REVIEWED } from './reviewed-set.js';

/** Where the first model stays, below the folder of the one that was taught every label. */
const FIRST = 'judged';

export function firstFolder(out: string): string {
  return join(out, FIRST);
}

/** On the test split: the held-out labels and garments that no training saw. */
export function judgeFirst(
  first: LoadedModel,
  base: LoadedModel,
  dataset: Dataset,
  setting: { readonly config: Pick<Config, 'model'>; readonly threads: number },
): Promise<GateReport> {
  const name = 'the held-out labels, and rendered held-out pictures of each category';
  return runGate(first, base, { name, at: async () => dataset }, setting);
}

/** The same pictures with every label to learn from; rendered ones alone are left to fit the temperature to. */
export function withEveryLabel(dataset: Dataset): Dataset {
  const { index } = dataset;
  const entries = index.entries.map((entry) =>
    entry.source === REVIEWED ? { ...entry, split: 'train' as const } : entry,
  );
  return { ...dataset, index: { ...index, entries } };
}

/** For the card of the second. */
export function remarkOn({ manifest: { fingerprint } }: LoadedModel): string {
  return `taught every label after model ${fingerprint.slice(0, 12)}, which was taught without the held-out ones, had passed by them`;
}

/** Labelled pictures that the first model was not taught, for it to answer when the limits of the second are fitted. */
export function outOfFold(out: string, dataset: Dataset) {
  const pictures = [...dataset.index.entries.entries()]
    .filter(([, { source, split }]) => source === REVIEWED && split !== 'train')
    .map(([at]) => at);
  return { folder: firstFolder(out), data: dataset, pictures };
}

/** Makes the first model the only one of the folder. */
export async function keepFirst(out: string): Promise<LoadedModel> {
  const aside = `${out}.first`;
  await rename(firstFolder(out), aside);
  await rm(out, { recursive: true, force: true });
  await rename(aside, out);
  return loadModelFolder(out);
}
