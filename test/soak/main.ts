/**
 * `npm run soak [-- KILLS]`: kills a crawl of more than 3,000 pages with pictures at random moments (200 unless
 * said) and compares what it ends with to what the crawl ends with when nobody disturbs it. Ends with 1 when
 * anything was lost, damaged or fetched for nothing.
 */
import '../../src/platform/no-telemetry.js';
import { soak } from './soak.js';

const KILLS = 200;
const ITEMS = 1500;
const SHOWN = 20;

const [kills = String(KILLS), seed = '20261128', ...more] = process.argv.slice(2);
if (more.length > 0 || ![kills, seed].every((number) => /^[1-9]\d{0,8}$/.test(number))) {
  console.error('expected how many kills, and perhaps a seed for their moments, such as');
  console.error('  npm run soak -- 20');
  process.exitCode = 2;
} else {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const startedAt = performance.now();
  const report = await soak({
    kills: Number(kills),
    items: ITEMS,
    seed: Number(seed),
    note: (line) => console.log(line),
  });
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(
    `${kills} kills over ${report.crawls} ${report.crawls === 1 ? 'crawl' : 'crawls'} of ${report.fetched} addresses ` +
      `in ${minutes} min: ${report.again} fetched again, all but ${report.unused} of the leases found were used`,
  );
  for (const problem of report.problems.slice(0, SHOWN)) console.log(`lost:  ${problem}`);
  const hidden = report.problems.length - SHOWN;
  if (hidden > 0) console.log(`lost:  and ${hidden} more`);
  if (report.problems.length === 0) {
    console.log('kept:  the catalogue is that of the undisturbed crawl, and no fetch is unexplained');
  } else {
    process.exitCode = 1;
  }
}
