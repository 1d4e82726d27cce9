/** What the sources of one page say differently. Spelling apart: one name that holds the other is no contradiction. */
import { formatMoney } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type { Contradiction } from '../domain/product.js';
import { nameKey } from './hints.js';
import type { SourceHints } from './hints.js';

interface Said {
  readonly source: SourceHints['source'];
  readonly value: string;
}

const TEXT_FIELDS = ['title', 'brand', 'sku', 'gtin', 'mpn'] as const;
/** In names, one that holds the other agrees with it. Codes agree only when they are equal. */
const NAMES: ReadonlySet<string> = new Set(['title', 'brand']);

/** `sources` in the order of trust, so that what was taken comes first in each contradiction. */
export function contradictionsOf(sources: readonly SourceHints[]): Contradiction[] {
  const found: Contradiction[] = [];
  for (const field of TEXT_FIELDS) {
    const said = sources.flatMap(({ source, [field]: value }) => (value === null ? [] : [{ source, value }]));
    add(found, field, said, NAMES.has(field) ? namesAgree : (a, b) => nameKey(a) === nameKey(b));
  }
  const prices = sources.flatMap(({ source, price }) =>
    price?.price ? [{ source, value: formatMoney(price.price) }] : [],
  );
  add(found, 'price', prices, (a, b) => a === b);
  const stock = sources.flatMap(({ source, availability }) =>
    availability === null ? [] : [{ source, value: availability }],
  );
  const orderable: ReadonlySet<string> = ORDERABLE;
  add(found, 'availability', stock, (a, b) => orderable.has(a) === orderable.has(b));
  return found;
}

function add(
  found: Contradiction[],
  field: Contradiction['field'],
  said: readonly Said[],
  agree: (taken: string, other: string) => boolean,
): void {
  const [taken] = said;
  if (taken === undefined) return;
  const others = said.filter(({ value }) => !agree(taken.value, value));
  if (others.length > 0) found.push({ field, values: [taken, ...others] });
}

function namesAgree(taken: string, other: string): boolean {
  const [a, b] = [nameKey(taken), nameKey(other)];
  return a.includes(b) || b.includes(a);
}
