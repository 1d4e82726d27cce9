/** Told to stop while it starts, as systemd does where an operator thinks again: it ends by itself, with nothing left behind. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logLines, loopbackShop, startFashiond, writeWorkplace } from '../support/cli.js';
import { startShopServer } from '../support/shop-server.js';
import type { ShopServer } from '../support/shop-server.js';
import { smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

let server: ShopServer;
let config: string;

beforeAll(async () => {
  server = await startShopServer(await smallShopRoutes(smallItems(3)));
  const shop = loopbackShop('small', server.origin, { schedule: '0 0 1 1 *' });
  const settings = { model: { path: await writeTinyModel() }, api: { listen: '127.0.0.1:0' } };
  config = writeWorkplace([shop], settings).config;
});
afterAll(() => server.close());

it.each(['infer.ready', 'api.listening'])('ends where it is told so at %s', async (event) => {
  const daemon = startFashiond('--config', config);
  const said = (): unknown[] =>
    logLines(daemon.output().stdout.replace(/[^\n]*$/, '')).map((line) => line['event']);
  await daemon.until(() => said().includes(event));
  const { code } = await daemon.stop('SIGTERM');
  expect(code).toBe(0);
  expect(said()).toContain('daemon.stopped');
  expect(said()).not.toContain('daemon.deadline');
});
