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
}

export function isMet({ measured, required, atMost = false }: BenchBar): boolean {
  return atMost ? measured <= required : measured >= required;
}

/** The words before what was measured. */
export function verdict(bar: BenchBar): string {
  return isMet(bar) ? 'met:   ' : 'missed:';
}

/** 1 where a bar is required and missed, or nothing was measured to keep one; else 0. */
export function exitCodeOf(bars: readonly BenchBar[], required: boolean): 0 | 1 {
  return required && (bars.length === 0 || !bars.every(isMet)) ? 1 : 0;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
