/** `npm run bench -- NAME`: measures one part beside what it is built on, in the same run. */
import '../../src/platform/no-telemetry.js';
import { benchInfer } from './infer.js';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { infer: benchInfer };

const name = process.argv[2] ?? '';
const bench = BENCHES[name];
if (bench === undefined) {
  console.error(`expected the name of a benchmark (${Object.keys(BENCHES).join(', ')}), such as`);
  console.error('  npm run bench -- infer');
  process.exitCode = 2;
} else {
  await bench();
}
