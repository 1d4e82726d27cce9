/** Who asks: by bearer token or the page's session; with no tokens set up, anybody on this machine. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hashSecret } from '../config/api-access.js';
import type { AccessToken, Scope } from '../config/api-access.js';
import { SCOPES } from '../config/api-schema.js';
import { HttpProblem } from './problem.js';

export interface Caller {
  readonly name: string;
  readonly scope: Scope;
}

const ANYBODY_HERE: Caller = { name: 'local', scope: 'admin' };
const SESSION_MS = 12 * 3_600_000;
const MOST_SESSIONS = 1000;
export const SESSION_COOKIE = 'fashiond_session';

export class Access {
  #tokens: readonly AccessToken[];
  readonly #mayBeOpen: boolean;
  readonly #now: () => number;
  /** By the hash of the cookie's value, so that neither is compared byte by byte. */
  readonly #sessions = new Map<string, { readonly token: AccessToken; readonly until: number }>();

  constructor(tokens: readonly AccessToken[], now: () => number) {
    this.#tokens = tokens;
    this.#mayBeOpen = tokens.length === 0;
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#mayBeOpen && this.#tokens.length === 0;
  }

  /**
   * From now on these tokens count, and no others; sessions of the others end. A server that asked for tokens goes on
   * asking when there are none any more: it may listen where the new config would not let an open one.
   */
  replaceTokens(tokens: readonly AccessToken[]): void {
    this.#tokens = tokens;
    for (const [key, { token }] of this.#sessions) {
      if (!tokens.some((one) => isSame(one, token))) this.#sessions.delete(key);
    }
  }

  /** Null for nobody. A wrong token is an error even where none is needed. */
  callerOf(headers: { readonly authorization?: string; readonly cookie?: string }): Caller | null {
    const [, secret = null] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (secret !== null || headers.authorization !== undefined) {
      const token = secret === null ? null : this.#match(secret);
      if (token === null && !this.isOpen) throw unauthorized('the token is not known');
      if (token !== null) return callerWith(token);
    }
    if (this.isOpen) return ANYBODY_HERE;
    const session = sessionIn(headers.cookie ?? '');
    return session === null ? null : this.#sessionCaller(session);
  }

  /** Begins a session of the page for who holds the secret; returns the cookie's value, or null. */
  logIn(secret: string): string | null {
    const token = this.#match(secret);
    if (token === null) return null;
    const value = randomBytes(32).toString('base64url');
    for (const [key, { until }] of this.#sessions) {
      if (until > this.#now() && this.#sessions.size < MOST_SESSIONS) break;
      this.#sessions.delete(key);
    }
    this.#sessions.set(hashSecret(value).toString('hex'), { token, until: this.#now() + SESSION_MS });
    return value;
  }

  logOut(cookie: string): void {
    const session = sessionIn(cookie);
    if (session !== null) this.#sessions.delete(hashSecret(session).toString('hex'));
  }

  /** Compares with every token, in the same time whichever it is. */
  #match(secret: string): AccessToken | null {
    const hash = hashSecret(secret);
    let found: AccessToken | null = null;
    for (const token of this.#tokens) {
      if (timingSafeEqual(hash, token.hash)) found = token;
    }
    return found;
  }

  #sessionCaller(value: string): Caller | null {
    const session = this.#sessions.get(hashSecret(value).toString('hex'));
    return session === undefined || session.until <= this.#now() ? null : callerWith(session.token);
  }
}

function callerWith({ name, scope }: AccessToken): Caller {
  return { name, scope };
}

function isSame(one: AccessToken, other: AccessToken): boolean {
  return one.name === other.name && one.scope === other.scope && one.hash.equals(other.hash);
}

/** A `Set-Cookie` value that other sites' requests do not carry. */
export function cookie(name: string, value: string, seconds: number): string {
  return `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Strict`;
}

/** With null, ends the session. A proxy that ends TLS speaks plain HTTP to us: the page's origin, checked, tells of it. */
export function sessionCookie(
  { origin = '' }: { readonly origin?: string | undefined },
  value: string | null,
): string {
  const set = cookie(SESSION_COOKIE, value ?? '', value === null ? 0 : SESSION_MS / 1000);
  return `${set}; HttpOnly${origin.startsWith('https://') ? '; Secure' : ''}`;
}

/** Throws 401 for nobody and 403 for one whose token does not reach so far. */
export function requireScope(caller: Caller | null, scope: Scope): Caller {
  if (caller === null) throw unauthorized('this needs a token');
  if (SCOPES.indexOf(caller.scope) < SCOPES.indexOf(scope)) {
    throw new HttpProblem(
      403,
      'forbidden',
      `the token of ${caller.name} may ${caller.scope}; this needs ${scope}`,
    );
  }
  return caller;
}

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, 'unauthorized', detail, {
    hint: 'Send it as Authorization: Bearer TOKEN; tokens stand under api.tokens in the config.',
  });
}

function sessionIn(cookie: string): string | null {
  return new RegExp(`(?:^|; *)${SESSION_COOKIE}=([\\w-]{20,100})(?:;|$)`).exec(cookie)?.[1] ?? null;
}
