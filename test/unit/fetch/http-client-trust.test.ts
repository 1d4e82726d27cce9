/** Whom both adapters of the HttpClient port talk to: certificates, and addresses that the guard allows. */
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSignedCertificate } from '../../support/certificate.js';
import { testShop } from '../../support/test-shop.js';
import { CLIENTS, clientsOf, failureOf, requestOf, text } from '../../support/http-clients.js';

describe.each(CLIENTS)('TLS, with %s', (_, create) => {
  const client = clientsOf(create);

  async function tlsServer(maxVersion?: 'TLSv1.1') {
    const certificate = selfSignedCertificate();
    const options =
      maxVersion === undefined
        ? {}
        : { maxVersion, minVersion: 'TLSv1' as const, ciphers: 'ALL:@SECLEVEL=0' };
    const ciphers: string[] = [];
    const secure = createTlsServer({ ...certificate, ...options }, (_, response) => response.end('secure'));
    secure.on('secureConnection', (socket) => ciphers.push(socket.getProtocol() ?? ''));
    await new Promise<void>((resolve) => {
      secure.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(async () => {
      secure.closeAllConnections();
      await new Promise((resolve) => {
        secure.close(resolve);
      });
    });
    return {
      url: `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`,
      certificate,
      protocols: ciphers,
    };
  }

  it('verifies certificates', async () => {
    const { url, certificate, protocols } = await tlsServer();
    expect(await failureOf(client().request(requestOf(url)))).toBe('tls');
    const trusting = client({ certificateAuthority: certificate.cert });
    expect(text(await trusting.request(requestOf(url)))).toBe('secure');
    expect(protocols.at(-1)).toBe('TLSv1.3');
  });

  it('verifies the name in the certificate', async () => {
    const { url, certificate } = await tlsServer();
    const loopback = async () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const trusting = client({ certificateAuthority: certificate.cert, resolve: loopback });
    expect(await failureOf(trusting.request(requestOf(url.replace('127.0.0.1', 'shop.example'))))).toBe(
      'tls',
    );
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const { url, certificate } = await tlsServer('TLSv1.1');
    const trusting = client({ certificateAuthority: certificate.cert });
    expect(await failureOf(trusting.request(requestOf(url)))).toBe('tls');
  });
});

describe.each(CLIENTS)('the guard, with %s', (_, create) => {
  const client = clientsOf(create);

  it('refuses loopback, as a literal and as a name, unless the request allows it', async () => {
    const shop = await testShop({ '/': { body: 'inside' } });
    const loopback = async () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const http = client({ resolve: loopback });
    const byName = shop.origin.replace('127.0.0.1', 'shop.example');
    expect(text(await http.request(requestOf(byName)))).toBe('inside');
    // The kept connection of the request above must not serve one that may not use it.
    for (const url of [byName, shop.origin, shop.origin.replace('127.0.0.1', '0x7f000001')]) {
      expect(await failureOf(http.request(requestOf(url, { allowLoopback: false })))).toBe('blocked-address');
    }
    expect(shop.hits.length).toBe(1);
  });

  it('judges the very address it connects to, when a name changes its answer', async () => {
    const shop = await testShop({ '/': { headers: { connection: 'close' }, body: 'inside' } });
    const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254'];
    let asked = 0;
    const http = client({
      resolve: async () => {
        const address = answers[Math.min(asked, answers.length - 1)]!;
        asked += 1;
        return Promise.resolve([{ address, family: 4 }]);
      },
    });
    const url = shop.origin.replace('127.0.0.1', 'rebinding.example');
    expect(text(await http.request(requestOf(url)))).toBe('inside');
    expect(asked).toBe(1);
    expect(await failureOf(http.request(requestOf(url)))).toBe('blocked-address');
    expect(await failureOf(http.request(requestOf(url)))).toBe('blocked-address');
    expect(shop.connections.total).toBe(1);
  });
});
