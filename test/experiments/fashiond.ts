/** The command itself, for experiments that are a sequence of its commands. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CliContext } from '../../src/cli/context.js';
import { FashiondError } from '../../src/domain/errors.js';

/** Throws FashiondError when the command fails; it has said why by then. */
export async function fashiond({ signal }: CliContext, ...words: readonly string[]): Promise<void> {
  // npm runs scripts in the project's folder, where `npm run build` has compiled the command.
  const child = spawn(process.execPath, ['bin/fashiond', ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new FashiondError('refused', `fashiond ${words.slice(0, 2).join(' ')} ended with ${code}`);
}
