/**
 * A contender in Python, in a process of its own: a script that says its version on a line once it is ready, and then
 * answers each line of milliseconds with what it finished in that time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { measurePeer, pythonPeer } from './peers.js';
import type { Peer, PythonPeer } from './peers.js';
import type { Contender } from './rounds.js';

/** `script`: in the folder of the benchmarks; `what`: it does, for its row. */
export function pythonContender(
  peer: PythonPeer,
  script: string,
  args: readonly string[],
  what: string,
): Promise<Peer<Contender>> {
  return measurePeer(pythonPeer(peer), (python) => started(peer, [python, pathOf(script), ...args], what));
}

// What the compiler does not copy is taken from the sources.
const pathOf = (script: string): string =>
  fileURLToPath(new URL(`../../../test/bench/${script}`, import.meta.url));

/** Rejects with what it complained of where it ends at once. */
async function started(name: string, [python, ...args]: readonly string[], what: string): Promise<Contender> {
  const child = spawn(python!, args, { stdio: 'pipe' });
  let complaint = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2000)));
  // It rejects where there is no such program.
  const closed = once(child, 'close');
  closed.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Line>(): Promise<Line> => {
    const line = await lines.next();
    if (line.done !== true) return JSON.parse(line.value) as Line;
    await closed;
    throw new Error(`it ended: ${complaint.trim().split('\n').at(-1) ?? ''}`);
  };
  const { version } = await next<{ readonly version: string }>();
  return {
    name: `${name} ${version}${what}`,
    run: (durationMs) => {
      child.stdin.write(`${durationMs}\n`);
      return next<{ readonly pictures: number; readonly cpuMs: number }>();
    },
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
