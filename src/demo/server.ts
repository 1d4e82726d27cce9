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
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly status: number;
  readonly userAgent: string | null;
  readonly ifNoneMatch: string | null;
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
  readonly day: () => DemoDay;
  readonly accessLog: AccessEntry[];
  /** The site is made once the port is known, since its pages name their own address. */
  readonly site: (origin: string) => Site;
}

export async function serveSite(options: ServeOptions): Promise<SiteServer> {
  let site: Site | null = null;
  const server = createServer((request, response) => {
    void answer(request, response, site, options);
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
  site: Site | null,
  options: ServeOptions,
): Promise<void> {
  const at = systemClock.now();
  if (options.delayMs > 0) await systemClock.sleep(options.delayMs);
  const path = request.url ?? '/';
  try {
    await respond(request, response, site?.resource(path, options.day()) ?? null);
  } catch (error) {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(messageOf(error));
  }
  const header = (name: 'user-agent' | 'if-none-match'): string | null => request.headers[name] ?? null;
  options.accessLog.push({
    shop: options.shop,
    at,
    method: request.method ?? 'GET',
    path,
    status: response.statusCode,
    userAgent: header('user-agent'),
    ifNoneMatch: header('if-none-match'),
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
  const validators = {
    ...(resource.etag === null ? {} : { etag: resource.etag }),
    ...(resource.lastModified === null
      ? {}
      : { 'last-modified': new Date(resource.lastModified).toUTCString() }),
  };
  if (isFresh(request, resource)) {
    response.writeHead(304, validators).end();
    return;
  }
  const body = await resource.body();
  response.writeHead(200, {
    'content-type': resource.contentType,
    'content-length': body.byteLength,
    ...validators,
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
