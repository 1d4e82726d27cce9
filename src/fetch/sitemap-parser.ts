/**
 * Sitemap files (sitemaps.org protocol 0.9): XML, XML index and plain text, gzipped or not, parsed as a stream.
 *
 * The tokenizer knows the five entities of XML and character references, and no DTD: nothing expands, nothing is
 * loaded. Bounded: decoded bytes, entries and the length of one; what is broken is counted and skipped, and a file
 * that breaks off yields what came before.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Parser } from 'htmlparser2';
import { messageOf } from '../domain/errors.js';

/** The protocol's bounds on one file. */
export const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;
export const MAX_SITEMAP_ENTRIES = 50_000;

const MAX_LOCATION_LENGTH = 8192;
/** The protocol needs four. */
const MAX_NESTING = 32;
const CHUNK_BYTES = 64 * 1024;

export interface SitemapEntry {
  /** `sitemap`: another file, from an index. */
  readonly kind: 'page' | 'sitemap';
  /** As written, trimmed; neither resolved nor checked. */
  readonly location: string;
}

export interface SitemapReport {
  entries: number;
  /** Entries without a usable location. */
  skipped: number;
  /** Why reading stopped before the end; null when it did not. */
  stopped: string | null;
}

/** Entries in batches, in order. `report` is filled in as reading goes on. */
export async function* sitemapEntries(
  body: Uint8Array,
  report: SitemapReport,
): AsyncGenerator<readonly SitemapEntry[]> {
  const decoder = new TextDecoder('utf-8');
  let reader: EntryReader | null = null;
  let head = '';
  for await (const chunk of decodedChunks(body, report)) {
    let text = decoder.decode(chunk, { stream: true });
    if (reader === null) {
      head = (head + text).trimStart();
      if (head === '') continue;
      reader = head.startsWith('<') ? xmlReader() : textReader();
      text = head;
    }
    try {
      yield take(reader.read(text), report);
    } catch (error) {
      report.stopped = messageOf(error);
    }
    if (report.stopped !== null) return;
    // A large file must not hold up everything else on the thread.
    await setImmediate();
  }
  if (reader !== null) yield take(reader.end(), report);
}

type Found = SitemapEntry | 'broken';

interface EntryReader {
  read(text: string): readonly Found[];
  end(): readonly Found[];
}

function take(found: readonly Found[], report: SitemapReport): SitemapEntry[] {
  const entries: SitemapEntry[] = [];
  for (const entry of found) {
    if (entry === 'broken') report.skipped += 1;
    else if (report.entries >= MAX_SITEMAP_ENTRIES)
      report.stopped = `more than ${MAX_SITEMAP_ENTRIES} entries`;
    else {
      report.entries += 1;
      entries.push(entry);
    }
  }
  return entries;
}

/** Slices of the body, gunzipped where it starts with gzip's magic number. */
async function* decodedChunks(body: Uint8Array, report: SitemapReport): AsyncGenerator<Uint8Array> {
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
      if (total > MAX_SITEMAP_BYTES) {
        report.stopped = `more than ${MAX_SITEMAP_BYTES} bytes unpacked`;
        return;
      }
      yield chunk;
    }
  } catch {
    report.stopped = 'broken gzip';
  }
}

function* slices(body: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}

/** `<loc>` directly in `<url>` or `<sitemap>`, whatever the prefix of the namespace; never `<image:loc>`. */
function xmlReader(): EntryReader {
  const open: string[] = [];
  let found: Found[] = [];
  let location: string | null = null;
  let sawLocation = false;
  const parser = new Parser(
    {
      onopentag: (name) => {
        open.push(name);
        if (open.length > MAX_NESTING) throw new Error(`elements nested more than ${MAX_NESTING} deep`);
        if (entryKind(name) !== null) sawLocation = false;
        if (isLocation(open)) location = '';
      },
      ontext: (text) => {
        if (location !== null && location.length <= MAX_LOCATION_LENGTH) location += text;
      },
      onclosetag: (name) => {
        const parent = open.at(-2);
        const kind = parent === undefined ? null : entryKind(parent);
        if (isLocation(open) && location !== null && kind !== null) {
          found.push(entryOf(kind, location));
          sawLocation = true;
          location = null;
        } else if (entryKind(name) !== null && !sawLocation) {
          found.push('broken');
        }
        open.pop();
      },
    },
    { xmlMode: true },
  );
  const flush = (): readonly Found[] => {
    const batch = found;
    found = [];
    return batch;
  };
  return {
    read: (text) => {
      parser.write(text);
      return flush();
    },
    // Not parser.end(): it would close what a truncated file left open, and take half a location for a whole one.
    end: flush,
  };
}

function isLocation(open: readonly string[]): boolean {
  const name = open.at(-1);
  const parent = open.at(-2);
  if (name === undefined || parent === undefined || entryKind(parent) === null) return false;
  return localName(name) === 'loc' && prefix(name) === prefix(parent);
}

function entryKind(name: string): SitemapEntry['kind'] | null {
  const local = localName(name);
  if (local === 'url') return 'page';
  return local === 'sitemap' ? 'sitemap' : null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function prefix(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(':')));
}

/** One URL a line. */
function textReader(): EntryReader {
  let rest = '';
  return {
    read: (text) => {
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      const found = lines.filter((line) => line.trim() !== '').map((line) => entryOf('page', line));
      if (rest.length > MAX_LOCATION_LENGTH) {
        rest = '';
        found.push('broken');
      }
      return found;
    },
    end: () => (rest.trim() === '' ? [] : [entryOf('page', rest)]),
  };
}

function entryOf(kind: SitemapEntry['kind'], text: string): Found {
  const location = text.trim();
  return location === '' || location.length > MAX_LOCATION_LENGTH ? 'broken' : { kind, location };
}
