/**
 * `npm run bench`: all of them, see all.ts. `npm run bench -- NAME [...]`: measures one part beside what it is built on or
 * compared with, in the same run. With --require it ends with 1 when a bar is missed, with --require=10 when one is missed
 * by more than ten times; with --record its part of RESULTS.md is written anew, as those of all are when several are run.
 * A benchmark that crashes ends it with 1 in any case.
 */
import { fileURLToPath } from 'node:url';
import '../../src/platform/no-telemetry.js';
import { benchAll } from './all.js';
import { benchBackup } from './backup.js';
import { writeBars } from './bars-file.js';
import { benchCommand } from './command-line.js';
import { benchCrawl } from './crawl/crawl.js';
import { crawlOptions } from './crawl/options.js';
import { benchDecode } from './decode.js';
import { benchExtract } from './extract.js';
import { benchFrontier } from './frontier.js';
import { benchGrowth } from './growth.js';
import { benchHostile } from './hostile.js';
import { benchInfer } from './infer.js';
import { benchReads } from './reads.js';
import { exitCodeOf } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { benchSearch } from './search.js';
import { benchSitemap } from './sitemap.js';
import { benchStore } from './store.js';
import { benchSwap } from './swap.js';
import { benchTrain } from './train.js';

type Bench = () => Promise<readonly BenchBar[]>;

/** Null where the arguments are not understood. */
const BENCHES: Readonly<Record<string, (args: readonly string[]) => Bench | null>> = {
  backup: inRounds(benchBackup),
  decode: inRounds(benchDecode),
  extract: inRounds(benchExtract),
  frontier: inRounds(benchFrontier),
  hostile: inRounds(benchHostile),
  infer: inRounds(benchInfer),
  reads: inRounds(benchReads),
  sitemap: inRounds(benchSitemap),
  store: inRounds(benchStore),
  swap: inRounds(benchSwap),
  train: inRounds(benchTrain),
  growth: ([most, ...more]) => {
    if (more.length > 0 || (most !== undefined && !/^10{5,6}$/.test(most))) return null;
    return () => benchGrowth(most === undefined ? undefined : Number(most));
  },
  search: ([items, ...more]) => {
    if (more.length > 0 || (items !== undefined && !/^[1-9]\d{3,6}$/.test(items))) return null;
    return () => benchSearch(items === undefined ? undefined : Number(items));
  },
  crawl: (args) => {
    const options = crawlOptions(args);
    return options === null ? null : () => benchCrawl(options);
  },
};

/** Beside this file's source, wherever it was compiled to. */
const RESULTS = fileURLToPath(new URL('../../../test/bench/RESULTS.md', import.meta.url));
const USAGE = `expected nothing, for all, names, or one name of a benchmark (${Object.keys(BENCHES).join(', ')}), perhaps what it
takes, and perhaps --require, which makes a missed bar an error, --require=10, which makes one that is missed by more
than ten times, or --record, which writes the part of RESULTS.md, such as
  npm run bench -- infer 3                 in so many rounds
  npm run bench -- growth 100000           catalogues of up to so many items
  npm run bench -- search 100000           so many vectors
  npm run bench -- crawl --seconds 60 --hosts 100 --items 20 --client undici --record`;

const all = Object.keys(BENCHES);
const command = benchCommand(process.argv.slice(2), all);
const benches = command?.wanted.map(({ name, args }) => BENCHES[name]?.(args) ?? null) ?? [null];
if (command === null || benches.includes(null)) {
  console.error(USAGE);
  process.exitCode = 2;
} else if (command.isRecorded) {
  const { bars, crashed } = await benchAll(command.wanted, {
    all,
    results: RESULTS,
    main: fileURLToPath(import.meta.url),
  });
  process.exitCode = crashed.length > 0 ? 1 : exitCodeOf(bars, command.within);
} else {
  const bars = (await benches[0]?.()) ?? [];
  if (command.barsFile !== null) writeBars(command.barsFile, bars);
  process.exitCode = exitCodeOf(bars, command.within);
}

/** Takes how many rounds, or nothing. */
function inRounds(bench: (rounds?: number) => Promise<readonly BenchBar[]>): (typeof BENCHES)[string] {
  return ([rounds, ...more]) => {
    if (more.length > 0 || (rounds !== undefined && !/^[1-9]\d{0,2}$/.test(rounds))) return null;
    return () => bench(rounds === undefined ? undefined : Number(rounds));
  };
}
