/**
 * `npm run bench -- NAME [ROUNDS] [--require]`: measures one part beside what it is built on, in the same run. With
 * --require it ends with 1 when a bar is missed.
 */
import '../../src/platform/no-telemetry.js';
import { benchExtract } from './extract.js';
import { benchHostile } from './hostile.js';
import { benchInfer } from './infer.js';
import { exitCodeOf } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { benchSitemap } from './sitemap.js';
import { benchTrain } from './train.js';

const BENCHES: Readonly<Record<string, (rounds?: number) => Promise<readonly BenchBar[]>>> = {
  extract: benchExtract,
  hostile: benchHostile,
  infer: benchInfer,
  sitemap: benchSitemap,
  train: benchTrain,
};

const REQUIRE = '--require';
const given = process.argv.slice(2);
const required = given.includes(REQUIRE);
const [name = '', rounds, ...more] = given.filter((argument) => argument !== REQUIRE);
const bench = BENCHES[name];
if (bench === undefined || more.length > 0 || (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(rounds))) {
  console.error(
    `expected the name of a benchmark (${Object.keys(BENCHES).join(', ')}), perhaps of how many rounds, and`,
  );
  console.error(`perhaps ${REQUIRE}, which makes a missed bar an error, such as`);
  console.error('  npm run bench -- infer 3');
  process.exitCode = 2;
} else {
  const bars = await bench(rounds === undefined ? undefined : Number(rounds));
  process.exitCode = exitCodeOf(bars, required);
}
