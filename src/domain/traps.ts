/**
 * Spider traps: addresses that a site makes up without end. What a guard refuses is not added to the frontier.
 *
 * Only links found on pages are judged: what a sitemap or a feed lists is the shop's own word, and finite.
 */

export interface TrapLimits {
  /** How often one segment may stand in a path. */
  readonly maxRepeats: number;
  /** Parameters in a query. */
  readonly maxParameters: number;
  /** Addresses of one pattern (see `urlPattern`), before items found among them allow more. */
  readonly maxPerPattern: number;
}

export type LinkGuard = 'depth' | 'repeats' | 'parameters' | 'pattern';

/** A link in scope that was not followed. */
export interface RefusedLink {
  readonly url: string;
  readonly guard: LinkGuard;
}

/**
 * The guard that the address alone runs into, or null. A relative link that is resolved against the wrong folder
 * repeats segments (`/a/b/a/b/a/b`); filters that add themselves to each other's links pile parameters up.
 */
export function trapOf(url: string, limits: TrapLimits): 'repeats' | 'parameters' | null {
  const { path, query } = partsOf(url);
  const counts = new Map<string, number>();
  for (const segment of path.split('/')) {
    if (segment === '') continue;
    const count = (counts.get(segment) ?? 0) + 1;
    if (count > limits.maxRepeats) return 'repeats';
    counts.set(segment, count);
  }
  return query !== null && query.split('&').length > limits.maxParameters ? 'parameters' : null;
}

/**
 * What addresses made by counting or by filters have in common: host and path with each segment that holds a digit
 * (a number, a date, an id) folded into one sign, and of a query only that there is one. Null where nothing is folded:
 * names are chosen by people, of whom no site has endless many.
 */
export function urlPattern(url: string): string | null {
  const { origin, path, query } = partsOf(url);
  const folded = path.replaceAll(/[^/]*\d[^/]*/g, '#');
  if (folded === path && query === null) return null;
  return `${origin}${folded}${query === null ? '' : '?'}`;
}

function partsOf(url: string): {
  readonly origin: string;
  readonly path: string;
  readonly query: string | null;
} {
  const host = url.indexOf('//') + 2;
  const slash = url.indexOf('/', host);
  const start = slash === -1 ? url.length : slash;
  const mark = url.indexOf('?', start);
  return {
    origin: url.slice(0, start),
    path: url.slice(start, mark === -1 ? undefined : mark),
    query: mark === -1 ? null : url.slice(mark + 1),
  };
}
