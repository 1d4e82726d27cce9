/**
 * `train category --from-review`: teaches the current model what people labelled, and registers what comes out as candidate.
 *
 * A few labels are little beside what the model knows, so each is shown several times an epoch, and rendered garments of
 * every category remind it of the others. What was judged to be none of the categories, or a bad picture, is left out: a
 * network that must name one of its categories learns nothing right from it.
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { PIXELS_VERSION } from '../images/prepare.js';
import { loadModelFolder } from '../infer/model-folder.js';
import type { LoadedModel } from '../infer/model-folder.js';
import type { Part } from '../learn/dataset/assemble.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { datasetOf } from '../learn/dataset/from-parts.js';
import { servedFolder } from '../served-model.js';
import { openReadOnly } from '../store/store.js';
import type { CliContext } from './context.js';
import { labelledPictures } from './labelled-pictures.js';
import type { LabelledPicture } from './labelled-pictures.js';
import { folderName } from './model-file.js';
import { changing, nameOf, whoami } from './registry.js';
import { renderedParts } from './rendered-set.js';
import { REVIEWED, reviewedSet } from './reviewed-set.js';
import { taughtPictures, teachingRecord } from './taught-pictures.js';

/** Fewer say too little. */
const LEAST_LABELS = 20;
/** A category that the model does not know yet needs so many. */
const LEAST_OF_NEW = 8;
/** So many times as many choose the epoch and fit the limits, and so many others are to compare by. */
const VALIDATION = 4 / 3;
const TEST = 1 / 2;
/** An epoch shows about as many labelled pictures as rendered ones, each at most so often. */
const MOST_REPEATS = 8;
/** Another one than the gate's. */
const SEED = 40_710;
const RENDERED = 'rendered';

export interface ReviewMaterial {
  /** The model that is taught on. */
  readonly base: LoadedModel;
  readonly dataset: Dataset;
  /** How often an epoch shows a labelled picture. */
  readonly repeats: number;
  /** For the history of what comes out: which labelled pictures it was taught, or fitted to. */
  readonly record: ReturnType<typeof teachingRecord>;
  /** Likewise where every label is taught. */
  readonly everyRecord: ReturnType<typeof teachingRecord>;
  /** What was left out, and why, for people. */
  readonly remarks: readonly string[];
}

/** Throws FashiondError `refused` where there are too few labels to learn from. */
export async function reviewMaterial(
  config: Config,
  perClass: number,
  signal: AbortSignal,
): Promise<ReviewMaterial> {
  const { labelled, answers, folder } = await lookUp(config);
  const base = await loadModelFolder(folder);
  const { input, labels } = base.manifest;
  const taken = labelled.filter(({ category }) => isTaught(category, labels, labelled));
  const before = await taughtPictures(folder);
  const { parts, lost } = await reviewedSet(taken, config.store.blobs, input, before);
  const taught = parts.filter(({ entry }) => entry.split === 'train');
  if (parts.length < LEAST_LABELS) {
    throw new FashiondError('refused', `${parts.length} labelled pictures are too few to learn from`, {
      hint: `Label at least ${LEAST_LABELS} items on the page /review, or with POST /v1/labels.`,
    });
  }
  const shape = { input, seed: SEED, profile: 'training', source: RENDERED, signal } as const;
  const categories = [...new Set([...labels, ...taken.map(({ category }) => category)])];
  const wish = { ...shape, categories };
  const last = perClass + Math.ceil(perClass * VALIDATION);
  const others = Math.ceil(perClass * TEST);
  const reminders = await renderedParts({ ...wish, from: 0, to: perClass, split: 'train' });
  const checks = await renderedParts({ ...wish, from: perClass, to: last, split: 'validation' });
  const compared = await renderedParts({ ...wish, from: 0, to: others, split: 'test', profile: 'held-out' });
  return {
    base,
    dataset: joined([...parts, ...reminders, ...checks, ...compared], input),
    repeats: Math.min(MOST_REPEATS, Math.max(1, reminders.length / Math.max(1, taught.length))),
    record: teachingRecord(
      before,
      parts.flatMap(({ entry }) => (entry.split === 'test' ? [] : [entry.sha256])),
    ),
    everyRecord: teachingRecord(
      before,
      parts.map(({ entry }) => entry.sha256),
    ),
    remarks: remarksOn({ labelled, taken, answers, lost }),
  };
}

/** Moves the folder to the name of its fingerprint and registers its model as candidate. Returns where it is. */
export async function registerTrained(
  config: Config,
  out: string,
  base: LoadedModel,
  context: CliContext,
): Promise<string> {
  const { manifest } = await loadModelFolder(out);
  const isOurs = out === draftFolder(config);
  const path = isOurs ? join(config.model.folder, folderName(manifest.name, manifest.fingerprint)) : out;
  if (isOurs) await rename(out, path);
  const note = `taught on from ${base.manifest.fingerprint.slice(0, 12)} with the labels of the review`;
  const model = changing(config, ({ models }) =>
    models.addCandidate({ manifest, path }, { kind: 'candidate', by: whoami(), note }),
  );
  context.print(
    `${nameOf(model)} in ${path} is ${model.role ?? 'registered'}; fashiond models promote judges it`,
  );
  return path;
}

/** Where a training without --out works; its own, as several may run. */
export function draftFolder(config: Pick<Config, 'model'>): string {
  return join(config.model.folder, `.draft-${process.pid}`);
}

async function lookUp(config: Config): Promise<{
  readonly labelled: readonly LabelledPicture[];
  /** Answers that name no category. */
  readonly answers: number;
  readonly folder: string;
}> {
  const store = openReadOnly(config.store.path);
  try {
    const rows = store.query<{ n: number }>(
      `SELECT count(*) AS n FROM v_labels WHERE withdrawn_at IS NULL AND verdict <> 'category'`,
    );
    const folder = await servedFolder(config, store.models);
    return { labelled: labelledPictures(store), answers: rows[0]?.n ?? 0, folder };
  } finally {
    store.close();
  }
}

function isTaught(
  category: CategoryId,
  known: readonly CategoryId[],
  labelled: readonly LabelledPicture[],
): boolean {
  return (
    known.includes(category) || labelled.filter((one) => one.category === category).length >= LEAST_OF_NEW
  );
}

function joined(parts: readonly Part[], input: LoadedModel['manifest']['input']): Dataset {
  const sources = [
    { name: REVIEWED, licence: null },
    { name: RENDERED, licence: 'MIT' },
  ];
  return datasetOf(parts, { ...input, preprocessing: PIXELS_VERSION, sources });
}

function remarksOn({
  labelled,
  taken,
  answers,
  lost,
}: {
  readonly labelled: readonly LabelledPicture[];
  readonly taken: readonly LabelledPicture[];
  readonly answers: number;
  readonly lost: number;
}): string[] {
  const rare = [...new Set(labelled.filter((one) => !taken.includes(one)).map(({ category }) => category))];
  return [
    ...(answers > 0 ? [`${answers} answers that name no category are left out`] : []),
    ...(rare.length > 0 ? [`left out, with fewer than ${LEAST_OF_NEW} labels: ${rare.join(', ')}`] : []),
    ...(lost > 0 ? [`${lost} labelled pictures are not there any more, or cannot be read`] : []),
  ];
}
