/** What every command gets: where to print, whether a person watches, and when to stop. */
import type { Command } from 'commander';

export interface CliContext {
  /** One line on standard output: what the command was asked for. */
  readonly print: (line: string) => void;
  /** One line on standard error: progress and remarks. */
  readonly note: (line: string) => void;
  /** Standard error is a terminal: progress bars are welcome. */
  readonly interactive: boolean;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Adds one command to the program; its action throws FashiondError, which main turns into an exit code. */
export type RegisterCommand = (program: Command, context: CliContext) => void;
