/** A slip of the keyboard, and the word that was meant. */
import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to what was typed, when it is near enough to be a slip. */
export function didYouMean(typed: unknown, known: readonly string[]): string | undefined {
  if (typeof typed !== 'string' || known.length === 0) return undefined;
  const best = closest(typed.toLowerCase(), known);
  const near = distance(typed.toLowerCase(), best.toLowerCase());
  return near <= Math.max(1, Math.floor(best.length / 2)) ? `did you mean ${best}?` : undefined;
}
