/**
 * Reads a response body with a bound on both sides of the decoder.
 *
 * Invariant: memory is bounded by the limit plus one decoder chunk, whatever was sent; 19 kB of gzip can stand for
 * 20 MB, so the count that matters is of decoded bytes, while they stream.
 */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { decodersOf } from './content-decoder.js';
import { HttpFault } from './http-fault.js';

export interface BodyLimit {
  /** Decoded bytes; the encoded ones may not be more either. */
  readonly maxBytes: number;
  /** Keep the first `maxBytes` instead of failing. */
  readonly truncate: boolean;
}

/** Rejects with a `too-large` fault, or with whatever the stream or the decoder threw. */
export async function readBody(
  source: Readable,
  contentEncoding: string | undefined,
  limit: BodyLimit,
): Promise<Uint8Array> {
  const [first, second] = decodersOf(contentEncoding);
  // Kept here, because a pipeline that is broken off may report the breaking-off instead of its reason.
  let excess: HttpFault | null = null;
  const exceed = (what: string): HttpFault => {
    excess ??= new HttpFault('too-large', `more than ${limit.maxBytes} ${what}`);
    return excess;
  };
  const chunks: Uint8Array[] = [];
  let total = 0;
  const collect = async (decoded: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of decoded) {
      chunks.push(chunk);
      total += chunk.byteLength;
      if (total > limit.maxBytes) throw exceed('bytes');
    }
  };
  // Encoded bytes are bounded too: a stream of empty gzip members decodes to nothing for ever.
  const bounded = async function* bounded(encoded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let encodedTotal = 0;
    for await (const chunk of encoded) {
      encodedTotal += chunk.byteLength;
      if (encodedTotal > limit.maxBytes) throw exceed('encoded bytes');
      yield chunk;
    }
  };
  try {
    // Most of what a pipeline costs is the signal that it makes to end its parts, and here there is one part.
    if (first === undefined) await collect(source);
    else if (second === undefined) await pipeline(source, bounded, first, collect);
    else await pipeline(source, bounded, first, second, collect);
  } catch (error) {
    if (excess === null) throw error;
    if (!limit.truncate) throw excess;
  }
  return join(chunks, Math.min(total, limit.maxBytes));
}

/** Into memory of its own: small buffers of Node share a pool, which cannot be moved to a worker. */
function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, length - at);
    body.set(part, at);
    at += part.byteLength;
  }
  return body;
}
