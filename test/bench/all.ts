/**
 * Benchmarks, each in a process of its own so that none inherits another's memory: one table of their bars, and their
 * parts of test/bench/RESULTS.md written anew.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { TABLE_HEAD, partOf, partsIn, resultsText } from './results.js';
import { isMet } from './rounds.js';
import type { BenchBar } from './rounds.js';

interface Result {
  readonly name: string;
  readonly bars: readonly BenchBar[];
  readonly output: string;
  readonly code: number | null;
  /** Average load of the machine before it began. */
  readonly load: number;
}

/** What each takes to end within minutes; alone they take longer by default. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  crawl: ['--seconds', '60', '--hosts', '100'],
};

const main = fileURLToPath(new URL('./main.js', import.meta.url));

/**
 * Returns the bars of all; one that failed counts as a bar that is missed. `all`: every benchmark's name, in the order of
 * the results; what is not run keeps its part there.
 */
export async function benchAll(
  names: readonly string[],
  all: readonly string[],
  results: string,
): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-'));
  const done: Result[] = [];
  try {
    for (const name of names) {
      console.log(`\n== ${name}`);
      const result = await runOne(name, join(folder, `${name}.json`));
      done.push(result);
      // At once, so that a run that is stopped leaves what it measured.
      const parts = partsIn(existsSync(results) ? readFileSync(results, 'utf8') : '');
      parts.set(name, partOf({ ...result, rows: rowsOf([result]) }));
      writeFileSync(results, resultsText(parts, all));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`\n${tableOf(done)}`);
  return done.flatMap(barsOf);
}

async function runOne(name: string, barsFile: string): Promise<Result> {
  const [load = 0] = loadavg();
  const args = [main, name, ...(SHORT[name] ?? []), '--bars', barsFile];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const bars = existsSync(barsFile) ? (JSON.parse(readFileSync(barsFile, 'utf8')) as BenchBar[]) : [];
  return { name, bars, output, code, load };
}

function barsOf({ name, bars, code }: Result): readonly BenchBar[] {
  return code === 0 ? bars : [...bars, { what: `${name} ended with ${code}`, measured: 0, required: 1 }];
}

function rowsOf(results: readonly Result[]): string[][] {
  return results.flatMap((result) =>
    barsOf(result).map((bar) => [
      result.name,
      bar.what,
      figure(bar.measured),
      `${bar.atMost === true ? 'at most' : 'at least'} ${figure(bar.required)}`,
      isMet(bar) ? 'met' : 'missed',
    ]),
  );
}

function tableOf(results: readonly Result[]): string {
  const table = new Table({ head: [...TABLE_HEAD], style: { head: [], border: [], compact: true } });
  table.push(...rowsOf(results));
  return table.toString();
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
