/** A proportion with its uncertainty. */
import { NO_SHARE, SHARE_SENTENCE } from '../../domain/gate-sentences.js';
import { fill } from '../../domain/sentences.js';

/** A share with its 95 % interval (Wilson 1927). */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly of: number;
}

/** A proportion with its Wilson interval; of nothing it is 0, anywhere between 0 and 1. */
export function share(count: number, of: number): Share {
  if (of === 0) return { value: 0, low: 0, high: 1, count, of };
  const z = 1.959964;
  const value = count / of;
  const middle = (value + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half), count, of };
}

/** `0.871 (0.833 to 0.902; 324 of 372)`: the share, its 95 % interval, and what was counted; `-` of nothing. */
export function interval({ value, low, high, count, of }: Share): string {
  if (of === 0) return NO_SHARE;
  const [now, least, most] = [value.toFixed(3), low.toFixed(3), high.toFixed(3)];
  return fill(SHARE_SENTENCE, { value: now, low: least, high: most, count, of });
}
