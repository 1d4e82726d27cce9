/** Parsers of option values, for Commander: each returns the value or throws what was expected instead. */
import { InvalidArgumentError } from 'commander';
import { SPLITS } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';
import type { LeakRule } from '../learn/dataset/near-duplicates.js';

/** A whole number from `least` to `most`. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
    const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`expected a whole number ${bound}`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

export function atLeastZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('expected a number of at least 0');
}

/** A share or another number from 0 to 1. */
export function unit(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

export function split(text: string): Split {
  const found = SPLITS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`expected ${SPLITS.join(', ')}`);
}

/** Collects SOURCE=TIMES pairs of a repeatable option. */
export function rateOfSource(
  text: string,
  rates: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const [, source, times] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  const rate = Number(times);
  if (source !== undefined && times?.trim() !== '' && Number.isFinite(rate) && rate >= 0) {
    return { ...rates, [source]: rate };
  }
  throw new InvalidArgumentError('expected SOURCE=TIMES, such as rendered=0.5');
}

export function leakRule(text: string): LeakRule {
  const found = (['report', 'drop', 'move'] as const).find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError('expected report, drop or move');
}

/** NAME=VALUE, once or several times. */
export function pairs(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('expected NAME=VALUE');
  return new Map([...before, [text.slice(0, at), text.slice(at + 1)]]);
}
