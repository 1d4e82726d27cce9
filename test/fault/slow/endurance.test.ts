/** The judge of the endurance run beside processes that leak, measured as the daemon is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leaksIn } from '../../soak/endurance/judge.js';
import type { TimedFigures } from '../../soak/endurance/judge.js';
import { processFigures } from '../../soak/endurance/process-figures.js';

const SAMPLES = 120;
/** Of these, so many are left out: a process that starts grows for a while, leak or not. */
const WARM_UP = 20;
/** What a sample stands for: eighteen seconds in all, however long they take on a busy machine. */
const SAMPLE_MS = 150;

/** What a child does between two samples. */
const LEAKS = {
  nothing: '0',
  memory: 'kept.push(Buffer.alloc(1_000_000, 1))',
  descriptors: `kept.push(require('node:fs').openSync('/dev/null'))`,
  threads: `if (++asked % 3 === 0) kept.push(new (require('node:worker_threads').Worker)('setInterval(() => 0, 1e6)', { eval: true }))`,
};

async function watched(leak: keyof typeof LEAKS): Promise<TimedFigures[]> {
  const program = `const kept = []; let asked = 0; process.stdin.on('data', () => { ${LEAKS[leak]}; console.log('done') })`;
  const child = spawn(process.execPath, ['--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const samples: TimedFigures[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const done = once(child.stdout, 'data');
      child.stdin.write('leak');
      await done;
      samples.push({ atMs: sample * SAMPLE_MS, ...processFigures(child.pid!) });
    }
    return samples.slice(WARM_UP);
  } finally {
    child.kill('SIGKILL');
  }
}

// Elsewhere the figures cannot be had.
describe.skipIf(!existsSync('/proc/self/task'))('the endurance run', () => {
  it.concurrent.each(['memory', 'descriptors', 'threads'] as const)(
    'catches a process that leaks %s',
    async (what) => {
      expect(leaksIn(await watched(what))).toContainEqual(
        expect.stringMatching(new RegExp(`^${what} grows`)),
      );
    },
  );

  it.concurrent('lets a process pass that leaks nothing', async () => {
    expect(leaksIn(await watched('nothing'))).toEqual([]);
  });
});
