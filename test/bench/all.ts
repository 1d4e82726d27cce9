/**
 * Benchmarks, each in a process of its own so that none inherits another's memory: one table of their bars, and their
 * parts of test/bench/RESULTS.md written anew. One that crashed leaves its part as it was.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { readBars } from './bars-file.js';
import type { WantedBench } from './command-line.js';
import { TABLE_HEAD, partOf, partsIn, resultsText } from './results.js';
import { boundText, figure, isMet } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { measuredText } from './versions.js';

interface Result {
  readonly name: string;
  readonly bars: readonly BenchBar[];
  readonly output: string;
  /** The last lines it complained in. */
  readonly complaint: string;
  readonly code: number | null;
  /** Average load of the machine before it began. */
  readonly load: number;
  readonly measured: string;
}

interface Place {
  /** Every benchmark's name, in the order of the results. */
  readonly all: readonly string[];
  /** RESULTS.md. */
  readonly results: string;
  /** The script that runs one. */
  readonly main: string;
}

/** What each takes to end within minutes; alone they take longer by default. */
const SHORT: Readonly<Record<string, readonly string[]>> = { crawl: ['--seconds', '120'] };
/** Of what a crashed one complained. */
const LINES = 15;

/** Returns the bars of all, and the names of those that crashed. */
export async function benchAll(
  wanted: readonly WantedBench[],
  { all, results, main }: Place,
): Promise<{ readonly bars: readonly BenchBar[]; readonly crashed: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-'));
  const done: Result[] = [];
  try {
    for (const one of wanted) {
      console.log(`\n== ${[one.name, ...one.args].join(' ')}`);
      const result = await runOne(main, one, join(folder, `${one.name}.json`));
      done.push(result);
      if (result.code !== 0) continue;
      // At once, so that a run that is stopped leaves what it measured.
      const parts = partsIn(existsSync(results) ? readFileSync(results, 'utf8') : '');
      parts.set(one.name, partOf({ ...result, rows: rowsOf(result) }));
      writeFileSync(results, resultsText(parts, all));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`\n${tableOf(done)}`);
  const crashed = done.filter(({ code }) => code !== 0);
  for (const { name, code, complaint } of crashed)
    console.log(`\n${name} ended with ${code}; its part of the results is that of before\n${complaint}`);
  return { bars: done.flatMap(({ bars }) => bars), crashed: crashed.map(({ name }) => name) };
}

async function runOne(main: string, { name, args }: WantedBench, barsFile: string): Promise<Result> {
  const [load = 0] = loadavg();
  const measured = measuredText(name);
  const own = args.length > 0 ? args : (SHORT[name] ?? []);
  const child = spawn(process.execPath, [main, name, ...own, '--bars', barsFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).split('\n').slice(-LINES).join('\n');
    process.stderr.write(text);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const bars = existsSync(barsFile) ? readBars(barsFile) : [];
  return { name, bars, output, complaint, code, load, measured };
}

function rowsOf({ name, bars, code }: Result): string[][] {
  if (code !== 0) return [[name, `ended with ${code}`, '', '', 'crashed']];
  return bars.map((bar) => [name, bar.what, measuredOf(bar), boundText(bar), standing(bar)]);
}

const measuredOf = ({ absent, measured }: BenchBar): string => (absent === undefined ? figure(measured) : '');

function standing(bar: BenchBar): string {
  if (bar.absent !== undefined) return `absent: ${bar.absent}`;
  if (isMet(bar)) return 'met';
  return bar.invalid === undefined ? 'missed' : `missed: ${bar.invalid}`;
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({ head: [...TABLE_HEAD], style: { head: [], border: [], compact: true } });
  table.push(...results.flatMap(rowsOf));
  return table.toString();
}
