/**
 * Every benchmark, each in a process of its own so that none inherits another's memory: one table of all bars, and
 * test/bench/RESULTS.md with it, the machine, and what each printed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { isMet } from './rounds.js';
import type { BenchBar } from './rounds.js';

interface Result {
  readonly name: string;
  readonly bars: readonly BenchBar[];
  readonly output: string;
  readonly code: number | null;
}

/** What each takes to end within minutes; alone they take longer by default. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  crawl: ['--seconds', '60', '--hosts', '100'],
};

/** Of the project, from where this file is compiled to. */
const packageFile = new URL('../../../package.json', import.meta.url);
const main = fileURLToPath(new URL('./main.js', import.meta.url));

/** Returns the bars of all; one that failed counts as a bar that is missed. */
export async function benchAll(names: readonly string[], results: string): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-'));
  const done: Result[] = [];
  const [load = 0] = loadavg();
  try {
    for (const name of names) {
      console.log(`\n== ${name}`);
      done.push(await runOne(name, join(folder, `${name}.json`)));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`\n${tableOf(done)}`);
  writeFileSync(results, markdown(done, load));
  return done.flatMap(barsOf);
}

async function runOne(name: string, barsFile: string): Promise<Result> {
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
  return { name, bars, output, code };
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

const HEAD = ['benchmark', 'what', 'measured', 'bar', ''];

function tableOf(results: readonly Result[]): string {
  const table = new Table({ head: HEAD, style: { head: [], border: [], compact: true } });
  table.push(...rowsOf(results));
  return table.toString();
}

/** `load`: average load of the machine before the first. */
function markdown(results: readonly Result[], load: number): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [cpu] = cpus();
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return [
    '# Benchmarks',
    '',
    `Written by \`npm run bench -- ${results.map(({ name }) => name).join(' ')}\` on ${new Date().toISOString().slice(0, 10)}: fashiond ${version}, Node.js ` +
      `${process.version}, ${platform()} ${arch()}, ${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}, ` +
      `${(totalmem() / 1024 ** 3).toFixed(0)} GiB, load average ${load.toFixed(1)} before it began. Ratios are of the same run; a loaded machine makes times longer and ` +
      'leaves ratios and CPU times what they are.',
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rowsOf(results).map(line),
    '',
    ...results.flatMap(({ name, output }) => [`## ${name}`, '', '```', output.trimEnd(), '```', '']),
  ].join('\n');
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
