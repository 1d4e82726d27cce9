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
  readonly #tokens: readonly AccessToken[];
  readonly #now: () => number;
  /** By the hash of the cookie's value, so that neither is compared byte by byte. */
  readonly #sessions = new Map<string, { readonly caller: Caller; readonly until: number }>();

  constructor(tokens: readonly AccessToken[], now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#tokens.length === 0;
  }

  /** Null for nobody. A wrong token is an error even where none is needed. */
  callerOf(headers: { readonly authorization?: string; readonly cookie?: string }): Caller | null {
    const [, secret = null] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (secret !== null || headers.authorization !== undefined) {
      const token = secret === null ? null : this.#match(secret);
      if (token === null && !this.isOpen) throw unauthorized('the token is not known');
      if (token !== null) return token;
    }
    if (this.isOpen) return ANYBODY_HERE;
    const session = sessionIn(headers.cookie ?? '');
    return session === null ? null : this.#sessionCaller(session);
  }

  /** Begins a session of the page for who holds the secret; returns the cookie's value, or null. */
  logIn(secret: string): string | null {
    const caller = this.#match(secret);
    if (caller === null) return null;
    const value = randomBytes(32).toString('base64url');
    for (const [key, { until }] of this.#sessions) {
      if (until > this.#now() && this.#sessions.size < MOST_SESSIONS) break;
      this.#sessions.delete(key);
    }
    this.#sessions.set(hashSecret(value).toString('hex'), { caller, until: this.#now() + SESSION_MS });
    return value;
  }

  logOut(cookie: string): void {
    const session = sessionIn(cookie);
    if (session !== null) this.#sessions.delete(hashSecret(session).toString('hex'));
  }

  /** Compares with every token, in the same time whichever it is. */
  #match(secret: string): Caller | null {
    const hash = hashSecret(secret);
    let found: Caller | null = null;
    for (const { name, scope, hash: known } of this.#tokens) {
      if (timingSafeEqual(hash, known)) found = { name, scope };
    }
    return found;
  }

  #sessionCaller(value: string): Caller | null {
    const session = this.#sessions.get(hashSecret(value).toString('hex'));
    return session === undefined || session.until <= this.#now() ? null : session.caller;
  }
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
