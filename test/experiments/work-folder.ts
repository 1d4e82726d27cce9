/** Where experiments keep pictures, data sets and models from one run to the next. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../../src/cli/context.js';

/** A command with the option that all experiments have; it throws instead of ending the process. */
export function experimentCommand(name: string, description: string): Command {
  return new Command(`npm run experiment -- ${name}`)
    .description(description)
    .exitOverride()
    .option(
      '--work <folder>',
      'keeps pictures, data sets and models',
      join(tmpdir(), 'fashiond-experiments'),
    );
}

/** The folder, with a word on where it is: it grows, and nobody else deletes it. */
export function workFolder(work: string, context: CliContext): string {
  const folder = resolve(work);
  context.note(`working in ${folder}; what is kept there is used again, and may be deleted`);
  return folder;
}
