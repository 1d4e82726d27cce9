/** An item in a grid, and the small parts that pages share. */
import type { BrowsedItem } from '../../domain/browse.js';
import type { Sha256 } from '../../domain/ids.js';
import type { Money } from '../../domain/money.js';
import type { Lookalike } from '../../domain/serving.js';
import { html } from './html.js';
import type { Html } from './html.js';
import type { View } from './view.js';

export function pictureOf(
  view: View,
  sha256: Sha256 | null,
  alt: string,
  width: 160 | 320 | 640 | 960,
): Html {
  if (sha256 === null) return html`<span class="no-picture">${view.words.noPicture}</span>`;
  return html`<img
    src="/v1/pictures/${sha256}?width=${width}"
    alt="${alt}"
    loading="lazy"
    decoding="async"
  />`;
}

export function availabilityBadge(
  { words }: View,
  item: Pick<BrowsedItem, 'availability' | 'vanishedAt'>,
): Html {
  if (item.vanishedAt !== null) return html`<span class="badge out">${words.vanished}</span>`;
  switch (item.availability) {
    case 'in-stock':
      return html`<span class="badge in">${words.availability_in}</span>`;
    case 'low-stock':
      return html`<span class="badge low">${words.availability_low}</span>`;
    case 'back-order':
      return html`<span class="badge low">${words.availability_back}</span>`;
    case 'pre-order':
      return html`<span class="badge low">${words.availability_pre}</span>`;
    case 'sold-out':
    case 'discontinued':
      return html`<span class="badge out">${words.soldOut}</span>`;
    default:
      return html`<span class="badge">${words.availability_unknown}</span>`;
  }
}

export function priceOf(view: View, item: Pick<BrowsedItem, 'price' | 'listPrice'>): Html {
  const { price, listPrice } = item;
  const reduced = listPrice !== null && price !== null && listPrice.minor > price.minor;
  return html`<span class="price ${reduced && 'reduced'}">${view.money(price)}</span> ${
      reduced && html`<s class="list-price">${view.money(listPrice)}</s>`
    }`;
}

export function itemCard(view: View, item: BrowsedItem, more: Html | null = null): Html {
  return html`<li class="card">
    <a href="/items/${item.id}" class="picture" tabindex="-1" aria-hidden="true"
      >${pictureOf(view, item.picture, '', 320)}</a
    >
    <div class="text">
      <p class="maker">${item.brand ?? view.shopName(item.shop)}</p>
      <h3><a href="/items/${item.id}">${item.title}</a></h3>
      <p class="cost">${priceOf(view, item)}</p>
      <p class="chips">
        ${availabilityBadge(view, item)}
        <span class="chip ${item.category === null && 'unsure'}">${view.categoryName(item.category)}</span>
        <span class="chip plain">${view.shopName(item.shop)}</span>
      </p>
      ${more}
    </div>
  </li>`;
}

const PARTS = ['colour', 'shape', 'pattern', 'features'] as const;

/**
 * Likeness in words, as a blend of sharpened cosines is no percentage of anything. Scores with the default weights, of 320
 * items of the demo: 32 pictures that were cropped, brightened and compressed anew score 0.31 to 0.88 against their own item,
 * the likest other one of the category 0.13 to 0.24 (median 0.15), and nine of ten others of the category under 0.143.
 */
const LIKENESS = [
  [0.27, 'likeness_same'],
  [0.17, 'likeness_very'],
  [0.143, 'likeness_alike'],
] as const;

function likeness({ words }: View, score: number): string {
  const [, word] = LIKENESS.find(([least]) => score >= least) ?? [0, 'likeness_some'];
  return words[word];
}

/** A lookalike with how like it is, the parts of its score as bars, and its price against the query's. */
export function lookalikeCard(view: View, item: BrowsedItem, found: Lookalike, price: Money | null): Html {
  const { words } = view;
  const rows = PARTS.map((part) => {
    const value = Math.max(0, found.parts[part]);
    const percent = Math.round(value * 100);
    return html`<div>
      <dt>${words[`part_${part}`]}</dt>
      <dd>
        ${bar(value, `${words[`part_${part}`]} ${percent} %`)}<span aria-hidden="true">${percent}</span>
      </dd>
    </div>`;
  });
  const difference = comparison(view, item.price, price);
  return itemCard(
    view,
    item,
    html`<div class="likeness">
      <p><strong>${likeness(view, found.score)}</strong> ${difference !== null && difference}</p>
      <dl class="parts">${rows}</dl>
    </div>`,
  );
}

/** 0 to 1, as a drawing: the page's policy allows no styles in attributes. */
export function bar(value: number, label: string): Html {
  const width = (Math.max(0, Math.min(1, value)) * 100).toFixed(1);
  return html`<svg
    class="bar"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    role="img"
    aria-label="${label}"
  >
    <rect class="track" width="100" height="6" />
    <rect class="fill" width="${width}" height="6" />
  </svg>`;
}

function comparison({ words }: View, price: Money | null, other: Money | null): Html | null {
  if (price === null || other === null || price.currency !== other.currency || other.minor <= 0) return null;
  const percent = Math.round((Math.abs(other.minor - price.minor) / other.minor) * 100);
  if (percent === 0) return html`<span class="compared">${words.samePrice}</span>`;
  const isCheaper = price.minor < other.minor;
  return html`<span class="compared ${isCheaper && 'saving'}"
    >${percent} ${isCheaper ? words.cheaperBy : words.dearerBy}</span
  >`;
}
