/** Gzipped files, and files that are not, as a stream of bounded slices. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 64 * 1024;

/**
 * Slices of the body, gunzipped where it starts with gzip's magic number. Ends early where the file is broken or
 * unpacks to more than `maxBytes`, and says so through `stop`; what comes before is yielded.
 */
export async function* unpacked(
  body: Uint8Array,
  maxBytes: number,
  stop: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  if (body[0] !== 0x1f || body[1] !== 0x8b) {
    yield* slices(body);
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // The error reaches the loop below through the gunzip stream itself.
  pipeline(Readable.from(slices(body)), gunzip).catch(() => undefined);
  let total = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      total += chunk.byteLength;
      if (total > maxBytes) {
        stop(`more than ${maxBytes} bytes unpacked`);
        return;
      }
      yield chunk;
    }
  } catch {
    stop('broken gzip');
  }
}

function* slices(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}
