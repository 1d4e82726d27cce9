/**
 * Secrets that are not to be had where a config is read: their variable is set for the service alone, or their file may be
 * read by nobody else. That hinders only who needs them: whoever looks at the catalogue does not.
 */
import { ConfigError } from './problems.js';
import type { ConfigProblem } from './problems.js';

/** Stands in the config for such a secret, or for the path of its file; no text that anybody types. */
export const UNAVAILABLE = '\0';

/** A path that was made absolute still ends with it. */
export function isUnavailable(text: string | null): boolean {
  return text?.endsWith(UNAVAILABLE) === true;
}

/** Whether what reading a file threw says that this user has no right to. */
export function mayNotRead(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EACCES';
}

/** Throws `ConfigError` where one is missing: of the shops' proxies, or of the API's tokens as well. */
export function requireSecrets(
  { missingSecrets }: { readonly missingSecrets: readonly ConfigProblem[] },
  which: 'proxies' | 'all',
): void {
  const needed = missingSecrets.filter(({ path }) => which === 'all' || path.startsWith('proxy.'));
  if (needed.length > 0) throw new ConfigError(needed);
}
