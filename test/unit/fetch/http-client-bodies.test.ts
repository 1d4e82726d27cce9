/** Bodies as both adapters of the HttpClient port hand them over: decoded, bounded, and never trusted. */
import * as zlib from 'node:zlib';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../src/fetch/http-fault.js';
import { brotliBomb } from '../../support/brotli-bomb.js';
import { testShop } from '../../support/test-shop.js';
import { CLIENTS, clientsOf, failureOf, rawServer, requestOf, text } from '../../support/http-clients.js';

const ZEROS = Buffer.alloc(50_000_000);
const BOMBS = [
  ['gzip', gzipSync(ZEROS)],
  ['br', brotliBomb(ZEROS)],
  ['deflate', deflateSync(ZEROS)],
  ['deflate', deflateRawSync(ZEROS)],
  ['gzip, gzip', gzipSync(gzipSync(ZEROS))],
] as const;

describe.each(CLIENTS)('bodies, with %s', (_, create) => {
  const client = clientsOf(create);

  const page = 'ニット '.repeat(2000);

  it.each([
    ['gzip', gzipSync(page)],
    ['x-gzip', gzipSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    // What some servers call deflate.
    ['deflate', gzipSync(page)],
    ['br', brotliCompressSync(page)],
    ['gzip, br', brotliCompressSync(gzipSync(page))],
    ['identity', Buffer.from(page)],
    // Without the checksum at the end, which some servers forget.
    ['gzip', gzipSync(page).subarray(0, -8)],
  ])('decodes %s', async (encoding, body) => {
    const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
    expect(text(await client().request(requestOf(shop.origin)))).toBe(page);
  });

  // Node has it from 22.15 on; before, nobody is asked for it, and who sends it all the same is refused.
  const { zstdCompressSync } = zlib as { zstdCompressSync?: (data: string | Buffer) => Buffer };
  it('decodes zstd where the runtime can, and stops its bombs', async () => {
    const zstd = Buffer.from(zstdCompressSync?.(page) ?? [0x28, 0xb5, 0x2f, 0xfd]);
    const bomb = zstdCompressSync?.(ZEROS) ?? zstd;
    const headers = { 'content-encoding': 'zstd' };
    const shop = await testShop({ '/': { headers, body: zstd }, '/bomb': { headers, body: bomb } });
    const asked = async (path: string): Promise<string> =>
      client()
        .request(requestOf(shop.origin + path))
        .then(text, (error: HttpFault) => error.failure);
    const can = zstdCompressSync !== undefined;
    expect(await asked('/')).toBe(can ? page : 'protocol');
    expect(await asked('/bomb')).toBe(can ? 'too-large' : 'protocol');
  });

  it('reads chunked bodies and bodies that end with the connection', async () => {
    const chunked = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
    });
    const closing = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabcde'));
    expect(text(await client().request(requestOf(chunked)))).toBe('abcde');
    expect(text(await client().request(requestOf(closing)))).toBe('abcde');
  });

  it.each(BOMBS)('stops a %s bomb at the bound on decoded bytes', async (encoding, body) => {
    expect(body.byteLength).toBeLessThan(100_000);
    const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
    const before = process.memoryUsage().rss;
    expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  it('bounds plain bodies, announced or not, and cuts them where asked to', async () => {
    const body = 'x'.repeat(2000);
    const shop = await testShop({
      '/announced': { headers: { 'content-length': '2000' }, body },
      '/chunked': (_, response) => {
        response.write(body.slice(0, 1000));
        response.end(body.slice(1000));
        return null;
      },
    });
    for (const path of ['/announced', '/chunked']) {
      const url = shop.origin + path;
      expect(await failureOf(client().request(requestOf(url, { maxBytes: 1999 })))).toBe('too-large');
      expect(text(await client().request(requestOf(url, { maxBytes: 2000 })))).toBe(body);
      const cut = await client().request(requestOf(url, { maxBytes: 1500, truncate: true }));
      expect(text(cut)).toBe('x'.repeat(1500));
    }
  });

  it('bounds encoded bytes that decode to nothing', async () => {
    const empty = gzipSync('');
    const body = Buffer.concat(Array.from({ length: 1000 }, () => empty));
    const shop = await testShop({ '/': { headers: { 'content-encoding': 'gzip' }, body } });
    expect(await failureOf(client().request(requestOf(shop.origin, { maxBytes: 10_000 })))).toBe('too-large');
  });

  it.each([
    ['gzip', 'this is no gzip'],
    ['br', Buffer.from([0xff, 0xff, 0xff, 0xff])],
    ['zstd-of-the-future', 'x'],
    ['gzip, gzip, gzip', 'x'],
  ])('refuses a body that is not the %s it claims to be', async (encoding, body) => {
    const shop = await testShop({ '/': { headers: { 'content-encoding': encoding }, body } });
    expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('protocol');
  });

  it('reports a body shorter than announced as a reset', async () => {
    const origin = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort'),
    );
    expect(await failureOf(client().request(requestOf(origin)))).toBe('reset');
  });

  it('trusts no answer that is longer than announced', async () => {
    const origin = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshort and more');
    });
    expect(await failureOf(client().request(requestOf(origin)))).toBe('protocol');
  });

  it('keeps the status of an error whose page is endless', async () => {
    const shop = await testShop({
      '/': (_, response) => {
        response.writeHead(404);
        const more = (): void => {
          while (response.write('x'.repeat(65_536)) && !response.destroyed);
          if (!response.destroyed) response.once('drain', more);
        };
        more();
        return null;
      },
    });
    const response = await client().request(requestOf(shop.origin));
    expect(response.status).toBe(404);
    expect(response.body.byteLength).toBe(0);
  });

  it('gives a body memory of its own, so that it can be moved to a worker', async () => {
    const shop = await testShop({ '/': { body: 'small' } });
    const { body } = await client().request(requestOf(shop.origin));
    expect(body.buffer.byteLength).toBe(body.byteLength);
  });
});
