/**
 * Sitemap files (sitemaps.org protocol 0.9): XML, XML index, RSS, Atom and plain text, gzipped or not, parsed as a
 * stream.
 *
 * Bounded: decoded bytes, entries and the length of one; what is broken is counted and skipped, and a file that
 * breaks off yields what came before.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../domain/errors.js';
import { textReader, xmlReader } from './sitemap-xml.js';
import type { EntryReader, FoundEntry, SitemapEntry } from './sitemap-xml.js';

/** The protocol's bounds on one file. */
export const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;
export const MAX_SITEMAP_ENTRIES = 50_000;

const CHUNK_BYTES = 64 * 1024;

export interface SitemapReport {
  entries: number;
  /** Entries without a usable location. */
  skipped: number;
  /** Pictures that the entries list. */
  images: number;
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

function take(found: readonly FoundEntry[], report: SitemapReport): SitemapEntry[] {
  const entries: SitemapEntry[] = [];
  for (const entry of found) {
    if (entry === 'broken') report.skipped += 1;
    else if (report.entries >= MAX_SITEMAP_ENTRIES)
      report.stopped = `more than ${MAX_SITEMAP_ENTRIES} entries`;
    else {
      report.entries += 1;
      report.images += entry.images.length;
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
