/** The catalogue: filters and a grid of items. */
import type { z } from 'zod';
import { currencyExponent } from '../../domain/money.js';
import type { ShopId } from '../../domain/ids.js';
import { cursorOf, positionOf } from '../answers.js';
import { itemFilter } from '../item-query.js';
import type { itemQuery } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { html } from './html.js';
import type { Facets } from '../../domain/browse.js';
import type { Html } from './html.js';
import { itemCard } from './item-card.js';
import { page } from './layout.js';
import type { View } from './view.js';

type Query = z.output<typeof itemQuery> & { readonly after?: string | undefined };

/** Fills rows of two, three, four and six cards. */
const CARDS = 24;

export async function cataloguePage(
  parts: ApiParts,
  facets: Facets,
  view: View,
  asked: Query,
): Promise<string> {
  const { words } = view;
  const { currencies } = facets;
  // An order by price, and a bound, are within one currency: the most usual one where none was chosen.
  const needsCurrency =
    asked.minPrice !== undefined || asked.maxPrice !== undefined || (asked.order ?? 'newest') !== 'newest';
  const query = { ...asked, currency: asked.currency ?? (needsCurrency ? currencies[0] : undefined) };
  // Links say what was asked, not the currency that was found for it: it is not to look like somebody's choice.
  const { after, ...rest } = asked;
  const found = await parts.reads.list(itemFilter(query, parts.categories), CARDS, positionOf(after));
  const next = cursorOf(found.next);
  const shopCount = facets.shops.length;
  const onSale = facets.categories.reduce((sum, { items }) => sum + items, 0);
  const main = html`<div class="title">
      <h1>${words.catalogue}</h1>
      <p class="note">
        ${view.number(onSale)} ${onSale === 1 ? words.oneOnSaleIn : words.onSaleIn} ${view.number(shopCount)}
        ${shopCount === 1 ? words.inOneShop : words.inShops}
      </p>
    </div>
    <div class="with-side">
      ${filters(facets, view, query)}
      <section aria-label="${words.items}">
        ${chosen(view, rest)}
        ${
          found.rows.length === 0
            ? html`<div class="empty">
                <p>${words.nothing}</p>
                <a class="button quiet" href="/">${words.reset}</a>
              </div>`
            : html`<ul class="grid">
                ${found.rows.map((item) => itemCard(view, item))}
              </ul>`
        }
        <nav class="pager" aria-label="${words.nextPage}">
          ${after !== undefined && html`<a class="button quiet" href="/?${queryText(rest)}">${words.firstPage}</a>`}
          ${next !== null && html`<a class="button" href="/?${queryText({ ...rest, after: next })}">${words.nextPage}</a>`}
        </nav>
      </section>
    </div>`;
  return page(view, 'catalogue', words.catalogue, main);
}

/** What the list is kept to, each with a way out. */
function chosen(view: View, query: Query): Html | false {
  const { words } = view;
  const { q, category, shop, brand, currency, minPrice, maxPrice, inStock } = query;
  const all = [
    ['q', words.words, q],
    ['category', words.category, category && view.categoryName(category === 'unknown' ? null : category)],
    ['shop', words.shop, shop && view.shopName(shop as ShopId)],
    ['brand', words.brand, brand],
    ['currency', words.currency, currency],
    ['minPrice', words.priceFrom, minPrice],
    ['maxPrice', words.maxPrice, maxPrice],
    ['inStock', words.inStock, inStock === true ? '' : undefined],
  ] as const;
  const set = all.filter(([, , value]) => value !== undefined);
  if (set.length === 0) return false;
  return html`<ul class="chosen" aria-label="${words.filters}">
    ${set.map(
      ([key, name, value]) =>
        html`<li>
          <a class="chip" href="/?${queryText(without(query, key))}"
            >${name}${value !== '' && html`: <strong>${value}</strong>`} <span aria-hidden="true">×</span
            ><span class="visually-hidden">${words.removeFilter}</span></a
          >
        </li>`,
    )}
  </ul>`;
}

/** An amount means nothing without its currency: prices that were asked for in it are given up with it. */
function without(query: Query, key: keyof Query): Query {
  if (key !== 'currency') return { ...query, [key]: undefined };
  return { ...query, currency: undefined, minPrice: undefined, maxPrice: undefined, order: undefined };
}

function filters(facets: Facets, view: View, query: Query): Html {
  const { words } = view;
  const { currencies, shops, brands } = facets;
  const orders = ['newest', 'cheapest', 'dearest'] as const;
  // Opened by the script where there is room; on a phone what is set stands above the list.
  return html`<details class="filters">
    <summary>${words.filters}</summary>
    <form method="get" action="/">
      <label
        >${words.words}<input type="search" name="q" value="${query.q}" placeholder="${words.wordsHint}"
      /></label>
      ${choice('category', words.category, [['', words.anyCategory], ...categoryOptions(facets, view)], query.category)}
      ${choice('shop', words.shop, [['', words.anyShop], ...shops.map(({ shop, name }) => [shop, name] as const)], query.shop)}
      <label
        >${words.brand}<input name="brand" list="brands" value="${query.brand}" autocomplete="off"
      /></label>
      <datalist id="brands">${brands.map((brand) => html`<option value="${brand}"></option>`)}</datalist>
      ${choice('currency', words.currency, [['', words.anyCurrency], ...currencies.map((code) => [code, code] as const)], query.currency)}
      <div class="pair">
        ${bound('minPrice', words.priceFrom, query.minPrice, query.currency)}
        ${bound('maxPrice', words.priceTo, query.maxPrice, query.currency)}
      </div>
      ${choice(
        'order',
        words.order,
        orders.map((order) => [order, words[order]] as const),
        query.order,
      )}
      <label class="check"
        ><input type="checkbox" name="inStock" value="true" ${query.inStock === true && html`checked`} />
        ${words.inStock}</label
      >
      <div class="actions">
        <button>${words.apply}</button> <a class="button quiet" href="/">${words.reset}</a>
      </div>
    </form>
  </details>`;
}

type Choices = readonly (readonly [value: string, name: string])[];

function choice(name: string, label: string, choices: Choices, chosen: string | undefined): Html {
  return html`<label
    >${label}<select name="${name}">
      ${options(choices, chosen)}
    </select></label
  >`;
}

function bound(name: string, label: string, value: number | undefined, currency: string | undefined): Html {
  const step = currency === undefined ? 0.01 : 10 ** -currencyExponent(currency);
  return html`<label
    >${label}<input type="number" name="${name}" min="0" step="${step}" value="${value}"
  /></label>`;
}

/** Categories with items, most first, the unknown among them. */
function categoryOptions({ categories }: Facets, view: View): (readonly [string, string])[] {
  return categories.map(({ category, items }) => [
    category ?? 'unknown',
    `${view.categoryName(category)} (${view.number(items)})`,
  ]);
}

export function options(choices: Choices, chosen: string | undefined): Html[] {
  return choices.map(
    ([value, name]) =>
      html`<option value="${value}" ${value === (chosen ?? '') && html`selected`}>${name}</option>`,
  );
}

function queryText(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return new URLSearchParams(pairs).toString();
}
