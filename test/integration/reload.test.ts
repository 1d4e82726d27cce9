/** A reload of the config that comes too early, and one that cannot be carried through. */
import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { fashiond, logLines, loopbackShop, startFashiond, writeWorkplace } from '../support/cli.js';
import { writeTinyModel } from '../support/tiny-model.js';

const [OLD, NEW] = ['old-secret-0123456789', 'new-secret-0123456789'];

it('is done once the daemon is ready, or not at all', { timeout: 120_000 }, async () => {
  const place = writeWorkplace([loopbackShop('quiet', 'http://127.0.0.1:1')], {
    model: { path: await writeTinyModel() },
    api: { listen: '127.0.0.1:0', tokens: [{ name: 'ann', scope: 'admin', secret: OLD }] },
  });
  const daemon = startFashiond('--config', place.config);
  const events = (name: string) =>
    logLines(daemon.output().stdout.replace(/[^\n]*$/, '')).filter(({ event }) => event === name);
  // The database is being made: nothing could be taken over yet.
  await daemon.until(() => events('store.migrated').length > 0);
  expect(events('daemon.started')).toEqual([]);
  process.kill(daemon.pid, 'SIGHUP');
  await daemon.until(() => events('config.reloaded').length > 0);

  const url = String(events('api.listening')[0]?.['url']);
  const ask = async (secret: string, method: 'GET' | 'POST', path: string): Promise<number> => {
    const answer = await fetch(url + path, { method, headers: { authorization: `Bearer ${secret}` } });
    await answer.arrayBuffer();
    return answer.status;
  };
  const sql = (text: string): void => {
    const db = new Database(place.db);
    db.exec(text);
    db.close();
  };
  writeFileSync(place.config, readFileSync(place.config, 'utf8').replace(OLD, NEW));
  sql("CREATE TRIGGER closed BEFORE UPDATE ON shops BEGIN SELECT RAISE(ABORT, 'closed'); END");
  expect(await ask(OLD, 'POST', '/-/reload')).toBe(422);
  expect(events('config.refused')).toHaveLength(1);
  expect([await ask(OLD, 'GET', '/v1/items'), await ask(NEW, 'GET', '/v1/items')]).toEqual([200, 401]);
  sql('DROP TRIGGER closed');
  expect(await ask(OLD, 'POST', '/-/reload')).toBe(200);
  expect([await ask(OLD, 'GET', '/v1/items'), await ask(NEW, 'GET', '/v1/items')]).toEqual([401, 200]);
  expect((await daemon.stop('SIGTERM')).code).toBe(0);
});

it('shows no secret, wherever it is told of', { timeout: 60_000 }, async () => {
  const place = writeWorkplace([], { api: { tokens: [{ name: 'ann', scope: 'amdin', secret: OLD }] } });
  const { code, stderr } = await fashiond('check-config', '--config', place.config);
  expect([code, stderr.includes('amdin'), stderr.includes(OLD)]).toEqual([78, true, false]);
});
