/** `fashiond search evaluate`: how well each method finds what is known to be alike. */
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import type { BlendSettings } from '../domain/similar.js';
import { DCGAN_METHOD, methodsOf } from '../search/evaluation/methods.js';
import type { Method } from '../search/evaluation/methods.js';
import { Measure } from '../search/evaluation/measure.js';
import type { MethodFigures } from '../search/evaluation/measure.js';
import type { CliContext } from './context.js';
import { requireDcgan } from './dcgan-codes.js';
import { FIGURE_HEAD, figureCells } from './search-figures.js';
import { writeSearchReport } from './search-report.js';
import { describeTruth, evenly } from './search-truth.js';
import { table } from './text-table.js';

export interface EvaluateSearchFlags {
  readonly truth: string;
  readonly model?: string;
  readonly method?: readonly string[];
  readonly dcgan?: string;
  readonly queries?: number;
  readonly out?: string;
  readonly json?: true;
}

/** Measures each method on a truth. Throws FashiondError for one that cannot be used. */
export async function evaluateSearch(
  config: Config,
  flags: EvaluateSearchFlags,
  context: CliContext,
): Promise<void> {
  const model = { ...config.model, path: flags.model ?? config.model.path };
  const methods = chosenMethods(flags, config.search);
  const truth = await describeTruth(flags.truth, { ...config, model }, context, flags.dcgan ?? null);
  const measures = methods.map((method) => new Measure(method));
  for (const query of evenly(truth.queries, flags.queries ?? truth.queries.length)) {
    context.signal.throwIfAborted();
    const row = truth.rowOf(query);
    for (const measure of measures) {
      measure.add(query.at, query.picture, query.self, truth.gallery, row);
    }
  }
  const figures = measures.map((measure) => measure.figures(truth.gallery.length));
  const { weights, sharpness } = config.search;
  const document = {
    model: truth.model,
    describeMs: truth.describeMs,
    blend: { weights, sharpness },
    methods: figures,
  };
  const json = JSON.stringify(document, null, 2);
  if (flags.out !== undefined) {
    await writeFileAtomic(join(flags.out, 'report.json'), `${json}\n`);
    await writeSearchReport(flags.out, truth, measures, figures);
  }
  if (flags.json === true) context.print(json);
  else for (const line of figureLines(figures)) context.print(line);
  if (flags.out !== undefined && flags.json !== true) context.print(`report written to ${flags.out}`);
}

/** The blend stays last: the report's examples are chosen by it. Throws FashiondError `usage` for other names. */
function chosenMethods({ method, dcgan }: EvaluateSearchFlags, settings: BlendSettings): readonly Method[] {
  const known = [DCGAN_METHOD, ...methodsOf(settings)];
  const unknown = method?.find((name) => known.every((one) => one.name !== name));
  if (unknown !== undefined) {
    throw new FashiondError('usage', `there is no method ${unknown}`, {
      hint: `The methods are ${known.map(({ name }) => name).join(', ')}.`,
    });
  }
  if (method?.includes(DCGAN_METHOD.name) === true) requireDcgan(dcgan);
  return known.filter(({ name }) =>
    method === undefined ? name !== DCGAN_METHOD.name || dcgan !== undefined : method.includes(name),
  );
}

function figureLines(figures: readonly MethodFigures[]): string[] {
  const [first] = figures;
  return [
    `${first?.queries ?? 0} queries among ${first?.gallery ?? 0} pictures`,
    ...table([FIGURE_HEAD, ...figures.map(figureCells)]),
  ];
}
