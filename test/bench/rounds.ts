/**
 * Contenders measured by turns, so that what else the machine does hits them alike; medians over the rounds are
 * printed, and a ratio is taken within a round.
 */
import { availableParallelism, loadavg } from 'node:os';
import Table from 'cli-table3';

interface Finished {
  readonly pictures: number;
  /** CPU time of another process that did the work; absent where this one did. */
  readonly cpuMs?: number;
}

export interface Contender {
  readonly name: string;
  /** Runs for the time and resolves to what was finished. */
  readonly run: (durationMs: number) => Promise<Finished>;
  readonly close: () => Promise<void>;
}

interface Sample {
  /** Pictures a second. */
  readonly rate: number;
  /** CPU milliseconds a picture, of all threads. */
  readonly cpuMs: number;
}

export type Samples = ReadonlyMap<Contender, readonly Sample[]>;

/** Each is warmed up for half a round, then they take turns, each round beginning with another. */
export async function measureByTurns(
  contenders: readonly Contender[],
  rounds: number,
  roundMs: number,
): Promise<Samples> {
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) await measure(contender, roundMs / 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of rotated(contenders, round)) {
      samples.get(contender)!.push(await measure(contender, roundMs));
    }
  }
  for (const contender of contenders) await contender.close();
  return samples;
}

async function measure(contender: Contender, durationMs: number): Promise<Sample> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { pictures, cpuMs } = await contender.run(durationMs);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: pictures / seconds, cpuMs: (cpuMs ?? (user + system) / 1000) / pictures };
}

/** One row a contender; `ratio`: the last column. */
export function printTable(
  samples: Samples,
  ratio: { readonly head: string; readonly of: (contender: Contender) => string },
): void {
  const table = new Table({
    head: ['', 'pictures/s', 'slowest', 'fastest', 'CPU ms/picture', ratio.head],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [contender, own] of samples) {
    const rates = own.map(({ rate }) => rate);
    table.push([
      contender.name,
      median(rates).toFixed(0),
      Math.min(...rates).toFixed(0),
      Math.max(...rates).toFixed(0),
      median(own.map(({ cpuMs }) => cpuMs)).toFixed(2),
      ratio.of(contender),
    ]);
  }
  console.log(table.toString());
}

/** The machine, for the line above a table. */
export function machineText(): string {
  return `load average ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;
}

/** What a benchmark must reach. */
export interface BenchBar {
  readonly what: string;
  readonly measured: number;
  /** At least, unless `atMost`. */
  readonly required: number;
  readonly atMost?: boolean;
  /** How to install what is compared with, where that is not there: the bar is neither met nor missed. */
  readonly absent?: string;
  /** Why what was measured says nothing: the bar is missed, whatever the number. */
  readonly invalid?: string;
}

/** `within`: so many times of what is required will do. What is no finite number meets nothing. */
export function isMet({ measured, required, atMost = false, invalid }: BenchBar, within = 1): boolean {
  if (invalid !== undefined || !Number.isFinite(measured)) return false;
  return atMost ? measured <= required * within : measured >= required / within;
}

/** The word before what was measured. */
export function verdict(bar: BenchBar): string {
  if (bar.absent !== undefined) return 'absent:';
  return isMet(bar) ? 'met:   ' : 'missed:';
}

/** A line about it: what was measured and what is required, or why that says nothing. */
export function barText(bar: BenchBar): string {
  if (bar.absent !== undefined) return `${verdict(bar)} ${bar.what}: ${bar.absent}`;
  const why = bar.invalid === undefined ? '' : `; invalid: ${bar.invalid}`;
  return `${verdict(bar)} ${bar.what}: ${figure(bar.measured)}, ${boundText(bar)}${why}`;
}

export function boundText({ required, atMost = false }: BenchBar): string {
  return `${atMost ? 'at most' : 'at least'} ${figure(required)}`;
}

/** Three digits, or all of a large number. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** 1 where bars are required, `within` not null, and one is missed by more than that, or there is none; else 0. */
export function exitCodeOf(bars: readonly BenchBar[], within: number | null): 0 | 1 {
  if (within === null) return 0;
  const isKept = (bar: BenchBar): boolean => bar.absent !== undefined || isMet(bar, within);
  return bars.length === 0 || !bars.every(isKept) ? 1 : 0;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that the share of all are no greater than (nearest rank); NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
