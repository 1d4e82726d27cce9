/** What differs between two configs, and what of it a running daemon does not take over. */
import type { LoadedConfig } from './load.js';
import type { Config } from './schema.js';

/** Keys that a running daemon takes over, some as a part of its shops; the others wait for a restart. */
const RESTART_FREE = new Set(['shops', 'fetch.tracking_parameters', 'log.level', 'api.tokens']);

/** Keys that wait for a restart, `categories` among them where its file says something else than before. */
export function waitingKeys(before: LoadedConfig, after: LoadedConfig): string[] {
  const waiting = new Set(changedKeys(before.config, after.config).filter((key) => !RESTART_FREE.has(key)));
  if (JSON.stringify(before.categories) !== JSON.stringify(after.categories)) waiting.add('categories');
  // The tokens are revoked at once; that nobody needs one any more is for a restart, which looks at the address again.
  if (before.tokens.length > 0 && after.tokens.length === 0) waiting.add('api.tokens');
  return [...waiting];
}

/** Dotted names of the keys whose values differ, such as `fetch.timeout`. */
function changedKeys(before: Config, after: Config): string[] {
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
