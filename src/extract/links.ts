/** Where a page leads: its anchors and its next page as absolute URLs, spelt in bytes as a browser would send them. */
import iconv from 'iconv-lite';
import type { Element } from 'domhandler';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';

const MAX_LINKS = 20_000;

/** Absolute http(s) URLs in order, each once, without fragments and without those marked nofollow. */
export function pageLinks(page: HtmlPage, base: string, encoding: string): string[] {
  const links = new Set<string>();
  const origin = originOf(base);
  const areas = page.named('area');
  const elements =
    areas.length === 0
      ? page.named('a')
      : page.elements.filter(({ name }) => name === 'a' || name === 'area');
  // Some listings name their next page in the head only.
  const next = page.named('link').filter((element) => hasRelation(element, /(?:^|\s)next(?:\s|$)/i));
  for (const element of [...elements, ...next]) {
    if (links.size >= MAX_LINKS || hasRelation(element, /(?:^|\s)nofollow(?:\s|$)/i)) continue;
    const href = attribute(element, 'href');
    const url = plainLink(href, origin) ?? resolveLink(href, base, encoding);
    if (url !== null) links.add(url);
  }
  return [...links];
}

/** The origin of an http(s) URL that references resolve against, or null. */
function originOf(base: string): string | null {
  const url = URL.canParse(base) ? new URL(base) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null;
}

/** A path from the root without anything that the URL standard would escape, join or take away. */
const PLAIN_PATH = /^\/(?!\/)(?:[\w\-~!$&()*+,;=:@]|\/|\.(?![./])|%(?!2e))*(?:\?[\w\-.~!$&()*+,;=:@/?%]*)?$/i;

/** Most references are plain paths of the same site, and need no parser. */
function plainLink(href: string | null, origin: string | null): string | null {
  if (href === null || origin === null) return null;
  const path = href.startsWith(`${origin}/`) ? href.slice(origin.length) : href;
  return path.length < 2000 && PLAIN_PATH.test(path) ? origin + path : null;
}

function hasRelation(element: Element, relation: RegExp): boolean {
  const rel = attribute(element, 'rel');
  return rel !== null && relation.test(rel);
}

/**
 * Resolves a reference as the URL standard does: characters outside ASCII become UTF-8 escapes in the path, but
 * escapes of the page's own encoding in the query. Null for anything but http(s).
 */
export function resolveLink(reference: string | null, base: string, encoding: string): string | null {
  if (reference === null || reference.length > 8000) return null;
  const [bare = ''] = reference
    .trim()
    .replaceAll(/[\t\n\r]/g, '')
    .split('#', 1);
  const [path = '', ...query] = bare.split('?');
  try {
    const escaped = query.length === 0 ? bare : `${path}?${escapeQuery(query.join('?'), encoding)}`;
    const url = new URL(escaped, base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
    url.hash = '';
    return url.href;
  } catch {
    return null;
  }
}

// oxlint-disable-next-line no-control-regex -- everything outside ASCII
const OUTSIDE_ASCII = /[^\u0000-\u007f]+/gu;

function escapeQuery(query: string, encoding: string): string {
  if (encoding === 'utf-8' || encoding.startsWith('utf-16')) return query;
  return query.replaceAll(OUTSIDE_ASCII, (text) => escapeBytes(text, encoding));
}

function escapeBytes(text: string, encoding: string): string {
  if (encoding === 'iso-2022-jp') return escapeIso2022(text);
  if (!iconv.encodingExists(encoding)) return [...Buffer.from(text)].map(escapeByte).join('');
  let escaped = '';
  for (const char of text) {
    const bytes = encodeChar(char, encoding);
    // What the encoding lacks goes as a numeric character reference (URL standard, percent-encode after encoding).
    escaped += bytes === null ? `%26%23${char.codePointAt(0) ?? 0}%3B` : [...bytes].map(escapeByte).join('');
  }
  return escaped;
}

function encodeChar(char: string, encoding: string): Uint8Array | null {
  const bytes = iconv.encode(char, encoding);
  return bytes.length === 1 && bytes[0] === 0x3f ? null : bytes;
}

/** The query percent-encode set of special URLs; a second byte of Shift_JIS may be a plain letter. */
function escapeByte(byte: number): string {
  const isPlain = byte > 0x20 && byte < 0x7f && !'"#<>\''.includes(String.fromCharCode(byte));
  return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** JIS X 0208 in seven bits: the bytes of EUC-JP without their high bits, between escape sequences (RFC 1468). */
function escapeIso2022(text: string): string {
  let escaped = '';
  let isShifted = false;
  const shift = (to: boolean): void => {
    if (to !== isShifted) escaped += to ? '%1B$B' : '%1B(B';
    isShifted = to;
  };
  for (const char of text) {
    const bytes = iconv.encode(char, 'euc-jp');
    const isTwoBytes = bytes.length === 2 && (bytes[0] ?? 0) >= 0xa1;
    shift(isTwoBytes);
    escaped += isTwoBytes
      ? [...bytes].map((byte) => escapeByte(byte & 0x7f)).join('')
      : `%26%23${char.codePointAt(0) ?? 0}%3B`;
  }
  shift(false);
  return escaped;
}
