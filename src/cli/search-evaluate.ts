/** `fashiond search evaluate`: how well each method finds what is known to be alike. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { methodsOf } from '../search/evaluation/methods.js';
import { Measure } from '../search/evaluation/measure.js';
import type { MethodFigures } from '../search/evaluation/measure.js';
import { optionalConfig, withConfigOption } from './config-option.js';
import type { CliContext } from './context.js';
import { FIGURE_HEAD, figureCells } from './search-figures.js';
import { writeSearchReport } from './search-report.js';
import { describeTruth } from './search-truth.js';
import { table } from './text-table.js';

interface EvaluateFlags {
  readonly truth: string;
  readonly model?: string;
  readonly out?: string;
  readonly json?: true;
}

export function registerSearchEvaluate(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('evaluate'))
    .description('say how often each method of search finds another picture of the same garment')
    .requiredOption('--truth <file>', 'JSON Lines, a picture a line: {"path", "group"}')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .option('--out <folder>', 'write report.html, its plot and report.json there')
    .option('--json', 'machine-readable output')
    .action(async (flags: EvaluateFlags) => {
      const config = await optionalConfig(command);
      const model = { ...config.model, path: flags.model ?? config.model.path };
      const truth = await describeTruth(flags.truth, { ...config, model }, context);
      const measures = methodsOf(config.search).map((method) => new Measure(method));
      for (const query of truth.queries) {
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
    });
}

function figureLines(figures: readonly MethodFigures[]): string[] {
  const [first] = figures;
  return [
    `${first?.queries ?? 0} queries among ${first?.gallery ?? 0} pictures`,
    ...table([FIGURE_HEAD, ...figures.map(figureCells)]),
  ];
}
