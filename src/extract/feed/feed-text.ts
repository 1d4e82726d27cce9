/** Bytes of a feed -> text, in pieces, in whatever encoding a shop writes. */
import iconv from 'iconv-lite';
import { unpacked } from '../../platform/unpack.js';
import { decodePage } from '../encoding.js';
import { encodingNamed } from '../encoding-label.js';

/** So much is looked at to find the encoding. */
const HEAD_BYTES = 256 * 1024;

export interface FeedBytes {
  readonly body: Uint8Array;
  readonly contentType: string | null;
  /** From the shop file; wins over everything but a byte order mark. */
  readonly encoding: string | null;
  /** Bound on what a packed feed unpacks to. */
  readonly maxBytes: number;
}

/** Throws where the bytes break off, so that nobody takes half a row for a whole one. */
export async function* feedText(feed: FeedBytes): AsyncGenerator<string> {
  let stopped: string | null = null;
  const stop = (reason: string): void => {
    stopped = reason;
  };
  let decoder: StreamDecoder | null = null;
  let head: Uint8Array[] = [];
  let headBytes = 0;
  const begin = function* begin(): Generator<string> {
    const bytes = Buffer.concat(head);
    decoder = streamDecoder(encodingOf(bytes, feed));
    head = [];
    yield decoder.write(bytes);
  };
  for await (const chunk of unpacked(feed.body, feed.maxBytes, stop)) {
    if (decoder !== null) {
      yield (decoder as StreamDecoder).write(chunk);
      continue;
    }
    head.push(chunk);
    headBytes += chunk.byteLength;
    if (headBytes >= HEAD_BYTES) yield* begin();
  }
  if (stopped !== null) throw new Error(stopped);
  if (decoder === null) yield* begin();
  yield (decoder as StreamDecoder | null)?.end() ?? '';
}

function encodingOf(head: Uint8Array, feed: FeedBytes): string {
  const [a, b, c] = head;
  const isMarked =
    (a === 0xef && b === 0xbb && c === 0xbf) || (a === 0xfe && b === 0xff) || (a === 0xff && b === 0xfe);
  const named = feed.encoding === null || isMarked ? null : encodingNamed(feed.encoding);
  return named ?? decodePage(head, feed.contentType).encoding;
}

interface StreamDecoder {
  write(chunk: Uint8Array): string;
  end(): string;
}

function streamDecoder(encoding: string): StreamDecoder {
  // Node 20 decodes windows-1252 as Latin-1, which turns the euro sign into a control character.
  if (encoding === 'windows-1252') {
    const decoder = iconv.getDecoder('windows-1252');
    return { write: (chunk) => decoder.write(Buffer.from(chunk)), end: () => decoder.end() ?? '' };
  }
  const decoder = new TextDecoder(encoding);
  return { write: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}
