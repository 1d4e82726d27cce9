/** Where an answer sends the client on to (RFC 9110 section 15.4). */
import type { HttpResponse } from '../domain/fetch.js';
import { resolveLocation } from './url.js';

export type Redirect =
  | { readonly kind: 'none' }
  | { readonly kind: 'to'; readonly url: URL }
  /** A redirect without a usable http(s) target. */
  | { readonly kind: 'bad'; readonly location: string };

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function redirectTarget(response: HttpResponse, base: URL): Redirect {
  if (!REDIRECTS.has(response.status)) return { kind: 'none' };
  const location = response.headers['location'] ?? '';
  const url = location === '' ? null : resolveLocation(location, base);
  return url === null ? { kind: 'bad', location } : { kind: 'to', url };
}
