/** `fashiond --config FILE`: runs until SIGTERM or SIGINT, reads its config anew on SIGHUP. */
import { once } from 'node:events';
import { App } from '../app.js';
import type { LoadedConfig } from '../config/load.js';
import { serviceSettings, writesToJournal } from '../config/service-environment.js';
import { messageOf } from '../domain/errors.js';
import type { Log } from '../domain/ports.js';
import { systemClock } from '../platform/clock.js';
import { createLog } from '../platform/log.js';
import { mendsItself } from '../platform/patience.js';
import { openServiceManager } from '../platform/service-manager.js';
import type { ServiceManager } from '../platform/service-manager.js';
import { Reload } from '../reload.js';
import type { CliContext } from './context.js';
import type { HangUp } from './hang-up.js';

export async function runDaemon(loaded: LoadedConfig, context: CliContext, hangUp: HangUp): Promise<void> {
  const log = createLog({ ...loaded.config.log, isJournal: writesToJournal() });
  const service = openServiceManager(serviceSettings(), log);
  const app = await openOnceThereIsRoom(loaded, log, service, context.signal);
  if (app === null) return;
  const watch = new AbortController();
  const reload = new Reload({ path: loaded.path, target: app, log });
  const status = (): string => statusOf(app, reload);
  const report = { clock: systemClock, status, ailment: () => app.ailment() };
  context.signal.addEventListener('abort', () => void service.stopping());
  try {
    await serve(app, context, log, loaded.config.shutdown_deadline, async () => {
      await app.serve(loaded.config.api.listen, reload);
      app.schedule();
      await service.ready();
      hangUp.follow(() => void reloadFor(service, reload));
      void service.report(report, watch.signal);
      return 'stay';
    });
  } finally {
    watch.abort();
  }
}

/** A look at the whole database belongs to each try. */
const AGAIN_MS = 10_000;

/**
 * Null when the signal aborts first. A start that fails for want of room is tried again in this process: a service
 * manager gives up one that ends every few seconds, and nobody would start it once there is room.
 */
async function openOnceThereIsRoom(
  loaded: LoadedConfig,
  log: Log,
  service: ServiceManager,
  signal: AbortSignal,
): Promise<App | null> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await App.open(loaded, log);
    } catch (error) {
      if (!mendsItself(error) || error.code !== 'refused') throw error;
      if (!isTold) {
        log.warn('daemon.start_waits', { error: error.message, hint: error.hint });
        void service.waiting(`waits for room: ${error.message}`);
      }
      await systemClock.sleep(AGAIN_MS, signal);
      if (signal.aborted) return null;
    }
  }
}

async function reloadFor(service: ServiceManager, reload: Reload): Promise<void> {
  await service.reloading();
  await reload.now();
  await service.ready();
}

function statusOf(app: Pick<App, 'activity'>, { state }: Reload): string {
  const config = state.problem === null ? [] : ['the config on the disk is wrong and not in force'];
  return [...config, app.activity()].join('; ');
}

/**
 * Starts the app and does `work`; then ends, or stays until the signal, or until a stage fails. Closes the app
 * within the deadline. What is not finished by then is safe: it is leased in the store and the next start takes
 * it up.
 */
export async function serve(
  app: Pick<App, 'start' | 'close'>,
  context: Pick<CliContext, 'signal'>,
  log: Log,
  deadlineMs: number,
  work: () => Promise<'end' | 'stay'>,
): Promise<void> {
  // Ends the stay after a failed stage as well: no signal comes then.
  const end = new AbortController();
  const stopped = once(end.signal, 'abort');
  const onSignal = (): void => end.abort();
  context.signal.addEventListener('abort', onSignal);
  if (context.signal.aborted) onSignal();
  const underWay: Promise<unknown>[] = [];
  const close = async (): Promise<void> => {
    context.signal.removeEventListener('abort', onSignal);
    end.abort();
    await closeWithin(app, log, deadlineMs);
    // Whatever the closing brought to an end has been told of by then.
    await Promise.allSettled(underWay);
  };
  try {
    underWay.push(app.start(), workThenStay(work, stopped));
    await Promise.race([stopped, ...underWay]);
  } catch (error) {
    // The first error is the cause; what closing a broken app runs into is only for the log.
    await close().catch((further: unknown) =>
      log.error('daemon.close_failed', { error: messageOf(further) }),
    );
    throw error;
  }
  await close();
}

async function workThenStay(work: () => Promise<'end' | 'stay'>, stopped: Promise<unknown>): Promise<void> {
  if ((await work()) === 'stay') await stopped;
}

/** Closes the app; ends the process when that takes longer than the deadline. */
async function closeWithin(app: Pick<App, 'close'>, log: Log, deadlineMs: number): Promise<void> {
  const timer = setTimeout(() => {
    log.error('daemon.deadline', { deadlineMs });
    process.exit(1);
  }, deadlineMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
