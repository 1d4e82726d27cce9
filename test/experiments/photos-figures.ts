/**
 * What a model promises on real photos, measured: photos that people took of their clothes, and pictures of other
 * things. Nothing is trained.
 */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import { foregroundOf } from '../../src/cli/foreground-of.js';
import { readOffDomain } from '../../src/cli/off-domain.js';
import { FashiondError } from '../../src/domain/errors.js';
import { fixedRule } from '../../src/domain/rejection.js';
import type { DecisionRule } from '../../src/domain/rejection.js';
import { chooseRule } from '../../src/infer/decision-rule.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import type { LoadedModel } from '../../src/infer/model-folder.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { backgroundReport } from '../../src/learn/evaluation/background-report.js';
import { judge } from '../../src/learn/evaluation/judge.js';
import type { Judged } from '../../src/learn/evaluation/judge.js';
import { outputsOf } from '../../src/learn/evaluation/judged-model.js';
import type { JudgedModel, Outputs } from '../../src/learn/evaluation/judged-model.js';
import { openNetworkModel } from '../../src/learn/evaluation/network-model.js';
import { systemClock } from '../../src/platform/clock.js';
import { THREADS } from './contest.js';
import { dealtAnew } from './import-pictures.js';
import { requireKept } from './bars.js';
import { gatedRows, photoBars, photoLines } from './photo-bars.js';
import type { ByRule, GatedRow, PhotoRows } from './photo-bars.js';
import { photosFromHome } from './photo-data.js';
import { photoClass, photosFolder } from './photos.js';
import { experimentCommand, workFolder } from './work-folder.js';

interface Flags {
  readonly work: string;
  readonly model: string;
  readonly report?: true;
}

/** Probabilities above it are accepted where the model's own rule is not asked. */
const FIXED = 0.9;
const HOME = ['clothing', 'clothing-extra'] as const;

/** Throws FashiondError when a bar is missed, unless only a report is asked for. */
export async function photosExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = experimentCommand('photos', 'what a model promises on real photos, measured')
    .option('--model <folder>', 'model folder', join('data', 'models', 'category'))
    .option('--report', 'print what was missed and end well all the same')
    .parse(args, { from: 'user' });
  const flags = command.opts<Flags>();
  const photos = photosFolder('photos', context);
  if (photos === null) return;
  const loaded = await loadModelFolder(flags.model);
  const work = workFolder(flags.work, context);
  const home = await importHome(photos, work, loaded.manifest.input.size, context);
  // The runtime takes plain memory only.
  const model = await openNetworkModel(loaded.manifest, new Uint8Array(loaded.network), THREADS);
  try {
    const rows = await measure(model, loaded, home, join(photos, 'offdomain'));
    context.print(`model ${loaded.manifest.name}, fingerprint ${loaded.manifest.fingerprint}`);
    for (const line of photoLines(rows)) context.print(line);
    if (flags.report !== true) requireKept(photoBars(rows));
  } finally {
    await model.close();
  }
}

/** The test pictures of both sources. */
async function importHome(photos: string, work: string, size: number, context: CliContext): Promise<Dataset> {
  const place = { size, out: join(work, 'photos', `home-${size}px`) };
  const dataset = await photosFromHome(photos, place, context);
  return dealtAnew(dataset, ({ split }) => (split === 'test' ? split : null));
}

async function measure(
  model: JudgedModel,
  loaded: LoadedModel,
  home: Dataset,
  offDomain: string,
): Promise<PhotoRows> {
  const rules = {
    own: chooseRule(loaded.manifest, { rejection: 'auto', threshold: null }),
    fixed: fixedRule(model.labels, FIXED),
  };
  const gate = (outputs: Outputs, truths: readonly (number | null)[], rule: DecisionRule): GatedRow[] =>
    gatedRows(outputs, truths, rule, loaded);
  const rowsOf = ({ outputs, predictions }: Judged): ByRule => ({
    own: gate(outputs, predictions.labels, rules.own),
    fixed: gate(outputs, predictions.labels, rules.fixed),
  });
  const partOf = async (name: (typeof HOME)[number]): Promise<Judged> =>
    judgedPart(
      model,
      dealtAnew(home, ({ source }) => (source === name ? 'test' : null)),
    );
  const clothing = await partOf('clothing');
  const extra = await partOf('clothing-extra');
  const all = await judgedPart(model, home);
  const grounds = await backgroundReport(model, home, all, foregroundOf);
  if (grounds === null) throw nothing('pictures that can be cut out');
  const others = await otherThings(model, offDomain);
  const none = Array.from({ length: others.count }, () => null);
  return {
    clothing: rowsOf(clothing),
    extra: rowsOf(extra),
    offDomain: {
      own: gate(others.outputs, none, rules.own),
      fixed: gate(others.outputs, none, rules.fixed),
    },
    grounds: { ...grounds.fall, of: grounds.before.of },
  };
}

async function judgedPart(model: JudgedModel, dataset: Dataset): Promise<Judged> {
  const judged = await judge(model, dataset, 'test', systemClock);
  if (judged === null) throw nothing('photos of the model’s classes');
  return judged;
}

async function otherThings(
  model: JudgedModel,
  folder: string,
): Promise<{ readonly outputs: Outputs; readonly count: number }> {
  // Folders of bags, shoes and outwear show classes of the model.
  const categoryOf = (name: string): string => photoClass(name) ?? name;
  const { pixels, entries } = await readOffDomain(folder, model.input, model.labels, categoryOf);
  return { outputs: await outputsOf(model, pixels, [...entries.keys()]), count: entries.length };
}

function nothing(what: string): FashiondError {
  return new FashiondError('usage', `nothing to judge: no test pictures of ${what}`, {
    hint: 'FASHIOND_DATA names the folder above images/clothing, images/clothing-extra and images/offdomain',
  });
}
