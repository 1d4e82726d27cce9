/**
 * What systemd is told of the daemon: that it is ready, reloads, stops, lives, and what it does.
 *
 * Node cannot send datagrams to a Unix socket, so each message is one call of `systemd-notify`, which is part of
 * systemd (some ten milliseconds of a child process, NotifyAccess=all in the unit). Without a notify socket nothing is
 * ever called. A message that cannot be sent is logged and never ends the daemon: a missing READY=1 or WATCHDOG=1 has
 * its consequence in systemd. Each child stays until systemd has dealt with its message: systemd asks which unit a sender
 * belongs to, and drops what one says that is gone by then. They are sent one after the other: of two children at once
 * the later may be the quicker, and a READY=1 that came after the RELOADING=1 of the next reload would end that one.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';

/** How this process was started by a service manager; read from the environment in src/config. */
export interface ServiceSettings {
  /** Path of the socket, or its abstract name behind an @. */
  readonly socket: string;
  /** A sign of life is expected at least so often, in milliseconds; null where the unit sets no WatchdogSec. */
  readonly watchdogMs: number | null;
}

export interface ServiceManager {
  /** Not ready yet, and why. */
  waiting(why: string): Promise<void>;
  ready(): Promise<void>;
  reloading(): Promise<void>;
  stopping(): Promise<void>;
  /**
   * Tells what `status` says, and that the daemon lives, until the signal aborts. `ailment` says why it does not; then
   * nothing is sent and, once the time of the watchdog is over, systemd kills the process and starts it anew. That
   * this runs at all shows that the event loop turns.
   */
  report(parts: ReportParts, signal: AbortSignal): Promise<void>;
}

interface ReportParts {
  readonly clock: Clock;
  readonly status: () => string;
  readonly ailment: () => string | null;
}

const SEND_TIMEOUT_MS = 10_000;
/** Between two lines of status where there is no watchdog. */
const STATUS_MS = 30_000;

const run = promisify(execFile);

/** `command` may be another path of systemd-notify. */
export function openServiceManager(
  settings: ServiceSettings | null,
  log: Log,
  command = 'systemd-notify',
): ServiceManager {
  if (settings === null) return ABSENT;
  const tell = async (variables: readonly string[]): Promise<void> => {
    try {
      await run(command, [...variables], {
        timeout: SEND_TIMEOUT_MS,
        env: { NOTIFY_SOCKET: settings.socket, PATH: '/usr/local/bin:/usr/bin:/bin' },
      });
    } catch (error) {
      log.warn('service.notify_failed', { message: variables.join(' '), error: messageOf(error) });
    }
  };
  // What was asked for last; it never rejects.
  let sent: Promise<void> = Promise.resolve();
  const send = (...variables: readonly string[]): Promise<void> => {
    sent = sent.then(() => tell(variables));
    return sent;
  };
  return {
    waiting: (why) => send(`STATUS=${why}`),
    ready: () => send('READY=1'),
    reloading: () => send('RELOADING=1'),
    stopping: () => send('STOPPING=1'),
    report: async ({ clock, status, ailment }, signal) => {
      // Half the time leaves room for one that is late.
      const everyMs = Math.min(STATUS_MS, (settings.watchdogMs ?? Infinity) / 2);
      while (!signal.aborted) {
        const { reason, line } = lookAt(ailment, status);
        if (reason !== null) log.error('daemon.not_alive', { reason });
        const watchdog = settings.watchdogMs !== null && reason === null ? ['WATCHDOG=1'] : [];
        await send(`STATUS=${line}`, ...watchdog);
        await clock.sleep(everyMs, signal);
      }
    },
  };
}

/** What cannot say how it is ails. */
function lookAt(
  ailment: ReportParts['ailment'],
  status: ReportParts['status'],
): { readonly reason: string | null; readonly line: string } {
  try {
    const reason = ailment();
    return { reason, line: reason ?? status() };
  } catch (error) {
    const reason = `its state cannot be told: ${messageOf(error)}`;
    return { reason, line: reason };
  }
}

const nothing = (): Promise<void> => Promise.resolve();
const ABSENT: ServiceManager = {
  waiting: nothing,
  ready: nothing,
  reloading: nothing,
  stopping: nothing,
  report: nothing,
};
