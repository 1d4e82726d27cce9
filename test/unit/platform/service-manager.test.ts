import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { serviceSettings } from '../../../src/config/service-environment.js';
import { systemClock } from '../../../src/platform/clock.js';
import { openServiceManager } from '../../../src/platform/service-manager.js';
import { openNotifySocket } from '../../support/notify-socket.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { silent } from '../store/builders.js';

const socket = await openNotifySocket();
afterAll(() => socket?.close());

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await systemClock.sleep(10);
};

describe('the service manager', () => {
  // Needs systemd-notify, and Python to listen.
  it.skipIf(socket === null)('is told that the daemon is ready, reloads, lives and stops', async () => {
    const { path } = socket!;
    const messages = (): string[] => socket!.messages();
    const service = openServiceManager({ socket: path, watchdogMs: 60 }, silent);
    await service.ready();
    await service.reloading();
    const stop = new AbortController();
    let ailment = '';
    const parts = {
      clock: systemClock,
      status: () => 'crawling moda',
      ailment: () => (ailment === '' ? null : ailment),
    };
    const reporting = service.report(parts, stop.signal);
    await until(() => messages().some((line) => line.includes('WATCHDOG=1')));
    // A daemon that is stuck says why, and no longer that it lives.
    ailment = 'nothing came back from: read pages';
    await until(() => messages().at(-1)?.includes(ailment) === true);
    const sick = messages().length - 1;
    await until(() => messages().length > sick + 2);
    stop.abort();
    await reporting;
    await service.stopping();
    await until(() => messages().at(-1) === 'STOPPING=1');
    const all = messages();
    // Who sent a message was there until it had been read: systemd drops those of senders that are gone.
    await until(() => socket!.barriers() === all.length);
    expect(all.slice(0, 3)).toEqual(['READY=1', 'RELOADING=1', 'STATUS=crawling moda WATCHDOG=1']);
    expect(all.slice(sick).filter((line) => line.includes('WATCHDOG'))).toEqual([]);
  });

  it('is told that a daemon ails whose state cannot be told', async () => {
    const folder = temporaryFolder();
    const [told, command] = [join(folder, 'told'), join(folder, 'notify')];
    writeFileSync(command, `#!/bin/sh\necho "$@" >> ${told}\n`, { mode: 0o700 });
    const service = openServiceManager({ socket: '/nowhere', watchdogMs: 60 }, silent, command);
    const stop = new AbortController();
    const status = (): never => {
      throw new Error('database disk image is malformed');
    };
    const clock = { ...systemClock, sleep: async () => stop.abort() };
    await service.report({ clock, status, ailment: () => null }, stop.signal);
    const line = 'STATUS=its state cannot be told: database disk image is malformed';
    expect(readFileSync(told, 'utf8').trim()).toBe(line);
  });

  it('is told one thing after the other, however slow each is to arrive', async () => {
    // The first message takes longest, as the first child of a busy machine may.
    const folder = temporaryFolder();
    const [told, command] = [join(folder, 'told'), join(folder, 'notify')];
    const lines = ['#!/bin/sh', `case "$1" in READY*) sleep 0.3;; esac`, `echo "$1" >> ${told}`];
    writeFileSync(command, `${lines.join('\n')}\n`, { mode: 0o700 });
    const service = openServiceManager({ socket: '/nowhere', watchdogMs: null }, silent, command);
    await Promise.all([service.ready(), service.reloading(), service.ready(), service.stopping()]);
    expect(readFileSync(told, 'utf8').trim().split('\n')).toEqual([
      'READY=1',
      'RELOADING=1',
      'READY=1',
      'STOPPING=1',
    ]);
  });

  it('is not called where there is none', async () => {
    const warnings: string[] = [];
    const log = { ...silent, warn: (event: string) => void warnings.push(event) };
    const service = openServiceManager(null, log, '/nowhere/systemd-notify');
    await service.ready();
    await service.report(
      { clock: systemClock, status: () => '', ailment: () => null },
      new AbortController().signal,
    );
    expect(warnings).toEqual([]);
  });

  it('ends nothing when it cannot be reached, and says so', async () => {
    const warnings: unknown[] = [];
    const log = { ...silent, warn: (event: string) => void warnings.push(event) };
    await openServiceManager(
      { socket: '/nowhere', watchdogMs: null },
      log,
      '/nowhere/systemd-notify',
    ).ready();
    expect(warnings).toEqual(['service.notify_failed']);
  });
});

describe('the settings of a service manager', () => {
  it.each([
    [{}, null],
    [{ NOTIFY_SOCKET: '' }, null],
    [{ NOTIFY_SOCKET: 'relative' }, null],
    [{ NOTIFY_SOCKET: '/run/systemd/notify' }, { socket: '/run/systemd/notify', watchdogMs: null }],
    [
      { NOTIFY_SOCKET: '@abstract', WATCHDOG_USEC: '60000000' },
      { socket: '@abstract', watchdogMs: 60_000 },
    ],
    [
      { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '42' },
      { socket: '/n', watchdogMs: 60_000 },
    ],
    [
      { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '60000000', WATCHDOG_PID: '7' },
      { socket: '/n', watchdogMs: null },
    ],
  ])('%j', (environment, expected) => {
    expect(serviceSettings(environment, 42)).toEqual(expected);
  });
});
