/** A shop's own rules about URLs: which parameters of the query name a page of it. */
import type { Shop, UrlRules } from '../domain/shop.js';
import { canonicalEscapes, canonicalUrl, isTracking } from './url.js';
import type { NamesPage } from './url.js';

const compiled = new WeakMap<UrlRules, NamesPage>();

/** `canonicalUrl` by the rules of the shop. Idempotent, and never null where `canonicalUrl` is not. */
export function shopUrl(shop: Shop, text: string, base?: string): string | null {
  let namesPage = compiled.get(shop.urls);
  if (namesPage === undefined) {
    namesPage = compile(shop.urls);
    compiled.set(shop.urls, namesPage);
  }
  return canonicalUrl(text, base, namesPage);
}

function compile({ dropParameters, keepParameters }: UrlRules): NamesPage {
  const isDropped = matcher(dropParameters);
  const isKept = keepParameters === null ? null : matcher(keepParameters);
  // What a shop keeps by name it means, even where others use the name to follow clicks.
  return (name) => (isKept === null ? !isTracking(name) : isKept(name)) && !isDropped(name);
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const names = new Set<string>();
  const starts: string[] = [];
  for (const pattern of patterns) {
    const isStart = pattern.endsWith('*');
    const spelt = canonicalName(isStart ? pattern.slice(0, -1) : pattern);
    if (isStart) starts.push(spelt);
    else names.add(spelt);
  }
  return (name) => {
    const lower = name.toLowerCase();
    return names.has(lower) || starts.some((start) => lower.startsWith(start));
  };
}

/** As the name stands in a canonical URL, in lower case: what a person types is UTF-8, escapes are taken as they are. */
function canonicalName(name: string): string {
  const bytes = [...Buffer.from(name)];
  const escaped = bytes.map((byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
  );
  return canonicalEscapes(escaped.join('')).toLowerCase();
}
