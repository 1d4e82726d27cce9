/**
 * `npm run soak [-- KILLS]`: kills a crawl of more than 3,000 pages with pictures at random moments (200 unless
 * said) and compares what it ends with to what the crawl ends with when nobody disturbs it.
 *
 * `npm run soak -- --minutes 30`: lets it run at full speed beside a hostile shop and users, looks for growth, and compares
 * its prices to those of the shops.
 *
 * Ends with 1 when anything was lost, damaged or fetched for nothing, grew (or cannot be told not to have), or went wrong
 * without a name.
 */
import '../../src/platform/no-telemetry.js';
import { endure } from './endurance/endurance.js';
import { soak } from './soak.js';

const KILLS = 200;
const ITEMS = 1500;
const SHOWN = 20;
const NUMBER = /^[1-9]\d{0,8}$/;

const note = (line: string): void => console.log(line);

const given = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const [first, minutes = '', second, items = ''] = given;
const hasItems = given.length === 4 && second === '--items' && NUMBER.test(items);
if (first === '--minutes' && NUMBER.test(minutes) && (given.length === 2 || hasItems)) {
  await endureFor(Number(minutes), hasItems ? Number(items) : undefined);
} else if (given.length <= 2 && given.every((number) => NUMBER.test(number))) {
  await kill(Number(given[0] ?? KILLS), Number(given[1] ?? '20261128'));
} else {
  console.error(
    'expected how many kills, and perhaps a seed for their moments, or for how long to run, such as',
  );
  console.error('  npm run soak -- 20');
  console.error('  npm run soak -- --minutes 30');
  console.error('  npm run soak -- --minutes 30 --items 3000');
  process.exitCode = 2;
}

async function kill(kills: number, seed: number): Promise<void> {
  const startedAt = performance.now();
  const report = await soak({ kills, items: ITEMS, seed, note });
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(
    `${kills} kills over ${report.crawls} ${report.crawls === 1 ? 'crawl' : 'crawls'} of ${report.fetched} addresses ` +
      `in ${minutes} min: ${report.again} fetched again, all but ${report.unused} of the leases found were used`,
  );
  conclude(
    'lost:  ',
    report.problems,
    'kept:  the catalogue is that of the undisturbed crawl, and no fetch is unexplained',
  );
}

async function endureFor(minutes: number, items: number | undefined): Promise<void> {
  const problems = await endure({ minutes, ...(items === undefined ? {} : { items }), note });
  conclude(
    'wrong: ',
    problems,
    'kept:  nothing grew, every request was answered, every warning has its name, every price is that of its shop',
  );
}

function conclude(word: string, problems: readonly string[], praise: string): void {
  for (const problem of problems.slice(0, SHOWN)) console.log(`${word}${problem}`);
  const hidden = problems.length - SHOWN;
  if (hidden > 0) console.log(`${word}and ${hidden} more`);
  if (problems.length === 0) console.log(praise);
  else process.exitCode = 1;
}
