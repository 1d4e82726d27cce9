/**
 * Where the module of a thread is, and how a thread starts.
 *
 * Workers always run compiled code: Node 20 cannot run TypeScript, and the compiler does not rewrite worker
 * URLs. When the caller itself runs from src/ (tests), the worker is taken from dist/.
 */
import { fileURLToPath } from 'node:url';

/**
 * Piscina asks `require()` for a worker's module before it imports it. Node 20 and 22 can require a module, but a
 * thread that is ended in the middle of that takes the whole process with it ("IsGraphAsync must be used on an
 * instantiated module"): a run that is over within a few hundred milliseconds would die. Workers only import.
 */
export const IMPORT_ONLY: readonly string[] = ['--no-experimental-require-module'];

/** Path of the compiled worker module that belongs to the calling module. */
export function workerPath(from: string, worker: string): string {
  const path = fileURLToPath(new URL(worker, from));
  return from.endsWith('.ts') ? path.replace(/^(.*[\\/])src([\\/])/, '$1dist$2') : path;
}
