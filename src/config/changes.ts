/** What differs between two configs. */
import type { Config } from './schema.js';

/** Keys that a running daemon takes over; the others wait for a restart. */
export const RESTART_FREE: readonly string[] = ['shops', 'log.level'];

/** Dotted names of the keys whose values differ, such as `fetch.timeout`. */
export function changedKeys(before: Config, after: Config): string[] {
  return differences(before, after, '');
}

function differences(before: unknown, after: unknown, at: string): string[] {
  if (!isSection(before) || !isSection(after)) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [at];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(before[key], after[key], at === '' ? key : `${at}.${key}`));
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
