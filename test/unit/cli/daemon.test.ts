import { describe, expect, it } from 'vitest';
import { serve } from '../../../src/cli/daemon.js';
import { createLog } from '../../../src/platform/log.js';

const log = createLog({ level: 'silent', format: 'json' });
const stay = () => Promise.resolve('stay' as const);

/** Counts how often it was closed. Without a `start` of its own its stages run until then, as the real ones do. */
function fakeApp(start?: () => Promise<void>) {
  let stopStages = (): void => undefined;
  const stages = new Promise<void>((resolve) => {
    stopStages = resolve;
  });
  const app = {
    closed: 0,
    start: start ?? (() => stages),
    close: () => {
      app.closed += 1;
      stopStages();
      return Promise.resolve();
    },
  };
  return app;
}

function signalled() {
  const stop = new AbortController();
  return { stop, context: { signal: stop.signal } };
}

describe('serve', () => {
  it('ends with the error of a stage that fails while nobody has asked it to stop', async () => {
    const app = fakeApp(() => Promise.reject(new Error('stage broke')));
    await expect(serve(app, signalled().context, log, 1000, stay)).rejects.toThrow('stage broke');
    expect(app.closed).toBe(1);
  });

  it('closes an app that could not be started', async () => {
    const app = fakeApp(() => {
      throw new Error('cannot start');
    });
    await expect(serve(app, signalled().context, log, 1000, stay)).rejects.toThrow('cannot start');
    expect(app.closed).toBe(1);
  });

  it('tells of the failure, not of what closing after it ran into', async () => {
    const app = {
      start: () => Promise.reject(new Error('disk full')),
      close: () => Promise.reject(new Error('cannot checkpoint')),
    };
    await expect(serve(app, signalled().context, log, 1000, stay)).rejects.toThrow('disk full');
  });

  it('fails when it cannot be closed', async () => {
    const app = {
      start: () => Promise.resolve(),
      close: () => Promise.reject(new Error('cannot checkpoint')),
    };
    const done = () => Promise.resolve('end' as const);
    const ended = serve(app, signalled().context, log, 1000, done);
    await expect(ended).rejects.toThrow('cannot checkpoint');
  });

  it('ends with the error of its work', async () => {
    const app = fakeApp();
    const work = () => Promise.reject(new Error('no such shop'));
    await expect(serve(app, signalled().context, log, 1000, work)).rejects.toThrow('no such shop');
    expect(app.closed).toBe(1);
  });

  it('stays until the signal', async () => {
    const { stop, context } = signalled();
    let settled = false;
    const app = fakeApp();
    const ended = serve(app, context, log, 1000, stay).finally(() => (settled = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled).toBe(false);
    stop.abort();
    await ended;
    expect(app.closed).toBe(1);
  });
});
