/** `npm run bench -- NAME [ROUNDS]`: measures one part beside what it is built on, in the same run. */
import '../../src/platform/no-telemetry.js';
import { benchInfer } from './infer.js';
import { benchTrain } from './train.js';

const BENCHES: Readonly<Record<string, (rounds?: number) => Promise<void>>> = {
  infer: benchInfer,
  train: benchTrain,
};

const [name = '', rounds] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined || (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(rounds))) {
  console.error(
    `expected the name of a benchmark (${Object.keys(BENCHES).join(', ')}) and perhaps of how many`,
  );
  console.error('rounds, such as');
  console.error('  npm run bench -- infer 3');
  process.exitCode = 2;
} else {
  await bench(rounds === undefined ? undefined : Number(rounds));
}
