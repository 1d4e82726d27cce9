/** What a demo shop is to the server: raw request targets in, resources out. */
import { createHash } from 'node:crypto';
import type { DemoDay, DemoPicture } from './catalogue.js';

export interface Resource {
  readonly contentType: string;
  /** Called only when the body is sent, so that a 304 costs no rendering. */
  readonly body: () => Promise<Uint8Array>;
  /** Quoted, or null for a shop without entity tags. */
  readonly etag: string | null;
  /** Milliseconds since the epoch, whole seconds; null where the shop does not say. */
  readonly lastModified: number | null;
}

export interface Site {
  /** Path and query as they came over the wire, escapes untouched; null means 404. */
  readonly resource: (target: string, day: DemoDay) => Resource | null;
}

/** Bytes of a picture that is for sale; rendered once, or read from its file. */
export type PictureBytes = (picture: DemoPicture) => Promise<Uint8Array>;

const PAGE_SIZE = 20;

export function pagesOf<T>(items: readonly T[]): T[][] {
  const pages: T[][] = [];
  for (let start = 0; start < items.length; start += PAGE_SIZE)
    pages.push(items.slice(start, start + PAGE_SIZE));
  return pages;
}

export function etagOf(...content: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of content) hash.update(part);
  return `"${hash.digest('hex').slice(0, 24)}"`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Answers remembered per day, because a page that is asked for again has not changed within it. */
export class PageCache {
  readonly #pages = new Map<string, Resource | null>();

  get(key: string, make: () => Resource | null): Resource | null {
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const made = make();
    // Unknown addresses are not kept: there is no end to them.
    if (made !== null) this.#pages.set(key, made);
    return made;
  }
}
