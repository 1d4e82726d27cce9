/** Bars on their way from the process that measured them to the one that writes the results. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { BenchBar } from './rounds.js';

export function writeBars(path: string, bars: readonly BenchBar[]): void {
  writeFileSync(path, JSON.stringify(bars));
}

/** JSON has no number that is not finite and makes it null. */
export function readBars(path: string): readonly BenchBar[] {
  const bars = JSON.parse(readFileSync(path, 'utf8')) as (BenchBar & { readonly measured: number | null })[];
  return bars.map((bar) => ({ ...bar, measured: bar.measured ?? Number.NaN }));
}
