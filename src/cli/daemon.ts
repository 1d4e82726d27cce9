/** `fashiond --config FILE`: runs until SIGTERM or SIGINT. */
import { once } from 'node:events';
import { App } from '../app.js';
import type { Log } from '../domain/ports.js';
import { createLog } from '../platform/log.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';

export const registerDaemon: RegisterCommand = (program, context) => {
  withConfigOption(program).action(async () => {
    const loaded = await requiredConfig(program);
    const log = createLog(loaded.config.log);
    const app = await App.open(loaded, log);
    await serve(app, context, log, loaded.config.shutdown_deadline, () => {
      app.schedule();
      return Promise.resolve('stay');
    });
  });
};

/**
 * Starts the app and does `work`; then ends, or stays until the signal, or until a stage fails. Closes the app
 * within the deadline. What is not finished by then is safe: it is leased in the store and the next start takes
 * it up.
 */
export async function serve(
  app: App,
  context: CliContext,
  log: Log,
  deadlineMs: number,
  work: () => Promise<'end' | 'stay'>,
): Promise<void> {
  const stopped = context.signal.aborted ? Promise.resolve() : once(context.signal, 'abort');
  const running = app.start();
  const working = workThenStay(work, stopped);
  try {
    await Promise.race([running, stopped, working]);
  } finally {
    await closeWithin(app, log, deadlineMs);
    // Whatever the closing brought to an end has been told of above.
    await Promise.allSettled([running, working]);
  }
}

async function workThenStay(work: () => Promise<'end' | 'stay'>, stopped: Promise<unknown>): Promise<void> {
  if ((await work()) === 'stay') await stopped;
}

/** Closes the app; ends the process when that takes longer than the deadline. */
async function closeWithin(app: App, log: Log, deadlineMs: number): Promise<void> {
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
