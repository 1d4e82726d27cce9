/** The difference of two shares of the same pictures, with its uncertainty. */
import { share } from './share.js';

/** How many of the pictures are right both times, the first only, the second only, never. */
export interface PairedCounts {
  readonly both: number;
  readonly first: number;
  readonly second: number;
  readonly neither: number;
}

/** Of what was right the first and the second time, picture by picture. */
export function pairedCounts(
  pairs: readonly { readonly first: boolean; readonly second: boolean }[],
): PairedCounts {
  const count = (first: boolean, second: boolean): number =>
    pairs.filter((pair) => pair.first === first && pair.second === second).length;
  return {
    both: count(true, true),
    first: count(true, false),
    second: count(false, true),
    neither: count(false, false),
  };
}

export interface PairedDifference {
  /** Share right the first time less share right the second. */
  readonly value: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/**
 * Newcombe 1998, "Improved confidence intervals for the difference between binomial proportions based on paired data",
 * method 10: Wilson's intervals of the two shares, put together with the correlation phi, whose numerator is
 * corrected for continuity. Of nothing it is 0, anywhere between -1 and 1.
 */
export function pairedDifference({ both, first, second, neither }: PairedCounts): PairedDifference {
  const of = both + first + second + neither;
  if (of === 0) return { value: 0, low: -1, high: 1 };
  const one = share(both + first, of);
  const other = share(both + second, of);
  const phi = correlation({ both, first, second, neither }, of);
  const joined = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b));
  const value = (first - second) / of;
  return {
    value,
    low: value - joined(one.value - one.low, other.high - other.value),
    high: value + joined(one.high - one.value, other.value - other.low),
  };
}

function correlation({ both, first, second, neither }: PairedCounts, of: number): number {
  const margins = (both + first) * (second + neither) * (both + second) * (first + neither);
  if (margins === 0) return 0;
  const cross = both * neither - first * second;
  const corrected = cross > of / 2 ? cross - of / 2 : Math.min(0, cross);
  return corrected / Math.sqrt(margins);
}

/** `0.021 (-0.004 to 0.047)`: the difference and its 95 % interval. */
export function differenceText({ value, low, high }: PairedDifference): string {
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}
