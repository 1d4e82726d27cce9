import { describe, expect, it } from 'vitest';
import { Access, requireScope, SESSION_COOKIE } from '../../../src/api/access.js';
import { knownHosts, requireOwnOrigin } from '../../../src/api/origin-guard.js';
import { HttpProblem } from '../../../src/api/problem.js';
import { RateLimit } from '../../../src/api/rate-limit.js';
import { hashSecret } from '../../../src/config/api-access.js';

/** The status a call is refused with, or null. */
function refusal(call: () => unknown): number | null {
  try {
    call();
    return null;
  } catch (error) {
    if (error instanceof HttpProblem) return error.status;
    throw error;
  }
}

describe('tokens', () => {
  const tokens = [
    { name: 'front', scope: 'read', hash: hashSecret('front-secret-0123') },
    { name: 'ann', scope: 'review', hash: hashSecret('ann-secret-012345') },
  ] as const;
  let now = 0;
  const access = new Access(tokens, () => now);
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

  it('name their holder, and nobody without', () => {
    expect(access.callerOf(bearer('ann-secret-012345'))).toEqual({ name: 'ann', scope: 'review' });
    expect(access.callerOf({})).toBeNull();
    expect(refusal(() => access.callerOf(bearer('ann-secret-01234')))).toBe(401);
    expect(refusal(() => access.callerOf({ authorization: 'Basic YW5uOng=' }))).toBe(401);
    expect(new Access([], () => 0).callerOf({})).toEqual({ name: 'local', scope: 'admin' });
  });

  it('reach as far as their scope', () => {
    const ann = { name: 'ann', scope: 'review' } as const;
    expect(refusal(() => requireScope(ann, 'read'))).toBeNull();
    expect(refusal(() => requireScope(ann, 'review'))).toBeNull();
    expect(refusal(() => requireScope(ann, 'admin'))).toBe(403);
    expect(refusal(() => requireScope(null, 'read'))).toBe(401);
  });

  it('open sessions of the page, which end', () => {
    expect(access.logIn('wrong')).toBeNull();
    const value = access.logIn('front-secret-0123')!;
    const cookie = `theme=dark; ${SESSION_COOKIE}=${value}`;
    expect(access.callerOf({ cookie })).toEqual({ name: 'front', scope: 'read' });
    expect(access.callerOf({ cookie: cookie.slice(0, -1) })).toBeNull();
    access.logOut(cookie);
    expect(access.callerOf({ cookie })).toBeNull();
    const other = `${SESSION_COOKIE}=${access.logIn('front-secret-0123')!}`;
    now += 13 * 3_600_000;
    expect(access.callerOf({ cookie: other })).toBeNull();
  });
});

describe('tokens that are replaced', () => {
  const token = (secret: string) => [{ name: 'ann', scope: 'review', hash: hashSecret(secret) }] as const;
  const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

  it('work no more, nor do their sessions; those that stay do', () => {
    const kept = { name: 'front', scope: 'read', hash: hashSecret('front-secret-0123') } as const;
    const access = new Access([kept, ...token('old-secret-0123456')], () => 0);
    const session = (secret: string) => ({ cookie: `${SESSION_COOKIE}=${access.logIn(secret)!}` });
    const [ended, stays] = [session('old-secret-0123456'), session('front-secret-0123')];
    access.replaceTokens([kept, ...token('new-secret-0123456')]);
    expect(refusal(() => access.callerOf(bearer('old-secret-0123456')))).toBe(401);
    expect(access.callerOf(bearer('new-secret-0123456'))).toEqual({ name: 'ann', scope: 'review' });
    expect(access.callerOf(ended)).toBeNull();
    expect(access.callerOf(stays)).toEqual({ name: 'front', scope: 'read' });
  });

  it('close an open server, and never open one', () => {
    const open = new Access([], () => 0);
    open.replaceTokens(token('new-secret-0123456'));
    expect(open.callerOf({})).toBeNull();
    const closed = new Access(token('old-secret-0123456'), () => 0);
    closed.replaceTokens([]);
    expect(closed.callerOf({})).toBeNull();
    expect(refusal(() => closed.callerOf(bearer('old-secret-0123456')))).toBe(401);
  });
});

describe('other web sites', () => {
  const hosts = knownHosts({ host: '127.0.0.1', port: 8420 }, ['Fashion.Example']);
  const ask = (method: string, headers: Record<string, string>) =>
    refusal(() => requireOwnOrigin(method, headers, hosts));

  it.each([
    ['127.0.0.1:8420', null],
    ['localhost:8420', null],
    ['[::1]:8420', null],
    ['fashion.example', null],
    ['192.168.1.5:8420', null],
    ['rebound.example:8420', 421],
    ['localhost.rebound.example', 421],
    ['', 421],
  ])('reach no server by a name that is not its own: %s', (host, status) => {
    expect(ask('GET', { host })).toBe(status);
  });

  it.each([
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, null],
    ['GET', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, null],
    ['POST', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8420' }, null],
    ['POST', {}, null],
    ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['GET', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    ['POST', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    ['POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['POST', { origin: 'https://evil.example' }, 403],
    ['POST', { origin: 'http://localhost:3000' }, 403],
    ['POST', { origin: 'null' }, 403],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('may only open pages: %s %j', (method, headers, status) => {
    expect(ask(method, { host: 'localhost:8420', ...headers })).toBe(status);
  });
});

describe('the rate limit', () => {
  it('lets a burst through, then as many as the rate, for each caller', () => {
    let now = 0;
    const limit = new RateLimit({ rate: 10, burst: 5, monotonic: () => now });
    const passed = (caller: string, times: number) =>
      Array.from({ length: times }, () => limit.take(caller)).filter((wait) => wait === 0).length;
    expect(passed('a', 100)).toBe(5);
    expect(limit.take('a')).toBeCloseTo(0.1);
    expect(passed('b', 1)).toBe(1);
    now += 300;
    expect(passed('a', 100)).toBe(3);
    now += 3_600_000;
    expect(passed('a', 100)).toBe(5);
  });

  it('remembers a bounded number of callers', () => {
    const limit = new RateLimit({ rate: 1, burst: 1, monotonic: () => 0, most: 3 });
    for (const caller of ['a', 'b', 'c']) limit.take(caller);
    expect(limit.take('a')).toBeGreaterThan(0);
    limit.take('d');
    // b was seen longest ago and is new again; a is not.
    expect(limit.take('a')).toBeGreaterThan(0);
    expect(limit.take('b')).toBe(0);
  });
});
