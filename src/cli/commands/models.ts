/** `fashiond models`: which models there are, and which one decides. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Config } from '../../config/schema.js';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { requiredConfig, withConfigOption } from '../config-option.js';
import type { CliContext, RegisterCommand } from '../context.js';
import type { JsonFlag, RollbackFlags } from '../models.js';
import type { GateFlags, PromoteFlags } from '../models-promote.js';
import { whole } from '../option-values.js';

const MODEL = 'current, previous, candidate, a name, or the beginning of a fingerprint';

export const registerModels: RegisterCommand = (program, context) => {
  const models = program.command('models').description('which models there are, and which one decides');
  registerReading(models, context);
  registerJudging(models, context);
  registerRollback(models, context);
  registerFiles(models, context);
};

interface JudgeFlags extends GateFlags {
  readonly by?: string;
  readonly inForce?: string;
}

function registerReading(models: Command, context: CliContext): void {
  const list: Command = withConfigOption(models.command('list'))
    .description('registered models, the current one first')
    .option('--json', 'machine-readable output')
    .action(async (flags: JsonFlag) => {
      const { config } = await requiredConfig(list);
      const { listModels } = await import('../models.js');
      listModels(config, flags, context);
    });
  const show: Command = withConfigOption(models.command('show'))
    .description('one model, and every step in its life')
    .argument('<model>', MODEL)
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: JsonFlag) => {
      const { config } = await requiredConfig(show);
      const { showModel } = await import('../models.js');
      showModel(config, reference, flags, context);
    });
}

function registerJudging(models: Command, context: CliContext): void {
  const judge: Command = withGateOptions(models.command('judge'))
    .description('measure a model beside the current one, and record what the gate says')
    .argument('[model]', MODEL, 'candidate')
    .option('--by <name>', 'who is recorded; the user of the system if not said')
    .option('--json', 'machine-readable output')
    .addOption(new Option('--in-force <settings>').hideHelp())
    .action(async (reference: string, flags: JudgeFlags) => {
      const { inForce } = flags;
      const config =
        inForce === undefined ? (await requiredConfig(judge)).config : await settingsInForce(inForce);
      const { judgeModel } = await import('../models-promote.js');
      const { whoami } = await import('../registry.js');
      const operator = { config, by: flags.by ?? whoami(), threads: threadsOf() };
      await judgeModel(reference, flags, operator, context);
    });
  const promote: Command = withGateOptions(models.command('promote'))
    .description('judge a model beside the current one, and make it current where it passes')
    .argument('[model]', MODEL, 'candidate')
    .option('--force', 'promote it whatever the gate says; this is recorded')
    .option('--note <text>', 'kept with the step')
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: PromoteFlags) => {
      const { config } = await requiredConfig(promote);
      const { promoteModel } = await import('../models-promote.js');
      const { whoami } = await import('../registry.js');
      await promoteModel(reference, flags, { config, by: whoami(), threads: threadsOf() }, context);
    });
}

/** What the daemon hands to its gate, as JSON: where its catalogue is, and how its models decide. */
async function settingsInForce(json: string): Promise<Config> {
  let given: Partial<Pick<Config, 'store' | 'model'>> | null;
  try {
    given = JSON.parse(json) as Pick<Config, 'store' | 'model'>;
  } catch (error) {
    throw new FashiondError('usage', `--in-force is no JSON: ${messageOf(error)}`, { cause: error });
  }
  if (given?.store?.path === undefined || given.model === undefined) {
    throw new FashiondError('usage', '--in-force names no catalogue or no model');
  }
  const { configSchema } = await import('../../config/schema.js');
  const defaults = configSchema.parse({});
  const { store, model } = given;
  return { ...defaults, store: { ...defaults.store, ...store }, model: { ...defaults.model, ...model } };
}

function withGateOptions(command: Command): Command {
  return withConfigOption(command)
    .option('--data <folder>', 'data set whose test split judges, instead of rendered and reviewed pictures')
    .option('--pictures <n>', 'rendered pictures of each category', whole(1, 1000), 20);
}

function threadsOf(): number {
  return Math.min(2, availableParallelism());
}

function registerRollback(models: Command, context: CliContext): void {
  const rollback: Command = withConfigOption(models.command('rollback'))
    .description('make the previous model current again')
    .option('--note <text>', 'kept with the step')
    .option('--to <model>', 'by name or fingerprint; refused where another model is the previous one by now')
    .action(async (flags: RollbackFlags) => {
      const { config } = await requiredConfig(rollback);
      const { rollBack } = await import('../models.js');
      rollBack(config, flags, context);
    });
}

function registerFiles(models: Command, context: CliContext): void {
  const out: Command = withConfigOption(models.command('export'))
    .description('write a model into one file')
    .argument('<model>', MODEL)
    .argument('<file>', 'a tar archive; it is replaced where there is one')
    .action(async (reference: string, file: string) => {
      const { config } = await requiredConfig(out);
      const { exportRegistered } = await import('../models.js');
      await exportRegistered(config, reference, file, context);
    });
  const into: Command = withConfigOption(models.command('import'))
    .description('check an exported model, and register it as candidate')
    .argument('<file>', 'what models export wrote')
    .option('--json', 'machine-readable output')
    .action(async (file: string, flags: JsonFlag) => {
      const { config } = await requiredConfig(into);
      const { importCandidate } = await import('../models.js');
      await importCandidate(config, file, flags, context);
    });
}
