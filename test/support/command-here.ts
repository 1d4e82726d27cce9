/**
 * One command line of the compiled program, run in this process: all of it but the executable. For tests that ask many
 * questions, where starting a process for each would take most of the time and protect nothing more.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vi } from 'vitest';
import { root } from './cli.js';
import type { CliResult } from './cli.js';

type Program = typeof import('../../src/cli/run-cli.js');

/** Loaded as it is shipped, not through the test runner, which would take longer than starting a process. */
const program = pathToFileURL(join(root, 'dist/cli/run-cli.js')).href;

/** One at a time: what it prints is caught at the process's own streams. */
export async function fashiondHere(...args: readonly string[]): Promise<CliResult> {
  const { runCli } = (await import(program)) as Program;
  const output = { stdout: '', stderr: '' };
  const caught = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text, encodingOrDone, done) => {
      output[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      const written = typeof encodingOrDone === 'function' ? encodingOrDone : done;
      if (written !== undefined) process.nextTick(written);
      return true;
    }),
  );
  try {
    const code = await runCli([process.execPath, 'fashiond', ...args]);
    return { code, ...output };
  } finally {
    for (const stream of caught) stream.mockRestore();
  }
}
