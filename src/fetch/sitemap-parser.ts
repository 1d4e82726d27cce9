/**
 * Sitemap files (sitemaps.org protocol 0.9): XML, XML index, RSS, Atom and plain text, gzipped or not, parsed as a
 * stream.
 *
 * Bounded: decoded bytes, entries and the length of one; what is broken is counted and skipped, and a file that
 * breaks off yields what came before.
 */
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../domain/errors.js';
import { unpacked } from '../platform/unpack.js';
import { textReader, xmlReader } from './sitemap-xml.js';
import type { EntryReader, FoundEntry, SitemapEntry } from './sitemap-xml.js';

/** The protocol's bounds on one file. */
export const MAX_SITEMAP_BYTES = 50 * 1024 * 1024;
export const MAX_SITEMAP_ENTRIES = 50_000;

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
  const stop = (reason: string): void => {
    report.stopped = reason;
  };
  for await (const chunk of unpacked(body, MAX_SITEMAP_BYTES, stop)) {
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
