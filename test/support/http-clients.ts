/** What the tests of the HttpClient port share: both adapters, servers that speak in bytes, requests and their faults. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../src/domain/fetch.js';
import type { HttpClient } from '../../src/domain/ports.js';
import { HttpFault } from '../../src/fetch/http-fault.js';
import { createGotScrapingClient } from '../../src/fetch/got-scraping-client.js';
import type { HttpClientOptions } from '../../src/fetch/guarded-client.js';
import { createUndiciClient } from '../../src/fetch/undici-client.js';
export const CLIENTS = [
  ['got-scraping', createGotScrapingClient],
  ['undici', createUndiciClient],
] as const;

type CreateClient = (options?: HttpClientOptions) => HttpClient;

/** Clients that are closed when the test ends. */
export const clientsOf =
  (create: CreateClient) =>
  (options: HttpClientOptions = {}): HttpClient => {
    const made = create(options);
    onTestFinished(() => made.close());
    return made;
  };

/** Answers each connection as `talk` says; no HTTP library in between. */
export async function rawServer(talk: (socket: Socket, received: string) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => talk(socket, data.toString('latin1')));
  });
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      listening.close(resolve);
    });
  });
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

export function requestOf(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    url,
    headers: { 'user-agent': 'fashiond/0.1.0 (+https://example.com/bot)', accept: 'text/html' },
    timeoutMs: 10_000,
    maxBytes: 100_000,
    allowLoopback: true,
    signal: new AbortController().signal,
    ...more,
  };
}

export async function failureOf(promise: Promise<HttpResponse>): Promise<string> {
  const error: unknown = await promise.then(
    () => 'no fault',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HttpFault)) throw new Error(`expected an HttpFault, got ${String(error)}`);
  return error.failure;
}

export const text = (response: HttpResponse): string => Buffer.from(response.body).toString();
