/** Builds the program, runs one command, and turns what it threw into a message and an exit code. */
import { Command, CommanderError } from 'commander';
import { packageVersion } from '../config/user-agent.js';
import { didYouMean } from '../config/validate.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { CliContext, RegisterCommand } from './context.js';
import { registerCalibrate } from './calibrate.js';
import { registerCheckConfig } from './check-config.js';
import { registerClassify } from './classify.js';
import { registerConfigSchema } from './config-schema.js';
import { registerCrawl } from './crawl.js';
import { registerDaemon } from './daemon.js';
import { registerDataset } from './dataset.js';
import { registerDemo } from './demo.js';
import { registerEvaluate } from './evaluate.js';
import { registerInspect } from './inspect.js';
import { registerQuantize } from './quantize.js';
import { registerSimilar } from './similar.js';
import { registerStatus } from './status.js';
import { registerTrain } from './train.js';

const EXIT = { fine: 0, failed: 1, usage: 2, badConfig: 78 } as const;

const COMMANDS: readonly RegisterCommand[] = [
  registerDaemon,
  registerCheckConfig,
  registerConfigSchema,
  registerDemo,
  registerCrawl,
  registerInspect,
  registerClassify,
  registerSimilar,
  registerDataset,
  registerTrain,
  registerEvaluate,
  registerCalibrate,
  registerQuantize,
  registerStatus,
];

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
  const context: CliContext = {
    print: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stderr.write(`${line}\n`),
    interactive: process.stderr.isTTY,
    signal: stop.signal,
  };
  const program = createProgram(context);
  try {
    requireKnownCommand(program, argv);
    await program.parseAsync([...argv]);
    return EXIT.fine;
  } catch (error) {
    return report(error, context);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** The program with all its commands; also what the README is checked against. */
export function createProgram(context: CliContext): Command {
  const program = new Command('fashiond')
    .description(
      'Keeps a fashion catalogue true: crawls shops, decides categories, finds cheaper lookalikes.',
    )
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError('(fashiond --help lists the commands)');
  for (const register of COMMANDS) register(program, context);
  overrideExits(program);
  return program;
}

/** Commander itself would complain of too many arguments, or of an option that the mistyped command has. */
function requireKnownCommand(program: Command, argv: readonly string[]): void {
  const [name] = program.parseOptions(argv.slice(2)).operands;
  const known = program.commands.map((command) => command.name());
  if (name === undefined || known.includes(name)) return;
  const guess = didYouMean(name, known);
  throw new FashiondError('usage', `there is no command ${name}${guess === undefined ? '' : `; ${guess}`}`, {
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
