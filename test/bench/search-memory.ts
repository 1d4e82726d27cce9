/**
 * Fills an index from a database and prints, as JSON, what that took of CPU and what the index takes of memory. To be run by
 * node --expose-gc: what is garbage is nothing that the index takes.
 */
import { readCompactBasis } from '../../src/model/compact-basis.js';
import { PARTS } from '../../src/search/blend.js';
import { openReadOnly } from '../../src/store/store.js';
import { storedIndex } from './search-stored.js';
import { timed } from './timed.js';

export interface FilledIndex {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly size: number;
}

const [path = '', basisPath = ''] = process.argv.slice(2);
const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) throw new Error('run with --expose-gc');
const residentBytes = (): number => {
  gc();
  return process.memoryUsage.rss();
};

const basis = await readCompactBasis(basisPath, PARTS);
const before = residentBytes();
const store = openReadOnly(path);
const stored = storedIndex(store, basis);
const { cpuMs } = timed(1, () => stored.filled());
store.close();
const filled: FilledIndex = { cpuMs, bytes: residentBytes() - before, size: stored.index.size };
console.log(JSON.stringify(filled));
