/**
 * `fashiond search tune`: weights and sharpness of the blend, fitted to truths. What they are worth on garments that
 * had no part in the fit is measured as well: fitted on half of the groups and measured on the others, both ways.
 */
import { stringify } from 'yaml';
import type { Config } from '../config/schema.js';
import type { BlendSettings } from '../domain/similar.js';
import { seedOf } from '../platform/random.js';
import { fitBlend } from '../search/evaluation/fit-blend.js';
import type { FitGoal, FitRow, FitTruth } from '../search/evaluation/fit-blend.js';
import { Measure } from '../search/evaluation/measure.js';
import type { MethodFigures } from '../search/evaluation/measure.js';
import { methodsOf } from '../search/evaluation/methods.js';
import type { CliContext } from './context.js';
import { describeTruth, evenly } from './search-truth.js';
import type { DescribedTruth, TruthQuery } from './search-truth.js';

export interface TuneFlags {
  readonly truth: readonly string[];
  readonly model?: string;
  readonly queries: number;
  readonly goal: FitGoal;
  readonly seed: number;
  readonly json?: true;
}

/** Fits the blend to truths and prints it. Throws FashiondError for a truth that cannot be used. */
export async function tuneSearch(config: Config, flags: TuneFlags, context: CliContext): Promise<void> {
  const model = { ...config.model, path: flags.model ?? config.model.path };
  const truths: TuneTruth[] = [];
  for (const name of flags.truth) {
    truths.push(tuneTruth(name, await describeTruth(name, { ...config, model }, context), flags));
  }
  const tuned = tune(truths, config.search, flags.goal);
  if (flags.json === true) context.print(JSON.stringify(tuned, null, 2));
  else for (const line of tunedLines(tuned)) context.print(line);
}

interface TuneRow extends FitRow {
  readonly query: TruthQuery;
}

interface TuneTruth {
  readonly name: string;
  readonly gallery: FitTruth['gallery'];
  readonly halves: readonly [readonly TuneRow[], readonly TuneRow[]];
}

interface Tuned {
  /** Fitted to all truths, whole. */
  readonly search: BlendSettings;
  readonly truths: readonly {
    readonly truth: string;
    /** Each fitted to one half of all truths and measured on this one's queries of the other, among all its pictures. */
    readonly halves: readonly { readonly search: BlendSettings; readonly figures: MethodFigures }[];
    /** Of both halves, weighted by their queries. */
    readonly recallAt1: number;
  }[];
}

function tuneTruth(
  name: string,
  truth: DescribedTruth,
  { queries, seed }: Pick<TuneFlags, 'queries' | 'seed'>,
): TuneTruth {
  const rows = evenly(truth.queries, queries).map((query) => ({
    query,
    row: truth.rowOf(query),
    group: query.picture.group,
    self: query.self,
  }));
  const keyOf = (group: string): number => seedOf(seed, 'halves', group);
  const groups = [...new Set(rows.map(({ group }) => group))].sort((a, b) => keyOf(a) - keyOf(b));
  const first = new Set(groups.slice(0, groups.length / 2));
  const halves = [
    rows.filter(({ group }) => first.has(group)),
    rows.filter(({ group }) => !first.has(group)),
  ] as const;
  return { name, gallery: truth.gallery, halves };
}

function tune(truths: readonly TuneTruth[], start: BlendSettings, goal: FitGoal): Tuned {
  const fitTo = (rowsOf: (truth: TuneTruth) => readonly FitRow[]): BlendSettings =>
    fitBlend(
      truths.map((truth) => ({ rows: rowsOf(truth), gallery: truth.gallery })),
      start,
      goal,
    );
  const fitted = [fitTo(({ halves }) => halves[0]), fitTo(({ halves }) => halves[1])] as const;
  return {
    search: fitTo(({ halves }) => halves.flat()),
    truths: truths.map(({ name, gallery, halves }) => {
      const measured = [measuredOn(gallery, halves[1], fitted[0]), measuredOn(gallery, halves[0], fitted[1])];
      const hits = measured.reduce((sum, { figures }) => sum + (figures.recall[0] ?? 0) * figures.queries, 0);
      return { truth: name, halves: measured, recallAt1: hits / halves.flat().length };
    }),
  };
}

function measuredOn(
  gallery: FitTruth['gallery'],
  held: readonly TuneRow[],
  search: BlendSettings,
): Tuned['truths'][number]['halves'][number] {
  const method = methodsOf(search).find(({ name }) => name === 'blend');
  if (method === undefined) throw new TypeError('there is a method blend');
  const measure = new Measure(method);
  for (const { query, row } of held) measure.add(query.at, query.picture, query.self, gallery, row);
  return { search, figures: measure.figures(gallery.length) };
}

function tunedLines({ search, truths }: Tuned): string[] {
  const shown = truths.flatMap(({ truth, halves, recallAt1 }) => [
    ...halves.map(
      ({ figures }) =>
        `${truth}: fitted on one half, of the other's ${figures.queries} queries among ${figures.gallery} pictures: ` +
        `R@1 ${(figures.recall[0] ?? 0).toFixed(3)}, R@10 ${(figures.recall[2] ?? 0).toFixed(3)}, ` +
        `mAP ${figures.meanAveragePrecision.toFixed(3)}`,
    ),
    `${truth}: both halves: R@1 ${recallAt1.toFixed(3)}`,
  ]);
  return [...shown, 'fitted to all of it, for the config:', stringify({ search }).trimEnd()];
}
