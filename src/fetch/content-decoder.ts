/** Content codings (RFC 9110 section 8.4.1): what this runtime can undo, and the decoders that do it. */
import { Duplex } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { HttpFault } from './http-fault.js';

/** Node has zstd (RFC 8878) from 22.15 on; the types are those of the oldest Node that fashiond runs on. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };

/** What `decodersOf` can undo, for the request. */
export const ACCEPT_ENCODING = `gzip, deflate, br${createZstdDecompress === undefined ? '' : ', zstd'}`;

/** No honest server stacks more. */
const MAX_LAYERS = 2;

/** In the order to apply them: the header names the innermost coding first. An unknown one is a `protocol` fault. */
export function decodersOf(contentEncoding: string | undefined): Duplex[] {
  const codings = (contentEncoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_LAYERS) throw new HttpFault('protocol', `content-encoding ${contentEncoding}`);
  return codings.reverse().map(decoderOf);
}

function decoderOf(coding: string): Duplex {
  const { constants } = zlib;
  // A missing checksum at the end is common and harmless: framing already says whether the body is whole.
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return Duplex.from(inflate);
    case 'br':
      return zlib.createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      if (createZstdDecompress !== undefined) return createZstdDecompress();
      break;
    default:
  }
  throw new HttpFault('protocol', `unknown content-encoding ${coding}`);
}

/** `deflate` stands for the zlib format, and many servers send the bare stream (RFC 9110 section 8.4.1.2): look first. */
async function* inflate(encoded: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks = encoded[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const decoder = isZlib(head) ? zlib.createUnzip(options) : zlib.createInflateRaw(options);
  const whole = async function* whole(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  const fed = pipeline(whole, decoder);
  // Told by the loop below as well; without a listener here a reader that stops early would end the process.
  fed.catch(() => undefined);
  yield* decoder as AsyncIterable<Uint8Array>;
  await fed;
}

/** The two bytes of a zlib header (RFC 1950 section 2.2), or of gzip's magic, which some servers call deflate. */
function isZlib(head: Buffer): boolean {
  const [first = 0, second = 0] = head;
  const isGzip = first === 0x1f && second === 0x8b;
  return isGzip || ((first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0);
}
