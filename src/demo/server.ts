/** An HTTP server for one demo shop: conditional requests, an access log, nothing that depends on the time. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FashiondError, messageOf } from '../domain/errors.js';
import { systemClock } from '../platform/clock.js';
import type { DemoDay } from './catalogue.js';
import type { Resource, Site } from './site.js';

export interface AccessEntry {
  /** The shop's id. */
  readonly shop: string;
  /** Milliseconds since the epoch, when the request came. */
  readonly at: number;
  /** When it had been answered. */
  readonly endedAt: number;
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly status: number;
  readonly userAgent: string | null;
  readonly ifNoneMatch: string | null;
  readonly ifModifiedSince: string | null;
  /** Headers of the answer. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly retryAfter: string | null;
}

export interface SiteServer {
  /** `http://HOST:PORT`, without a slash at the end. */
  readonly origin: string;
  readonly host: string;
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly shop: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly delayMs: number;
  /** One in so many requests is asked to come again a second later; none at 0. */
  readonly busyEvery: number;
  readonly day: () => DemoDay;
  readonly accessLog: AccessEntry[];
  /** The site is made once the port is known, since its pages name their own address. */
  readonly site: (origin: string) => Site;
}

export async function serveSite(options: ServeOptions): Promise<SiteServer> {
  let site: Site | null = null;
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const isBusy = options.busyEvery > 0 && requests % options.busyEvery === 0;
    void answer(request, response, isBusy ? 'busy' : site, options);
  });
  server.keepAliveTimeout = 30_000;
  const port = await listen(server, options);
  const host = `${options.host}:${port}`;
  site = options.site(`http://${host}`);
  return {
    origin: `http://${host}`,
    host,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, options: ServeOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const hint = 'Choose another port, or 0 for any free one.';
      reject(
        new FashiondError('busy', `cannot listen on ${options.host}:${options.port}`, { hint, cause: error }),
      );
    });
    server.listen(options.port, options.host, () => resolve((server.address() as AddressInfo).port));
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site | 'busy' | null,
  options: ServeOptions,
): Promise<void> {
  const at = systemClock.now();
  if (options.delayMs > 0) await systemClock.sleep(options.delayMs);
  const path = request.url ?? '/';
  try {
    if (site === 'busy') response.setHeader('retry-after', '1').writeHead(503).end();
    else await respond(request, response, site?.resource(path, options.day()) ?? null);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(messageOf(error));
  }
  const header = (name: 'user-agent' | 'if-none-match' | 'if-modified-since'): string | null =>
    request.headers[name] ?? null;
  const sent = (name: string): string | null => {
    const value = response.getHeader(name);
    return typeof value === 'string' ? value : null;
  };
  options.accessLog.push({
    shop: options.shop,
    at,
    endedAt: systemClock.now(),
    method: request.method ?? 'GET',
    path,
    status: response.statusCode,
    userAgent: header('user-agent'),
    ifNoneMatch: header('if-none-match'),
    ifModifiedSince: header('if-modified-since'),
    etag: sent('etag'),
    lastModified: sent('last-modified'),
    retryAfter: sent('retry-after'),
  });
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  resource: Resource | null,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  if (resource === null) {
    response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      '<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>',
    );
    return;
  }
  if (resource.etag !== null) response.setHeader('etag', resource.etag);
  if (resource.lastModified !== null) {
    response.setHeader('last-modified', new Date(resource.lastModified).toUTCString());
  }
  if (isFresh(request, resource)) {
    response.writeHead(304).end();
    return;
  }
  const body = await resource.body();
  response.writeHead(200, {
    'content-type': resource.contentType,
    'content-length': body.byteLength,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** RFC 9110, section 13.2.2: If-None-Match decides where it is sent and there is an entity tag to compare. */
function isFresh(request: IncomingMessage, resource: Resource): boolean {
  const tags = request.headers['if-none-match'];
  if (tags !== undefined) {
    const weak = (tag: string): string => tag.trim().replace(/^W\//, '');
    return (
      resource.etag !== null &&
      tags.split(',').some((tag) => tag.trim() === '*' || weak(tag) === resource.etag)
    );
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return resource.lastModified !== null && !Number.isNaN(since) && resource.lastModified <= since;
}
