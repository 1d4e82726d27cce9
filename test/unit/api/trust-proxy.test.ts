/** Whose requests are counted where a proxy stands before the API: by real connections over loopback. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiParts } from '../../../src/api/parts.js';
import { startApi } from '../../../src/api/server.js';
import type { ApiServer } from '../../../src/api/server.js';
import { apiSchema } from '../../../src/config/api-schema.js';

const BURST = 3;
let server: ApiServer | null = null;
afterEach(() => server?.close());

/** `/openapi.json` needs none of the parts. */
async function start(trusted: readonly string[]): Promise<void> {
  const parts = { reload: null, categories: [], hasRoom: () => true } as unknown as ApiParts;
  // So slow that no busy machine gets a request more.
  const limits = { ...apiSchema.parse({ trust_proxy: trusted, burst: BURST }), rate: 0.001 };
  const address = { host: '127.0.0.1', port: 0 };
  server = await startApi(parts, { address, limits, tokens: [], version: '0' }, () => []);
}

async function statuses(forwarded: readonly (string | null)[]): Promise<number[]> {
  const found: number[] = [];
  for (const one of forwarded) {
    const headers = one === null ? {} : { 'x-forwarded-for': one };
    found.push((await fetch(`${server!.url}/openapi.json`, { headers })).status);
  }
  return found;
}

const limited = [200, 200, 200, 429, 429];

describe('X-Forwarded-For', () => {
  it('of anybody is not believed without trust_proxy', async () => {
    await start([]);
    expect(await statuses(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', null])).toEqual(limited);
  });

  it('of one that is no trusted proxy is not believed', async () => {
    await start(['10.0.0.0/8', '2001:db8::/32']);
    expect(await statuses(['192.0.2.1', '192.0.2.2', '192.0.2.3', '10.1.2.3', '10.1.2.4'])).toEqual(limited);
  });

  it('of a trusted proxy tells callers apart, by what the proxy added and not by what they claim', async () => {
    await start(['127.0.0.0/8']);
    const claims = ['9.9.9.1, 192.0.2.1', '9.9.9.2, 192.0.2.1', '127.0.0.1, 192.0.2.1', '9.9.9.4, 192.0.2.1'];
    expect(await statuses([...claims, '192.0.2.1'])).toEqual(limited);
    expect(await statuses(['192.0.2.2', '192.0.2.1'])).toEqual([200, 429]);
  });

  it('of a chain of trusted proxies counts the first address that is none', async () => {
    await start(['127.0.0.1', '10.0.0.0/8']);
    const chain = (client: string) => `6.6.6.6, ${client}, 10.0.0.7`;
    expect(await statuses(Array.from({ length: 5 }, () => chain('192.0.2.1')))).toEqual(limited);
    expect(await statuses([chain('192.0.2.2')])).toEqual([200]);
  });
});

describe('api.trust_proxy', () => {
  it.each([
    ['127.0.0.1', true],
    ['10.0.0.0/8', true],
    ['2001:db8::/32', true],
    ['loopback', false],
    ['proxy.example', false],
    ['10.0.0.0/33', false],
    ['*', false],
  ])('%s', (entry, isTaken) => {
    expect(apiSchema.safeParse({ trust_proxy: [entry] }).success).toBe(isTaken);
  });
});
