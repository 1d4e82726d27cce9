/** `fashiond models`: which models there are, and which one decides. */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import type { Command } from 'commander';
import { configSchema } from '../config/schema.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { GateReport, ModelEvent, ModelReading, RegisteredModel } from '../domain/model-registry.js';
import { openReadOnly } from '../store/store.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';
import { exportModel, importModel } from './model-file.js';
import { judgeModel, promoteModel } from './models-promote.js';
import type { GateFlags, PromoteFlags } from './models-promote.js';
import { whole } from './option-values.js';
import { changing, checkLine, FOLLOWS, nameOf, whoami } from './registry.js';
import { table } from './text-table.js';

interface JsonFlag {
  readonly json?: true;
}

const MODEL = 'current, previous, candidate, a name, or the beginning of a fingerprint';
const HISTORY = 1000;

export const registerModels: RegisterCommand = (program, context) => {
  const models = program.command('models').description('which models there are, and which one decides');
  registerReading(models, context);
  registerChanging(models, context);
  registerFiles(models, context);
};

function registerReading(models: Command, context: CliContext): void {
  const list: Command = withConfigOption(models.command('list'))
    .description('registered models, the current one first')
    .option('--json', 'machine-readable output')
    .action(async (flags: JsonFlag) => {
      const found = reading((await requiredConfig(list)).config, (registry) => registry.list());
      if (flags.json === true) context.print(JSON.stringify({ models: found }, null, 2));
      else for (const line of listLines(found)) context.print(line);
    });
  const show: Command = withConfigOption(models.command('show'))
    .description('one model, and every step in its life')
    .argument('<model>', MODEL)
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: JsonFlag) => {
      const found = reading((await requiredConfig(show)).config, (registry) => {
        const model = registry.find(reference);
        return { model, events: registry.events(HISTORY, model.fingerprint) };
      });
      if (flags.json === true) context.print(JSON.stringify(found, null, 2));
      else for (const line of showLines(found.model, found.events)) context.print(line);
    });
}

function registerChanging(models: Command, context: CliContext): void {
  const judge: Command = withGateOptions(models.command('judge'))
    .description('measure a model beside the current one, and record what the gate says')
    .argument('[model]', MODEL, 'candidate')
    .option('--by <name>', 'who is recorded; the user of the system if not said')
    .option('--json', 'machine-readable output')
    .addOption(new Option('--in-force <settings>').hideHelp())
    .action(
      async (reference: string, flags: GateFlags & { readonly by?: string; readonly inForce?: string }) => {
        const config =
          flags.inForce === undefined ? (await requiredConfig(judge)).config : settingsInForce(flags.inForce);
        const operator = { config, by: flags.by ?? whoami(), threads: threadsOf() };
        await judgeModel(reference, flags, operator, context);
      },
    );
  const promote: Command = withGateOptions(models.command('promote'))
    .description('judge a model beside the current one, and make it current where it passes')
    .argument('[model]', MODEL, 'candidate')
    .option('--force', 'promote it whatever the gate says; this is recorded')
    .option('--note <text>', 'kept with the step')
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: PromoteFlags) => {
      const { config } = await requiredConfig(promote);
      await promoteModel(reference, flags, { config, by: whoami(), threads: threadsOf() }, context);
    });
  const rollback: Command = withConfigOption(models.command('rollback'))
    .description('make the previous model current again')
    .option('--note <text>', 'kept with the step')
    .option('--to <model>', 'refused where another model than this is the previous one by now')
    .action(async ({ to, ...flags }: { readonly note?: string; readonly to?: string }) => {
      const { config } = await requiredConfig(rollback);
      const { now, busy } = changing(config, (registry) => ({
        now: registry.models.rollBack({
          by: whoami(),
          ...flags,
          ...(to === undefined ? {} : { to: registry.models.find(to).fingerprint }),
        }),
        busy: registry.busy,
      }));
      context.print(`${nameOf(now)} is the current model again`);
      if (busy) context.note(FOLLOWS);
    });
}

