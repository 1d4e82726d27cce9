/** Names of backups: they sort by time, and say why each was made. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeDatabase, removeUnfinished } from './verified-copy.js';

const DAILY = /^fashiond-daily-\d{8}T\d{6}Z\.db$/;
const MANUAL = /^fashiond-manual-\d{8}T\d{6}Z\.db$/;
const ANY = /^fashiond-(?:daily|manual)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.db$/;

const DAY_MS = 86_400_000;

interface LastBackup {
  readonly path: string;
  /** When it was begun, ISO 8601 UTC. */
  readonly at: string;
}

/** `folder/fashiond-manual-20260531T091500Z.db`. `now` in milliseconds since the epoch. */
export function backupName(folder: string, kind: 'daily' | 'manual', now: number): string {
  return join(folder, `fashiond-${kind}-${stamp(now)}.db`);
}

/** Whether the day (UTC) of `now` has its backup. */
export function hasDailyBackup(folder: string, now: number): boolean {
  const day = stamp(now).slice(0, 8);
  return dailyIn(folder).some((name) => name.startsWith(`fashiond-daily-${day}`));
}

/**
 * The newest finished backup of a folder, by the time in its name; null where none is to be seen. One from after `now` was
 * made under a wrong clock, and says nothing of today.
 */
export function lastBackup(folder: string, now: number): LastBackup | null {
  let names: readonly string[];
  try {
    names = namesIn(folder);
  } catch {
    // A folder that this user may not read.
    return null;
  }
  const found = names.flatMap((name) => {
    const at = ANY.test(name) ? name.replace(ANY, '$1-$2-$3T$4:$5:$6Z') : null;
    return at === null ? [] : [{ path: join(folder, name), at }];
  });
  return (
    found
      .filter(({ at }) => Date.parse(at) <= now)
      .toSorted((one, other) => (one.at < other.at ? -1 : 1))
      .at(-1) ?? null
  );
}

/**
 * Removes all daily backups but the newest, and copies that were never finished: of daily ones, which nobody else makes, and
 * of those made by hand a day ago or earlier, as a younger one may be under way. Returns the paths. Backups
 * from after `now` were made under a wrong clock: they stay, and take no other's place.
 */
export function removeOldBackups(folder: string, keep: number, now: number): string[] {
  const latest = `fashiond-daily-${stamp(now)}.db`;
  const known = dailyIn(folder).filter((name) => name <= latest);
  const old = known.toReversed().slice(keep);
  const paths = old.map((name) => join(folder, name));
  for (const path of paths) removeDatabase(path);
  const manual = `fashiond-manual-${stamp(now - DAY_MS)}.db`;
  const isStale = (name: string): boolean => DAILY.test(name) || (MANUAL.test(name) && name <= manual);
  return existsSync(folder) ? [...paths, ...removeUnfinished(folder, isStale)] : paths;
}

function dailyIn(folder: string): string[] {
  return namesIn(folder).filter((name) => DAILY.test(name));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function stamp(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}
