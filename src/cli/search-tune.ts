/**
 * `fashiond search tune`: weights and sharpness of the blend, fitted to a truth. What they are worth on garments that
 * had no part in the fit is measured as well: fitted on half of the groups and measured on the others, both ways.
 */
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { BlendSettings } from '../domain/similar.js';
import { seedOf } from '../platform/random.js';
import { fitBlend } from '../search/evaluation/fit-blend.js';
import type { FitRow } from '../search/evaluation/fit-blend.js';
import { Measure } from '../search/evaluation/measure.js';
import type { MethodFigures } from '../search/evaluation/measure.js';
import { methodsOf } from '../search/evaluation/methods.js';
import { optionalConfig, withConfigOption } from './config-option.js';
import type { CliContext } from './context.js';
import { whole } from './option-values.js';
import { describeTruth } from './search-truth.js';
import type { DescribedTruth, TruthQuery } from './search-truth.js';

interface TuneFlags {
  readonly truth: string;
  readonly model?: string;
  readonly seed: number;
  readonly json?: true;
}

export function registerSearchTune(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('tune'))
    .description('fit the weights of the blend to a truth, and say what they are worth on other garments')
    .requiredOption('--truth <file>', 'JSON Lines, a picture a line: {"path", "group"}')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .option('--seed <n>', 'which groups go into which half', whole(0), 1)
    .option('--json', 'machine-readable output')
    .action(async (flags: TuneFlags) => {
      const config = await optionalConfig(command);
      const model = { ...config.model, path: flags.model ?? config.model.path };
      const truth = await describeTruth(flags.truth, { ...config, model }, context);
      const tuned = tune(truth, config.search, flags.seed);
      if (flags.json === true) context.print(JSON.stringify(tuned, null, 2));
      else for (const line of tunedLines(tuned)) context.print(line);
    });
}

interface Tuned {
  /** Fitted to the whole truth. */
  readonly search: BlendSettings;
  /** Each fitted to one half and measured on the queries of the other, among all pictures. */
  readonly halves: readonly { readonly search: BlendSettings; readonly figures: MethodFigures }[];
  /** Of both halves, weighted by their queries. */
  readonly recallAt1: number;
}

function tune(truth: DescribedTruth, start: BlendSettings, seed: number): Tuned {
  const rows = truth.queries.map((query) => ({
    query,
    row: truth.rowOf(query),
    group: query.picture.group,
    self: query.self,
  }));
  const keyOf = (group: string): number => seedOf(seed, 'halves', group);
  const groups = [...new Set(rows.map(({ group }) => group))].sort((a, b) => keyOf(a) - keyOf(b));
  const first = new Set(groups.slice(0, groups.length / 2));
  const [one, other] = [
    rows.filter(({ group }) => first.has(group)),
    rows.filter(({ group }) => !first.has(group)),
  ];
  const halves = [crossed(truth, one, other, start), crossed(truth, other, one, start)];
  const hits = halves.reduce((sum, { figures }) => sum + (figures.recall[0] ?? 0) * figures.queries, 0);
  return { search: fitBlend(rows, truth.gallery, start), halves, recallAt1: hits / rows.length };
}

function crossed(
  { gallery }: DescribedTruth,
  fitted: readonly FitRow[],
  held: readonly (FitRow & { readonly query: TruthQuery })[],
  start: BlendSettings,
): Tuned['halves'][number] {
  const search = fitBlend(fitted, gallery, start);
  const measures = methodsOf(search)
    .filter(({ name }) => name === 'blend')
    .map((method) => new Measure(method));
  for (const { query, row } of held) {
    for (const measure of measures) measure.add(query.at, query.picture, query.self, gallery, row);
  }
  const [figures] = measures.map((measure) => measure.figures(gallery.length));
  if (figures === undefined) throw new TypeError('there is a method blend');
  return { search, figures };
}

function tunedLines({ search, halves, recallAt1 }: Tuned): string[] {
  const shown = halves.map(
    ({ figures }) =>
      `fitted on one half, of the other's ${figures.queries} queries among ${figures.gallery} pictures: ` +
      `R@1 ${(figures.recall[0] ?? 0).toFixed(3)}, R@10 ${(figures.recall[2] ?? 0).toFixed(3)}, ` +
      `mAP ${figures.meanAveragePrecision.toFixed(3)}`,
  );
  return [
    ...shown,
    `both halves: R@1 ${recallAt1.toFixed(3)}`,
    'fitted to all of it, for the config:',
    stringify({ search }).trimEnd(),
  ];
}
