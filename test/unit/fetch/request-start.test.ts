/** When a request leaves, as both clients tell it: what a host's delay counts from. */
import { expect, it } from 'vitest';
import { createGotScrapingClient } from '../../../src/fetch/got-scraping-client.js';
import { createUndiciClient } from '../../../src/fetch/undici-client.js';
import { startShopServer } from '../../support/shop-server.js';

it.each([
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
])('%s says it after the name is resolved and the connection open, before the answer', async (_, create) => {
  const events: string[] = [];
  const shop = await startShopServer({
    '/': () => {
      events.push('arrived');
      return { body: 'hi' };
    },
  });
  const client = create({
    resolve: async () => {
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      events.push('resolved');
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
  const request = {
    url: shop.origin.replace('127.0.0.1', 'slow.example'),
    headers: {},
    timeoutMs: 10_000,
    maxBytes: 1000,
    allowLoopback: true,
    onStart: () => void events.push('left'),
    signal: new AbortController().signal,
  };
  await client.request(request);
  expect(events).toEqual(['resolved', 'left', 'arrived']);
  // On the connection that was kept.
  await client.request(request);
  expect(events.slice(3)).toEqual(['left', 'arrived']);
  await client.close();
  await shop.close();
});
