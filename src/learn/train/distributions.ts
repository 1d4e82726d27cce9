/** Draws that training needs besides the platform's uniform ones. */
import type { Random } from '../../platform/random.js';

/** Standard normal (Box and Muller 1958). */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** Beta(a, a) for 0 < a <= 1 (Jöhnk 1964). */
export function beta(random: Random, a: number): number {
  for (;;) {
    const first = random.next() ** (1 / a);
    const second = random.next() ** (1 / a);
    const sum = first + second;
    if (sum > 0 && sum <= 1) return first / sum;
  }
}

/** Fisher and Yates's shuffle, in place. */
export function shuffle<T>(random: Random, values: T[]): T[] {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random.int(0, last);
    const kept = values[last] as T;
    values[last] = values[other] as T;
    values[other] = kept;
  }
  return values;
}
