/** What both adapters of the HttpClient port call what goes wrong. */
import { describe, expect, it } from 'vitest';
import { startShopServer } from '../../support/shop-server.js';
import { CLIENTS, clientsOf, failureOf, rawServer, requestOf } from '../../support/http-clients.js';

describe.each(CLIENTS)('faults, with %s', (_, create) => {
  const client = clientsOf(create);

  it('times out before headers, in a slow drip and in a stalled body', async () => {
    const silent = await rawServer(() => undefined);
    const stalled = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
    );
    const dripping = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const http = client();
    for (const origin of [silent, stalled, dripping]) {
      expect(await failureOf(http.request(requestOf(origin, { timeoutMs: 150 })))).toBe('timeout');
    }
  });

  it('ends when the caller aborts, before and during the exchange', async () => {
    const silent = await rawServer(() => undefined);
    const during = new AbortController();
    setTimeout(() => during.abort(), 50);
    expect(await failureOf(client().request(requestOf(silent, { signal: during.signal })))).toBe('reset');
    expect(await failureOf(client().request(requestOf(silent, { signal: AbortSignal.abort() })))).toBe(
      'reset',
    );
  });

  it('ends what is under way when it is closed', async () => {
    const silent = await rawServer(() => undefined);
    const http = create();
    const pending = failureOf(http.request(requestOf(silent)));
    await http.close();
    expect(await pending).toBe('reset');
  });

  it('names a refused connection, an unknown host, a reset and nonsense', async () => {
    const shop = await startShopServer();
    await shop.close();
    const resetting = await rawServer((socket) => socket.resetAndDestroy());
    const nonsense = await rawServer((socket) => socket.end('220 smtp.example ESMTP\r\n'));
    const unknown = client({
      resolve: async () => Promise.reject(Object.assign(new Error('unknown host'), { code: 'ENOTFOUND' })),
    });
    expect(await failureOf(client().request(requestOf(shop.origin)))).toBe('connect');
    expect(await failureOf(unknown.request(requestOf('http://shop.example/')))).toBe('dns');
    expect(await failureOf(client().request(requestOf(resetting)))).toBe('reset');
    expect(await failureOf(client().request(requestOf(nonsense)))).toBe('protocol');
    expect(await failureOf(client().request(requestOf('ftp://shop.example/')))).toBe('bad-url');
  });

  it('reads no lenient HTTP', async () => {
    const smuggling = await rawServer((socket) => {
      socket.end(
        'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      );
    });
    expect(await failureOf(client().request(requestOf(smuggling)))).toBe('protocol');
  });
});
