/**
 * Keeps other web sites out of a server on loopback: a page of theirs can have the visitor's browser send requests
 * here, or have its own name resolve to this machine (DNS rebinding).
 *
 * The Host header must be an address, or a name the server is known by: a name that was rebound is neither. A request that a browser marks as coming from another site
 * (Fetch Metadata) may only open a page, and one that changes anything must come from the page itself.
 */
import { isIP } from 'node:net';
import type { ListenAddress } from '../config/api-access.js';
import { isLoopback } from '../config/api-access.js';
import { HttpProblem } from './problem.js';

interface Headers {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
  readonly 'sec-fetch-mode'?: string | string[] | undefined;
}

const READING = new Set(['GET', 'HEAD']);

/** Names as they stand in a Host header, ports left out: a proxy's may be another. */
export function knownHosts(address: ListenAddress, more: readonly string[]): ReadonlySet<string> {
  const local = isLoopback(address) ? ['localhost'] : [];
  return new Set([...local, ...more].map((name) => name.toLowerCase()));
}

/** Throws 421 for a Host that is not ours and 403 for a request of another site. */
export function requireOwnOrigin(method: string, headers: Headers, hosts: ReadonlySet<string>): void {
  const host = (headers.host ?? '').toLowerCase();
  const name = host.replace(/:\d+$/, '');
  if (!hosts.has(name) && isIP(name.replace(/^\[|\]$/g, '')) === 0) {
    throw new HttpProblem(
      421,
      'wrong-host',
      `this server is not known as ${name === '' ? 'nothing' : name}`,
      {
        hint: 'Ask for the address it listens on, or add the name to api.hosts in the config.',
      },
    );
  }
  const site = headers['sec-fetch-site'];
  const isOwn = site === undefined || site === 'same-origin' || site === 'none';
  const reads = READING.has(method);
  if (!isOwn && !(reads && headers['sec-fetch-mode'] === 'navigate')) {
    throw crossSite();
  }
  // Browsers that send no Fetch Metadata still name the origin of whatever changes something.
  if (!reads && headers.origin !== undefined && hostOf(headers.origin) !== host) throw crossSite();
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return null;
  }
}

function crossSite(): HttpProblem {
  return new HttpProblem(403, 'cross-site', 'the request comes from another web site', {
    hint: 'Call the API from a server of yours, not from a page.',
  });
}
