/** What a service manager tells a process through its environment (sd_notify(3), sd_watchdog_enabled(3)). */
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
