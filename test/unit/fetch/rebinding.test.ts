/** DNS rebinding: the address that was judged is the address connected to, hop by hop, with both clients. */
import { afterEach, describe, expect, it } from 'vitest';
import type { AddressResolver } from '../../../src/fetch/network-guard.js';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { startShopServer } from '../../support/shop-server.js';
import type { ShopServer } from '../../support/shop-server.js';
import { pageRequest, shopOf, testFetcher } from './fixtures.js';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Answers the n-th question with the n-th address, and with the last from then on. */
function changing(addresses: readonly string[]) {
  const asked: string[] = [];
  const resolve: AddressResolver = async (hostname) => {
    const address = addresses[Math.min(asked.length, addresses.length - 1)]!;
    asked.push(hostname);
    return Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
  };
  return { asked, resolve };
}

/** Each answer ends its connection, so that every request asks for the address again. */
async function redirectingShop(): Promise<ShopServer> {
  const close = { connection: 'close' };
  const server = await startShopServer({
    '/robots.txt': { status: 404, headers: close },
    '/a': { status: 302, headers: { ...close, location: '/b' } },
    '/b': { headers: close, body: 'the page' },
  });
  closers.push(() => server.close());
  return server;
}

describe.each([
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
])('a name that changes its address, with %s', (_, createClient) => {
  async function visit(server: ShopServer, addresses: readonly string[]) {
    const dns = changing(addresses);
    const host = server.host.replace('127.0.0.1', 'rebinding.example');
    const { fetcher } = testFetcher({ createClient, client: { resolve: dns.resolve } });
    closers.push(() => fetcher.close());
    const outcome = await fetcher.fetch(shopOf([host]), `http://${host}/a`, pageRequest());
    return { outcome, asked: dns.asked };
  }

  it.each(['10.0.0.1', '169.254.169.254', '100.64.0.1', '::ffff:10.0.0.1', '64:ff9b::a00:1', '2002:a00:1::'])(
    'is followed no further when it points to %s after a redirect',
    async (address) => {
      const server = await redirectingShop();
      const { outcome, asked } = await visit(server, ['127.0.0.1', '127.0.0.1', address]);
      expect(outcome).toMatchObject({ kind: 'disallowed', reason: 'guard' });
      expect(server.paths()).toEqual(['/a']);
      expect(asked.length).toBe(3);
    },
  );

  it('is asked for once for each connection, and what was answered is what is connected to', async () => {
    const server = await redirectingShop();
    const { outcome, asked } = await visit(server, ['127.0.0.1']);
    expect(outcome).toMatchObject({ kind: 'ok' });
    // One question each for robots.txt, /a and /b: none is left to be answered otherwise in between.
    expect(asked).toEqual(Array.from({ length: 3 }, () => 'rebinding.example'));
    expect(server.connections.total).toBe(3);
  });

  it('reaches nobody when robots.txt was the last good answer', async () => {
    const server = await redirectingShop();
    const { outcome } = await visit(server, ['127.0.0.1', '192.168.0.1']);
    expect(outcome).toMatchObject({ kind: 'disallowed', reason: 'guard' });
    expect(server.paths()).toEqual([]);
  });
});