/** What the daemon hands to its gate, as JSON: where its catalogue is, and how its models decide. */
function settingsInForce(json: string): Config {
  const { store, model } = JSON.parse(json) as Pick<Config, 'store' | 'model'>;
  const defaults = configSchema.parse({});
  return { ...defaults, store: { ...defaults.store, ...store }, model: { ...defaults.model, ...model } };
}

function withGateOptions(command: Command): Command {
  return withConfigOption(command)
    .option('--data <folder>', 'data set whose test split judges, instead of rendered and reviewed pictures')
    .option('--pictures <n>', 'rendered pictures of each category', whole(1, 1000), 20);
}

function registerFiles(models: Command, context: CliContext): void {
  const out: Command = withConfigOption(models.command('export'))
    .description('write a model into one file')
    .argument('<model>', MODEL)
    .argument('<file>', 'a tar archive; it is replaced where there is one')
    .action(async (reference: string, file: string) => {
      const { config } = await requiredConfig(out);
      const model = reading(config, (registry) => registry.find(reference));
      if (model.path === null)
        throw new FashiondError('not-found', `nobody knows where the folder of ${reference} is`);
      const bytes = await exportModel(model.path, file);
      context.print(`${nameOf(model)} written to ${file}, ${bytes} bytes`);
    });
  const into: Command = withConfigOption(models.command('import'))
    .description('check an exported model, and register it as candidate')
    .argument('<file>', 'what models export wrote')
    .option('--json', 'machine-readable output')
    .action(async (file: string, flags: JsonFlag) => {
      const { config } = await requiredConfig(into);
      const { manifest, folder } = await importModel(file, config.model.folder);
      const model = changing(config, ({ models: registry }) =>
        registry.addCandidate({ manifest, path: folder }, { kind: 'imported', by: whoami(), note: file }),
      );
      if (flags.json === true) context.print(JSON.stringify({ model }, null, 2));
      else context.print(`${nameOf(model)} is in ${folder} and ${model.role ?? 'registered'}`);
    });
}

function reading<T>({ store: { path } }: Pick<Config, 'store'>, work: (models: ModelReading) => T): T {
  const store = openReadOnly(path);
  try {
    return work(store.models);
  } finally {
    store.close();
  }
}

function threadsOf(): number {
  return Math.min(2, availableParallelism());
}

function listLines(models: readonly RegisteredModel[]): string[] {
  if (models.length === 0) return ['no model is registered yet: the daemon registers the one that it serves'];
  const rows = models.map(({ role, name, fingerprint, labels, gate, path }) => [
    role ?? '-',
    name,
    fingerprint.slice(0, 12),
    String(labels.length),
    verdictOf(gate),
    path ?? '-',
  ]);
  return table([['role', 'name', 'fingerprint', 'categories', 'gate', 'folder'], ...rows]);
}

function showLines(model: RegisteredModel, events: readonly ModelEvent[]): string[] {
  const { role, fingerprint, labels, threshold, path, gate } = model;
  return [
    `${nameOf(model)}: ${role ?? 'no role'}`,
    `  fingerprint  ${fingerprint}`,
    `  folder       ${path ?? '-'}`,
    `  categories   ${labels.join(', ')}`,
    `  threshold    ${threshold ?? '-'}`,
    `  gate         ${verdictOf(gate)}`,
    ...(gate?.checks ?? []).map((check) => `    ${checkLine(check)}`),
    'steps, the latest first:',
    ...events.map(({ at, step, by, other, note }) => {
      const beside =
        other === null ? '' : `, ${step === 'judged' ? 'beside' : 'in place of'} ${other.slice(0, 12)}`;
      return `  ${at}  ${step} by ${by}${beside}${note === null ? '' : `: ${note}`}`;
    }),
  ];
}

function verdictOf(gate: GateReport | null): string {
  if (gate === null) return 'not judged';
  return gate.passed ? 'passed' : 'failed';
}
