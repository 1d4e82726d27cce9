import { describe, expect, it } from 'vitest';
import { guardedLookup, judgeAddress, refusedLiteral } from '../../../src/fetch/network-guard.js';
import type { AddressResolver } from '../../../src/fetch/network-guard.js';
import { HttpFault } from '../../../src/fetch/http-fault.js';

describe('judgeAddress', () => {
  it.each([
    '8.8.8.8',
    '93.184.216.34',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s is public', (address) => {
    expect(judgeAddress(address).kind).toBe('public');
  });

  it.each(['127.0.0.1', '127.255.255.254', '::1'])('%s is loopback', (address) => {
    expect(judgeAddress(address).kind).toBe('loopback');
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:0:7f00:1',
    '::127.0.0.1',
    '::8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '2001:0:53aa:64c::1',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '100::1',
    '4000::1',
    '5f00::1',
    'localhost',
    '',
  ])('%s is refused', (address) => {
    expect(judgeAddress(address).kind).toBe('refused');
  });
});

describe('refusedLiteral', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0xA9.0xFE.0xA9.0xFE/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://１６９.２５４.１６９.２５４/',
    'http://169.254.169.254./',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
  ])('sees through %s', (url) => {
    expect(refusedLiteral(new URL(url), false)).toMatch(/is not public/);
    expect(refusedLiteral(new URL(url), true)).toMatch(/is not public/);
  });

  it('opens loopback, and nothing else, to who may use it', () => {
    expect(refusedLiteral(new URL('http://127.1/'), false)).not.toBeNull();
    expect(refusedLiteral(new URL('http://127.1/'), true)).toBeNull();
    expect(refusedLiteral(new URL('http://[::1]:8080/'), true)).toBeNull();
    expect(refusedLiteral(new URL('http://10.0.0.1/'), true)).not.toBeNull();
  });

  it('leaves names to the lookup', () => {
    expect(refusedLiteral(new URL('http://localhost/'), false)).toBeNull();
  });
});

describe('guardedLookup', () => {
  const resolverOf =
    (...addresses: string[]): AddressResolver =>
    async () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

  const ask = async (resolve: AddressResolver, loopback: boolean, options: object): Promise<unknown> =>
    new Promise((settle) => {
      guardedLookup(resolve, loopback)('shop.example', options, (error, address) => {
        settle(error ?? address);
      });
    });

  it('hands out only the public ones of several addresses', async () => {
    const resolve = resolverOf('10.0.0.1', '93.184.216.34', 'fe80::1');
    expect(await ask(resolve, false, { all: true })).toEqual([{ address: '93.184.216.34', family: 4 }]);
    expect(await ask(resolve, false, {})).toBe('93.184.216.34');
  });

  it('honours the family asked for', async () => {
    const resolve = resolverOf('93.184.216.34', '2606:4700::1');
    expect(await ask(resolve, false, { family: 6 })).toBe('2606:4700::1');
  });

  it('names what it refused', async () => {
    const fault = await ask(resolverOf('127.0.0.1', '10.0.0.1'), false, { all: true });
    expect(fault).toBeInstanceOf(HttpFault);
    expect(fault).toMatchObject({ failure: 'blocked-address', message: expect.stringContaining('10.0.0.1') });
  });

  it('opens loopback to who may use it', async () => {
    expect(await ask(resolverOf('127.0.0.1', '10.0.0.1'), true, {})).toBe('127.0.0.1');
  });

  it('reports a name that does not resolve as a DNS failure', async () => {
    const notFound: AddressResolver = async () =>
      Promise.reject(Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }));
    expect(await ask(notFound, false, {})).toMatchObject({ failure: 'dns' });
    expect(await ask(resolverOf(), false, {})).toMatchObject({ failure: 'dns' });
  });
});
