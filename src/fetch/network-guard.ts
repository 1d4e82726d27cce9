/**
 * Keeps requests on the public internet: no page, redirect or DNS answer makes the daemon talk to its own network.
 *
 * Invariants: an address is judged at connect time, and the address judged is the address connected to, because
 * the lookup hands out only what it has judged (a second DNS answer cannot slip in between). Node does not call
 * `lookup` for a literal address, so literals are judged before connecting. What is not known to be public is
 * refused. Loopback is a verdict of its own: a shop may be allowed it, and never anything else.
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { HttpFault, faultOf } from './http-fault.js';

export interface AddressVerdict {
  readonly kind: 'public' | 'loopback' | 'refused';
  /** Name of the address range, for messages. */
  readonly range: string;
}

/** All addresses of a host name. Rejects with the resolver's error. */
export type AddressResolver = (hostname: string) => Promise<readonly LookupAddress[]>;

/** The only block of IPv6 that is handed out as global unicast (RFC 4291, IANA registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Ranges in which an IPv4 address, possibly a private one, is hidden inside an IPv6 address. They are refused
 * whole: no shop needs them, and each has carried a request past a guard that looked at the outer address only.
 */
const EMBEDDING_RANGES: readonly (readonly [string, [ipaddr.IPv6, number]])[] = [
  ['nat64', ipaddr.IPv6.parseCIDR('64:ff9b::/96')],
  ['nat64-local', ipaddr.IPv6.parseCIDR('64:ff9b:1::/48')],
  ['6to4', ipaddr.IPv6.parseCIDR('2002::/16')],
  ['teredo', ipaddr.IPv6.parseCIDR('2001::/32')],
  ['ipv4-mapped', ipaddr.IPv6.parseCIDR('::ffff:0:0/96')],
  ['ipv4-translated', ipaddr.IPv6.parseCIDR('::ffff:0:0:0/96')],
];

const IPV4_COMPATIBLE = ipaddr.IPv6.parseCIDR('::/96');

export function judgeAddress(address: string): AddressVerdict {
  if (isIP(address) === 0) return { kind: 'refused', range: 'not an address' };
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return { kind: 'loopback', range };
  if (parsed instanceof ipaddr.IPv6) {
    for (const [name, block] of EMBEDDING_RANGES) {
      if (parsed.match(block)) return { kind: 'refused', range: name };
    }
    if (range === 'unicast' && parsed.match(IPV4_COMPATIBLE)) {
      return { kind: 'refused', range: 'ipv4-compatible' };
    }
    if (!parsed.match(GLOBAL_UNICAST)) {
      return { kind: 'refused', range: range === 'unicast' ? 'unallocated' : range };
    }
  }
  return range === 'unicast' ? { kind: 'public', range } : { kind: 'refused', range };
}

/** The address a URL's host spells out, or null when it is a name. WHATWG parsing has undone hex and octal. */
function literalAddress(url: URL): string | null {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return isIP(host) === 0 ? null : host;
}

/** Why a URL's literal address must not be connected to, or null when it may or when its host is a name. */
export function refusedLiteral(url: URL, allowLoopback: boolean): string | null {
  const address = literalAddress(url);
  return address === null ? null : refusal(address, allowLoopback);
}

/** The addresses of a host that may be connected to. None left is a `blocked-address` fault, no address a `dns` one. */
export async function judgedAddresses(
  resolve: AddressResolver,
  hostname: string,
  allowLoopback: boolean,
  family = 0,
): Promise<LookupAddress[]> {
  const found = (await resolve(hostname)).filter((entry) => family === 0 || entry.family === family);
  const allowed = found.filter((entry) => refusal(entry.address, allowLoopback) === null);
  if (allowed.length > 0) return allowed;
  if (found.length === 0) throw new HttpFault('dns', `${hostname} has no address`);
  const reasons = found.map((entry) => refusal(entry.address, allowLoopback));
  throw new HttpFault('blocked-address', `${hostname}: ${reasons.join(', ')}`);
}

/** A `lookup` for sockets that yields only addresses it has judged. */
export function guardedLookup(resolve: AddressResolver, allowLoopback: boolean): LookupFunction {
  const answer = async (...[hostname, options, callback]: Parameters<LookupFunction>): Promise<void> => {
    let addresses: LookupAddress[];
    try {
      addresses = await judgedAddresses(resolve, hostname, allowLoopback, familyOf(options.family));
    } catch (error) {
      callback(faultOf(error), []);
      return;
    }
    const [first] = addresses;
    if (options.all === true || first === undefined) callback(null, addresses);
    else callback(null, first.address, first.family);
  };
  return (hostname, options, callback) => {
    void answer(hostname, options, callback);
  };
}

/** The system's resolver (getaddrinfo), so that /etc/hosts and the machine's own settings count. */
export const systemResolver: AddressResolver = async (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(new HttpFault('dns', error.message));
    });
  });

function refusal(address: string, allowLoopback: boolean): string | null {
  const verdict = judgeAddress(address);
  if (verdict.kind === 'public' || (verdict.kind === 'loopback' && allowLoopback)) return null;
  return `${address} is not public (${verdict.range})`;
}

function familyOf(family: number | 'IPv4' | 'IPv6' | undefined): number {
  if (family === 'IPv4') return 4;
  if (family === 'IPv6') return 6;
  return family ?? 0;
}
