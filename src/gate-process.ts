/**
 * The gate in a process of its own: it decides on thousands of pictures, which is nothing for the daemon's threads. It is
 * the command that people type, at a lower priority; the verdict comes back through the registry, where it is kept.
 *
 * What the daemon is in force with is handed over: its config file may say something else by now, and `demo --data` keeps
 * its catalogue elsewhere than any file says.
 */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from './config/assets.js';
import type { Config } from './config/schema.js';
import { FashiondError } from './domain/errors.js';
import type { GateReport, ModelReading, RegisteredModel } from './domain/model-registry.js';

/** Of what it says on standard error, so much is told of. */
const MOST_SAID = 2000;
const TIMEOUT_MS = 3_600_000;

/** `config`: as the daemon serves with. Ends with the signal. */
export function judgeInProcess({
  config: { store, model },
  models,
  signal,
}: {
  readonly config: Pick<Config, 'store' | 'model'>;
  readonly models: ModelReading;
  readonly signal: AbortSignal;
}): (model: RegisteredModel, by: string) => Promise<GateReport> {
  const inForce = JSON.stringify({ store: { path: store.path, blobs: store.blobs }, model });
  return async ({ fingerprint }, by) => {
    await run(['models', 'judge', fingerprint, '--by', by, '--in-force', inForce], signal);
    const { gate } = models.find(fingerprint);
    if (gate !== null && gate.against === (models.current()?.fingerprint ?? null)) return gate;
    throw new FashiondError('internal', 'the gate ended without a verdict on the model', {
      hint: `fashiond models judge ${fingerprint.slice(0, 12)} shows why.`,
    });
  };
}

async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin', 'fashiond'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
    timeout: TIMEOUT_MS,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MOST_SAID);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child
      .once('error', reject)
      .once('close', resolve)
      .once('spawn', () => lower(child.pid));
  });
  if (code === 0) return;
  const why = said.trim();
  throw new FashiondError(
    'internal',
    `the gate could not judge the model: ${why === '' ? `exit code ${code}` : why}`,
    {
      hint: `fashiond ${args.slice(0, 3).join(' ')} shows it.`,
    },
  );
}

/** A system that does not allow it has the gate beside live work at the same priority. */
function lower(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // Nothing is lost.
  }
}
