/** Builds the program, runs one command, and turns what it threw into a message and an exit code. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../config/user-agent.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import { didYouMean } from '../platform/did-you-mean.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';
import { HangUp } from './hang-up.js';

const EXIT = { fine: 0, failed: 1, usage: 2, badConfig: 78 } as const;

/**
 * What each command takes. These modules are light, so that help and a wrong option are answered at once; each loads what
 * does the work (charts, decoders and runtimes take most of a second) when its command runs.
 */
const COMMANDS: Readonly<Record<string, () => Promise<RegisterCommand>>> = {
  'check-config': async () => (await import('./commands/check-config.js')).registerCheckConfig,
  config: async () => (await import('./commands/config-schema.js')).registerConfigSchema,
  demo: async () => (await import('./commands/demo.js')).registerDemo,
  crawl: async () => (await import('./commands/crawl.js')).registerCrawl,
  inspect: async () => (await import('./commands/inspect.js')).registerInspect,
  classify: async () => (await import('./commands/classify.js')).registerClassify,
  similar: async () => (await import('./commands/similar.js')).registerSimilar,
  search: async () => (await import('./commands/search.js')).registerSearch,
  dataset: async () => (await import('./commands/dataset.js')).registerDataset,
  train: async () => (await import('./commands/train.js')).registerTrain,
  evaluate: async () => (await import('./commands/evaluate.js')).registerEvaluate,
  calibrate: async () => (await import('./commands/calibrate.js')).registerCalibrate,
  quantize: async () => (await import('./commands/quantize.js')).registerQuantize,
  models: async () => (await import('./commands/models.js')).registerModels,
  review: async () => (await import('./commands/review.js')).registerReview,
  db: async () => (await import('./commands/db.js')).registerDb,
  completion: async () => (await import('./completion.js')).registerCompletion,
  status: async () => (await import('./commands/status.js')).registerStatus,
};

/**
 * Commands of `db` that a signal ends as it ends any program, at any moment: SQLite's calls block the thread for minutes, on
 * which nothing would be told of a signal, and whatever they leave unfinished is none or is taken back. A copy that was not
 * finished stays beside its place, as .partial or .restoring, until the same command is run again; the daily upkeep clears
 * those away that are in store.backups.
 */
const ENDED_BY_SIGNALS: ReadonlySet<string> = new Set(['backup', 'check', 'migrate', 'prune', 'restore']);

/** Runs one command line; never throws. Returns the exit code. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => {
    // The second signal does not wait for anything.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const letSignalsEnd = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  const context: CliContext = {
    print: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY,
    signal: stop.signal,
  };
  const program = emptyProgram(context);
  program.hook('preAction', (_, command) => {
    if (command.parent?.name() === 'db' && ENDED_BY_SIGNALS.has(command.name())) letSignalsEnd();
  });
  try {
    await register(program, context, commandsIn(program, argv));
    await program.parseAsync([...argv]);
    return EXIT.fine;
  } catch (error) {
    return report(error, context);
  } finally {
    letSignalsEnd();
  }
}

/** The program with all its commands, for what the README is checked against. Throws where one is not found by its name. */
export async function createProgram(context: CliContext): Promise<Command> {
  const program = emptyProgram(context);
  const names = Object.keys(COMMANDS);
  await register(program, context, names);
  const stray = program.commands.map((command) => command.name()).find((name) => !names.includes(name));
  if (stray !== undefined)
    throw new FashiondError('internal', `the command ${stray} is not found by its name`);
  return program;
}

/** Without a command it is the daemon. */
function emptyProgram(context: CliContext): Command {
  const program = new Command('fashiond')
    .description(
      'Keeps a fashion catalogue true: crawls shops, decides categories, finds cheaper lookalikes.',
    )
    .version(packageVersion())
    .helpCommand(true)
    .exitOverride()
    .showHelpAfterError('(fashiond --help lists the commands)');
  return withConfigOption(program).action(async () => {
    const hangUp = new HangUp();
    try {
      const loaded = await requiredConfig(program);
      const { runDaemon } = await import('./daemon.js');
      await runDaemon(loaded, context, hangUp);
    } finally {
      hangUp.release();
    }
  });
}

async function register(program: Command, context: CliContext, names: readonly string[]): Promise<void> {
  for (const name of names) (await COMMANDS[name]?.())?.(program, context);
  overrideExits(program);
}

/**
 * What has to be loaded for a command line: its command, all where it asks for help on the program. Throws
 * FashiondError `usage` for a command that does not exist; Commander itself would complain of too many arguments, or
 * of an option that the mistyped command has.
 */
function commandsIn(program: Command, argv: readonly string[]): readonly string[] {
  const known = Object.keys(COMMANDS);
  const [name, topic] = program.parseOptions(argv.slice(2)).operands;
  if (name === undefined) return argv.some((word) => word === '--help' || word === '-h') ? known : [];
  // What is completed is read off the program as well.
  if (name === 'completion') return known;
  if (name === 'help') {
    // Commander shows the help of the program then.
    if (topic !== undefined && topic !== 'help' && !known.includes(topic)) throw unknownCommand(topic, known);
    return known;
  }
  if (known.includes(name)) return [name];
  throw unknownCommand(name, known);
}

function unknownCommand(name: string, known: readonly string[]): FashiondError {
  const guess = didYouMean(name, known);
  return new FashiondError('usage', `there is no command ${name}${guess === undefined ? '' : `; ${guess}`}`, {
    hint: 'fashiond --help lists the commands.',
  });
}

/** Commander ends the process on its own unless every command is told to throw. */
function overrideExits(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride();
    overrideExits(child);
  }
}

function report(error: unknown, context: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  context.note(`fashiond: ${messageOf(error)}`);
  if (!(error instanceof FashiondError)) {
    if (error instanceof Error && error.stack !== undefined) context.note(error.stack);
    return EXIT.failed;
  }
  if (error.hint !== null) context.note(`  ${error.hint}`);
  if (error.code === 'config') return EXIT.badConfig;
  return error.code === 'usage' ? EXIT.usage : EXIT.failed;
}
