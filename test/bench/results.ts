/**
 * test/bench/RESULTS.md: one table of all bars, then a part for each benchmark with when and on what it was measured and
 * what it printed. Parts may be measured apart: each names its own day, commit and load.
 */
import { arch, cpus, platform, totalmem } from 'node:os';

export interface ResultsPart {
  /** Of the table. */
  readonly rows: readonly string[];
  /** Below its heading. */
  readonly text: string;
}

export const TABLE_HEAD: readonly string[] = ['benchmark', 'what', 'measured', 'bar', ''];

/** The parts that a file written by `resultsText` holds, by the benchmark's name. */
export function partsIn(results: string): Map<string, ResultsPart> {
  const [table = '', ...parts] = results.split(/^## (?=[a-z]+$)/m);
  const rows = table.split('\n').filter((one) => one.startsWith('| '));
  return new Map(
    parts.map((part) => {
      const [name = '', ...lines] = part.split('\n');
      return [
        name,
        { rows: rows.filter((row) => row.startsWith(`| ${name} |`)), text: lines.join('\n').trim() },
      ];
    }),
  );
}

/** `measured`: what, with its versions; `load`: average load of the machine before it began. */
export function partOf({
  rows,
  output,
  measured,
  load,
}: {
  readonly rows: readonly (readonly string[])[];
  readonly output: string;
  readonly measured: string;
  readonly load: number;
}): ResultsPart {
  const [cpu] = cpus();
  const when =
    `${new Date().toISOString().slice(0, 10)}: ${measured}, ${platform()} ${arch()}, ` +
    `${cpus().length} cores of ${cpu?.model.trim() ?? 'an unknown kind'}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, ` +
    `load average ${load.toFixed(1)} before it began.`;
  return { rows: rows.map(line), text: [when, '', '```', output.trimEnd(), '```'].join('\n') };
}

/** `order`: every benchmark's name; a part of none of them is dropped. */
export function resultsText(parts: ReadonlyMap<string, ResultsPart>, order: readonly string[]): string {
  const known = order.flatMap((name) => {
    const part = parts.get(name);
    return part === undefined ? [] : [{ name, ...part }];
  });
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, or by `npm run bench -- NAME --record` for one part, which leaves the others as they were. ' +
      'Ratios are of the same run; a loaded machine makes times longer and leaves ratios and CPU times about what they are.',
    '',
    line(TABLE_HEAD),
    line(TABLE_HEAD.map(() => '---')),
    ...known.flatMap(({ rows }) => rows),
    '',
    ...known.flatMap(({ name, text }) => [`## ${name}`, '', text, '']),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
