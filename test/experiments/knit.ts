/**
 * Sweaters against beanies, rendered: tens of thousands of pictures to train on, and for the test others of other
 * seeds that the renderer drew with other proportions, colours, grounds and presentations (its `held-out` profile).
 */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import type { CategoryId } from '../../src/domain/ids.js';
import type { EvaluationReport } from '../../src/learn/evaluation/report.js';
import { DEFAULT_AUGMENTATION } from '../../src/learn/train/augment.js';
import type { Augmentation } from '../../src/learn/train/augment.js';
import { TRAIN_DEFAULTS } from '../../src/learn/train/options.js';
import type { TrainOptions } from '../../src/learn/train/options.js';
import { barLine, barsOf, notPerfect, requireKept } from './bars.js';
import type { Bar, Promised } from './bars.js';
import { judgeContest, THREADS, trainContest, writeContestReport } from './contest.js';
import type { NetworkTraining } from './contest.js';
import { AS_GIVEN, importPictures } from './import-pictures.js';
import type { Pictures } from './import-pictures.js';
import { RENDERED_LICENCE, writeRenderedList } from './rendered-list.js';
import { renderedPictures } from './rendered-pictures.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Form {
  readonly name: string;
  /** Pictures of each class, those for validation among them. */
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly training: NetworkTraining;
  readonly promised: Promised;
}

const KINDS = ['sweater', 'beanie'] as const;
const SIZE = 64;
const SEEDS = { training: 101, test: 202 } as const;

/** Beanies lie on their side as often as they stand; for the rest milder than for photos of shops. */
const AUGMENTATION: Augmentation = {
  ...DEFAULT_AUGMENTATION,
  turn: 40,
  zoom: [0.8, 1.3],
  shift: 0.1,
  cutout: 0.1,
};

const OPTIONS: TrainOptions = {
  ...TRAIN_DEFAULTS,
  workers: THREADS,
  mixup: 0,
  augmentation: AUGMENTATION,
};

/** Two classes need less than thirteen: half the operations of the default network. */
const NETWORK = { widths: [16, 32, 64, 128] } as const;

const FULL: Form = {
  name: 'knit',
  train: 10_000,
  validation: 1000,
  test: 2000,
  training: { options: { ...OPTIONS, epochs: 10 }, network: NETWORK },
  promised: { classes: { sweater: 0.997, beanie: 0.998 }, coverage: 0.97 },
};

/** Milder: a network that sees few pictures has enough to do with them as they are. */
const SHORT_OPTIONS: TrainOptions = {
  ...OPTIONS,
  epochs: 14,
  batch: 32,
  warmupSteps: 40,
  augmentation: { ...AUGMENTATION, turn: 20, zoom: [0.85, 1.25], shift: 0.08, cutout: 0 },
};

/** For every change: shows that all of it still works and still learns, not how good it can be. */
const SHORT: Form = {
  name: 'knit-short',
  train: 500,
  validation: 80,
  test: 150,
  training: { options: SHORT_OPTIONS, network: NETWORK },
  promised: { accuracy: 0.85, precision: 0.9 },
};

/** Throws FashiondError when a promise was not kept. */
export async function knitExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('knit', 'rendered sweaters against rendered beanies')
    .option('--short', 'few pictures and lower promises: about a minute')
    .parse(args, { from: 'user' });
  const { short, work } = command.opts<{ short?: true; work: string }>();
  await runForm(short === true ? SHORT : FULL, workFolder(work, context), context);
}

async function runForm(form: Form, work: string, context: CliContext): Promise<void> {
  const dataset = await importPictures(await renderForm(form, work, context), context);
  const own = join(work, form.name);
  const contest = await trainContest(dataset, form.training, own, context);
  const parts = await judgeContest(contest, 'rendered', dataset, context);
  await writeContestReport(own, dataset, parts, context);
  const bars = knitBars(parts.network.report, parts.machines.report, form.promised);
  for (const bar of bars) context.print(barLine(bar));
  requireKept(bars);
}

async function renderForm(
  { name, train, validation, test }: Form,
  work: string,
  context: CliContext,
): Promise<Pictures> {
  const common = { kinds: KINDS };
  const forTraining = { ...common, perClass: train, seed: SEEDS.training, profile: 'training' } as const;
  const forTest = { ...common, perClass: test, seed: SEEDS.test, profile: 'held-out' } as const;
  const list = await writeRenderedList(work, name, [
    {
      ...forTraining,
      folder: await renderedPictures(work, forTraining, context),
      splitOf: (number) => (number < train - validation ? 'train' : 'validation'),
    },
    { ...forTest, folder: await renderedPictures(work, forTest, context), splitOf: () => 'test' },
  ]);
  return {
    list,
    licences: RENDERED_LICENCE,
    splits: AS_GIVEN,
    classOf: (category) => category as CategoryId,
    size: SIZE,
    out: join(work, name, 'dataset'),
  };
}

/** What the network promises; and pictures that the baseline names without a mistake would be too easy. */
export function knitBars(network: EvaluationReport, machines: EvaluationReport, promised: Promised): Bar[] {
  return [...barsOf('CNN', network, promised), notPerfect('HOG + SVM', machines)];
}
