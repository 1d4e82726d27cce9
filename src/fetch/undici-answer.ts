/**
 * One request on one undici `Client`, its answer as a status, headers and a stream.
 *
 * undici's `request` decodes header bytes as UTF-8; a redirect to a page of a Japanese shop may hold EUC-JP bytes. The
 * raw headers are read here instead, as Latin-1, one character a byte, as Node's own client does.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { HttpFault } from './http-fault.js';
import type { Connection } from './undici-connections.js';

export interface UndiciAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Destroying it before its end ends the connection. */
  readonly body: Readable;
}

export interface UndiciRequest {
  /** With the query, as it goes on the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly onStart: (() => void) | undefined;
}

/** Node keeps the first of these and drops the rest (documentation of `message.headers`). */
const SINGLE: ReadonlySet<string> = new Set(
  (
    'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since ' +
    'last-modified location max-forwards proxy-authorization referer retry-after server user-agent'
  ).split(' '),
);

/** Resolves when the headers are there; the body then ends with its last byte or an error. */
export async function askUndici(connection: Connection, request: UndiciRequest): Promise<UndiciAnswer> {
  return new Promise((resolve, reject) => {
    let body: Readable | null = null;
    connection.client.dispatch(
      { method: 'GET', path: request.path, headers: request.headers },
      {
        // undici calls it as it writes the request to its connection.
        onRequestStart: () => request.onStart?.(),
        onResponseStart: (controller, status) => {
          if (status < 200) return;
          body = bodyOf(controller);
          resolve({ status, headers: joinedHeaders(controller.rawHeaders as Buffer[]), body });
        },
        onResponseData: (controller, chunk) => {
          if (body?.push(chunk) === false) controller.pause();
        },
        onResponseEnd: () => {
          // Bytes after the announced end arrive with it and end the connection in this turn of the event loop.
          setImmediate(() => {
            const { ended } = connection;
            if (ended === null || !isNonsense(ended)) body?.push(null);
            else body?.destroy(new HttpFault('protocol', 'the answer goes on after its end'));
          });
        },
        onResponseError: (_controller, error) => {
          reject(isMismatch(error) ? new HttpFault('protocol', 'the headers contradict each other') : error);
          body?.destroy(error);
        },
      },
    );
  });
}

function bodyOf(controller: Dispatcher.DispatchController): Readable {
  return new Readable({
    read: () => controller.resume(),
    destroy(error, done) {
      if (!this.readableEnded) controller.abort(error ?? new HttpFault('reset', 'broken off'));
      done(error);
    },
  });
}

/** Bytes after the end of the answer, as opposed to a connection that ends as it was announced to. */
function isNonsense(error: Error): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return String(code).startsWith('HPE_') || (code === 'UND_ERR_SOCKET' && message === 'bad response');
}

/** Before the headers are complete it stands for a length beside a transfer encoding (RFC 9112 section 6.3). */
function isMismatch(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH';
}

/** Names and values alternate. */
function joinedHeaders(raw: readonly Buffer[]): Readonly<Record<string, string>> {
  const joined: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]?.toString('latin1').toLowerCase() ?? '';
    const value = raw[at + 1]?.toString('latin1') ?? '';
    const before = joined[name];
    if (before === undefined) joined[name] = value;
    else if (!SINGLE.has(name)) joined[name] = `${before}, ${value}`;
  }
  return joined;
}
