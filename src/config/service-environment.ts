/**
 * What a service manager tells a process through its environment (sd_notify(3), sd_watchdog_enabled(3), JOURNAL_STREAM in
 * systemd.exec(5)).
 */
import { fstatSync } from 'node:fs';
import type { ServiceSettings } from '../platform/service-manager.js';
import type { Environment } from './environment.js';

const US_PER_MS = 1000;

/** Null where no service manager listens, or where it means another process. */
export function serviceSettings(
  environment: Environment = process.env,
  pid: number = process.pid,
): ServiceSettings | null {
  const socket = environment['NOTIFY_SOCKET'] ?? '';
  if (!/^[/@]/.test(socket)) return null;
  const microseconds = Number(environment['WATCHDOG_USEC'] ?? 0);
  const meant = environment['WATCHDOG_PID'];
  const isMine = meant === undefined || meant === '' || Number(meant) === pid;
  return { socket, watchdogMs: isMine && microseconds > 0 ? microseconds / US_PER_MS : null };
}

/** Whether standard output is the stream to journald that the environment names: what a process inherits may be another's. */
export function writesToJournal(environment: Environment = process.env, descriptor = 1): boolean {
  const named = environment['JOURNAL_STREAM'];
  if (named === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return named === `${dev}:${ino}`;
  } catch {
    // It is closed.
    return false;
  }
}
