/** From status line, headers and a stream of body bytes to an HttpResponse, the same for every client library. */
import type { Readable } from 'node:stream';
import type { HttpRequest, HttpResponse } from '../domain/fetch.js';
import { HttpFault } from './http-fault.js';
import { readBody } from './response-body.js';

/** Of an answer that is not 2xx only so much is read, to keep its connection. */
const MAX_DRAINED_BYTES = 64 * 1024;

/** Rejects with a fault, or with whatever the stream or a decoder threw. */
export async function readAnswer(
  head: Omit<HttpResponse, 'body'>,
  stream: Readable,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { status, headers } = head;
  if (status < 200 || status > 299) {
    await drain(stream);
    return { status, headers, body: new Uint8Array(0) };
  }
  const truncate = request.truncate ?? false;
  const announced = Number(headers['content-length'] ?? 0);
  if (!truncate && announced > request.maxBytes) {
    throw new HttpFault('too-large', `${announced} bytes announced, at most ${request.maxBytes} wanted`);
  }
  const limit = { maxBytes: request.maxBytes, truncate };
  return { status, headers, body: await readBody(stream, headers['content-encoding'], limit) };
}

/** Reads an answer nobody wants, so that its connection can be used again. What goes wrong here changes nothing. */
async function drain(stream: Readable): Promise<void> {
  try {
    await readBody(stream, undefined, { maxBytes: MAX_DRAINED_BYTES, truncate: true });
  } catch {
    stream.destroy();
  }
}
