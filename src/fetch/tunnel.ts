/**
 * Connections through a shop's proxy: HTTP CONNECT (RFC 9110 section 9.3.6) to the proxy, then TLS to the shop inside.
 *
 * Plain http shops are tunnelled as well, so that the proxy connects to the address that was judged here and nothing
 * else; it must allow CONNECT to port 80 for them. The proxy's own address comes from the operator's config and is
 * not judged: it stands on a private network as a rule. Its credentials are in no message.
 */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import type { ProxyRoute } from '../domain/fetch.js';
import { HttpFault, faultOf } from './http-fault.js';
import { judgedAddresses } from './network-guard.js';
import type { AddressResolver } from './network-guard.js';

export interface TunnelTarget {
  /** Host name or literal address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly allowLoopback: boolean;
}

/** Rejects with a fault: `proxy` where the proxy is at fault, or what the guard says of the target. */
export async function openTunnel(
  proxy: ProxyRoute,
  resolve: AddressResolver,
  target: TunnelTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const host = proxy.resolve === 'proxy' ? named(target) : await judged(resolve, target);
  signal.throwIfAborted();
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${target.port}`;
  const { hostname, port } = new URL(proxy.url);
  const ask = connectRequest(proxy, authority, signal);
  try {
    const [answer, socket, first] = (await once(ask, 'connect', { signal })) as [
      IncomingMessage,
      Socket,
      Buffer,
    ];
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) {
      socket.destroy();
      throw new HttpFault('proxy', `the proxy answered ${status}`);
    }
    if (first.length > 0) socket.unshift(first);
    return socket;
  } catch (error) {
    ask.destroy();
    if (signal.aborted) throw signal.reason;
    const what = error instanceof HttpFault ? error.message : `the proxy failed: ${faultOf(error).message}`;
    throw new HttpFault('proxy', `${what} (${hostname}:${port === '' ? 'default port' : port})`);
  }
}

function connectRequest(proxy: ProxyRoute, authority: string, signal: AbortSignal): ClientRequest {
  const url = new URL(proxy.url);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = ask({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? null : Number(url.port),
    method: 'CONNECT',
    path: authority,
    setHost: false,
    agent: false,
    headers: {
      host: authority,
      ...(credentials === ':'
        ? {}
        : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
    signal,
  });
  // `once` listens for the first error only; a later one has nobody left to tell.
  request.on('error', () => undefined);
  return request.end();
}

/** The address that was judged is the one the proxy is asked for. IPv4 first: a proxy may have no IPv6. */
async function judged(resolve: AddressResolver, target: TunnelTarget): Promise<string> {
  // A literal was judged before anything else was done.
  if (isIP(target.host) !== 0) return target.host;
  const addresses = await judgedAddresses(resolve, target.host, target.allowLoopback);
  const best = addresses.find(({ family }) => family === 4) ?? addresses[0];
  if (best === undefined) throw new HttpFault('dns', `${target.host} has no address`);
  return best.address;
}

/** RFC 6761 section 6.3: these names mean the machine that resolves them, the proxy's own. */
function named({ host, allowLoopback }: TunnelTarget): string {
  if (!allowLoopback && /(^|\.)localhost\.?$/i.test(host)) {
    throw new HttpFault('blocked-address', `${host} is not public (loopback)`);
  }
  return host;
}
