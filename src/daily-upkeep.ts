/** Once a day: a backup of the database, and an end to what was kept for as long as it was to be. */
import { statSync } from 'node:fs';
import type { Config } from './config/schema.js';
import { messageOf } from './domain/errors.js';
import type { Sha256 } from './domain/ids.js';
import type { Clock, Log } from './domain/ports.js';
import type { BlobKeeping } from './images/blob-store.js';
import { freeBytes } from './platform/disk-floor.js';
import { backupName, hasDailyBackup } from './store/upkeep/backup-name.js';
import type { Pruned } from './store/upkeep/retention.js';
import { runUpkeep } from './store/upkeep/upkeep.js';

export interface UpkeepParts {
  readonly store: Config['store'];
  readonly blobs: Pick<BlobKeeping, 'remove'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A clock that steps is a day late by no more than this. */
const LOOK_MS = 3_600_000;
const DAY_MS = 24 * LOOK_MS;
/** What clocks are set right by is less. */
const STEP_MS = 3_600_000;
/** A daemon that has just started has other things to do. */
const SETTLE_MS = 60_000;

/**
 * A clock that is set wrong makes everything look old at once, so nothing goes by a time that it has just jumped to: only
 * once it has run evenly for a day. A machine that sleeps looks the same, as the monotonic clock stands still meanwhile.
 * What happened before this process began, the database is asked for (`clockDoubt`).
 */
class ClockTrust {
  readonly #clock: Clock;
  #offset: number;
  #trustedFrom = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  look(): boolean {
    const monotonic = this.#clock.monotonic();
    const offset = this.#clock.now() - monotonic;
    if (Math.abs(offset - this.#offset) > STEP_MS) this.#trustedFrom = monotonic + DAY_MS;
    this.#offset = offset;
    return monotonic >= this.#trustedFrom;
  }
}

/**
 * Looks every hour whether the day (UTC) has had its round, until the signal aborts. Failures are logged, and tried again.
 * The backup is made whatever the clock does; rows go only by a clock that is trusted.
 */
export async function keepUpDaily(parts: UpkeepParts, signal: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  let done: string | null = null;
  const trust = new ClockTrust(clock);
  let wasTrusted = true;
  await clock.sleep(SETTLE_MS, signal);
  while (!signal.aborted) {
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const isTrusted = trust.look();
    if (wasTrusted && !isTrusted)
      log.warn('upkeep.clock_stepped', { now: new Date(clock.now()).toISOString() });
    wasTrusted = isTrusted;
    try {
      if (done !== day && (await keepUp(parts, isTrusted, signal)) && isTrusted) done = day;
    } catch (error) {
      log.error('upkeep.failed', { error: messageOf(error) });
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

/** One round, in which rows go only if they may. Returns whether it was done. */
export async function keepUp(
  { store, blobs, clock, log }: UpkeepParts,
  mayPrune: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const now = clock.now();
  const isDue = store.daily_backups > 0 && !hasDailyBackup(store.backups, now);
  const room = freeBytes(store.backups) - statSync(store.path).size;
  if (isDue && room < store.disk_floor)
    log.warn('backup.no_room', { folder: store.backups, missingBytes: store.disk_floor - room });
  const target = backupName(store.backups, 'daily', now);
  const backup =
    isDue && room >= store.disk_floor ? { target, folder: store.backups, count: store.daily_backups } : null;
  if (backup === null && !mayPrune) return !isDue;
  const keep = mayPrune ? store.keep : null;
  const job = { path: store.path, backup, keep, blobs: store.blobs, now };
  const report = await runUpkeep(job, signal);
  if (report === null) return false;
  const { copy, removed, pruned, doubt } = report;
  if (copy !== null) log.info('backup.made', { ...copy, removed });
  if (doubt !== null) log.warn('upkeep.clock_doubted', { now: new Date(now).toISOString(), reason: doubt });
  if (pruned !== null && pruned.orphansDoubted !== null)
    log.warn('upkeep.orphans_doubted', { folder: store.blobs, ...pruned.orphansDoubted });
  if (pruned !== null) await removeFiles(pruned, { blobs, log }, now);
  return !isDue || copy !== null;
}

async function removeFiles(
  pruned: Pruned,
  { blobs, log }: Pick<UpkeepParts, 'blobs' | 'log'>,
  now: number,
): Promise<void> {
  let files = 0;
  for (const sha256 of pruned.files) if (await blobs.remove(sha256 as Sha256, now)) files += 1;
  if (files > 0 || Object.values(pruned.rows).some((count) => count > 0))
    log.info('store.pruned', { ...pruned.rows, files });
}
