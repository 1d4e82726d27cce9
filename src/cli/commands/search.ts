/** `fashiond search`: how good the search for lookalikes is, and its weights. */
import { Option } from 'commander';
import type { Command } from 'commander';
import { optionalConfig, withConfigOption } from '../config-option.js';
import type { CliContext, RegisterCommand } from '../context.js';
import { whole } from '../option-values.js';
import type { CompressFlags } from '../search-compress.js';
import type { EvaluateSearchFlags } from '../search-evaluate.js';
import type { MetricFlags } from '../search-metric.js';
import type { TuneFlags } from '../search-tune.js';

export const registerSearch: RegisterCommand = (program, context) => {
  const search = program.command('search').description('measure and tune the search for lookalikes');
  registerEvaluate(search, context);
  registerTune(search, context);
  registerCompress(search, context);
  registerMetric(search, context);
};

function registerEvaluate(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('evaluate'))
    .description('say how often each method of search finds another picture of the same garment')
    .requiredOption('--truth <file>', 'JSON Lines, a picture a line: {"path", "group"}')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .option('--method <name...>', 'only these methods; all when absent')
    .option('--dcgan <folder>', 'what `train dcgan` wrote: its encoder is the method dcgan')
    .option('--queries <n>', 'so many queries, taken evenly; all when not given', whole(1))
    .option('--out <folder>', 'write report.html, its plot and report.json there')
    .option('--json', 'machine-readable output')
    .action(async (flags: EvaluateSearchFlags) => {
      const config = await optionalConfig(command);
      const { evaluateSearch } = await import('../search-evaluate.js');
      await evaluateSearch(config, flags, context);
    });
}

function registerTune(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('tune'))
    .description('fit the weights of the blend to truths, and say what they are worth on other garments')
    .requiredOption('--truth <file...>', 'JSON Lines, a picture a line: {"path", "group"}; all count alike')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .option(
      '--queries <n>',
      'of each truth, taken evenly; all are compared with its whole gallery',
      whole(2),
      1000,
    )
    .addOption(
      new Option('--goal <what>', 'what of several truths counts').choices(['mean', 'worst']).default('mean'),
    )
    .option('--seed <n>', 'which groups go into which half', whole(0), 1)
    .option('--json', 'machine-readable output')
    .action(async (flags: TuneFlags) => {
      const config = await optionalConfig(command);
      const { tuneSearch } = await import('../search-tune.js');
      await tuneSearch(config, flags, context);
    });
}

function registerCompress(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('compress'))
    .description('find the directions of short vectors, which a large index looks at first')
    .requiredOption('--truth <file...>', 'whose pictures they are fitted to, JSON Lines')
    .requiredOption('--out <folder>', 'where the directions are written')
    .option('--measure <file>', 'say what the short vectors keep of the answers to this truth')
    .option('--model <folder>', 'model folder; the default is the one that ships')
    .action(async (flags: CompressFlags) => {
      const config = await optionalConfig(command);
      const { compressVectors } = await import('../search-compress.js');
      await compressVectors(config, flags, context);
    });
}

function registerMetric(parent: Command, context: CliContext): void {
  const command: Command = withConfigOption(parent.command('metric'))
    .description('fit how a lookalike model compares, to garments that its network was not taught')
    .requiredOption('--truth <file...>', 'JSON Lines, a picture a line: {"path", "group"}')
    .requiredOption('--model <folder>', 'folder of the lookalike model, which gets the metric')
    .action(async (flags: MetricFlags) => {
      const config = await optionalConfig(command);
      const { fitMetric } = await import('../search-metric.js');
      await fitMetric(config, flags, context);
    });
}
