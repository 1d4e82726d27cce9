/** Pages of the English shop: JSON-LD, og tags, breadcrumbs, paging. */
import { unreachable } from '../domain/errors.js';
import { toDecimal } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import { Random, seedOf } from '../platform/random.js';
import type { DemoItem } from './catalogue.js';
import { framePage, reviews, sectionTitle, sizeTable } from './english-layout.js';
import { escapeHtml } from './site.js';

export interface EnglishContext {
  readonly origin: string;
  readonly sections: readonly string[];
  /** All items as on the first day: what a page links to beside its subject never changes with the day. */
  readonly items: readonly DemoItem[];
}

export function productPath(item: DemoItem): string {
  const slug = item.title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `/products/${slug}-${item.sku.toLowerCase()}`;
}

export function picturePath(item: DemoItem, index: number): string {
  const picture = item.pictures[index];
  const extension = picture?.from === 'file' ? extensionOf(picture.path) : 'jpg';
  return `/media/products/${item.sku.toLowerCase()}-${index + 1}.${extension}`;
}

export function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

function dollars(money: Money): string {
  return `$${toDecimal(money)}`;
}

export function productPage(item: DemoItem, context: EnglishContext): string {
  const { origin } = context;
  const url = origin + productPath(item);
  const random = new Random(seedOf(item.sku, item.title));
  const image = origin + picturePath(item, 0);
  const head = `<meta name="description" content="${escapeHtml(item.description)}">
  <meta property="og:type" content="product">
  <meta property="og:site_name" content="Harbour Lane Clothing">
  <meta property="og:title" content="${escapeHtml(item.title)}">
  <meta property="og:url" content="${url}">
  <meta property="og:image" content="${image}">
  <meta property="product:price:amount" content="${toDecimal(item.price)}">
  <meta property="product:price:currency" content="${item.price.currency}">
  ${structuredData(item, url, context)}`;
  const body = `${breadcrumbs(item)}
    <div class="product">
      ${gallery(item)}
      <div class="product__info">
        <p class="product__brand">${escapeHtml(item.brand)}</p>
        <h1 class="product__title">${escapeHtml(item.title)}</h1>
        ${offer(item)}
        <form class="buy" data-sku="${item.sku}" action="/cart" method="post">
          <fieldset class="sizes"><legend>Size</legend>${['XS', 'S', 'M', 'L', 'XL'].map((size) => `<label><input type="radio" name="size" value="${size}"> ${size}</label>`).join('')}</fieldset>
          <p class="hint" hidden>Please choose a size.</p>
          <button class="button"${item.availability === 'sold-out' ? ' disabled' : ''}>Add to cart</button>
        </form>
        <h2>Details</h2>
        <p>${escapeHtml(item.description)}</p>
        <dl class="facts"><dt>Item number</dt><dd>${item.sku}</dd>${item.colour === '' ? '' : `<dt>Colour</dt><dd>${item.colour}</dd>`}<dt>Delivery</dt><dd>2 to 4 working days, $4.90; free over $75</dd></dl>
        ${sizeTable()}
      </div>
    </div>
    ${related(item, context, random)}
    ${reviews(random)}`;
  return framePage({ ...context, title: item.title, canonical: url, head, body });
}

function breadcrumbs(item: DemoItem): string {
  return `<nav class="breadcrumbs" aria-label="Breadcrumb"><ol><li><a href="/">Home</a></li><li><a href="/c/${item.section}">${sectionTitle(item.section)}</a></li><li aria-current="page">${escapeHtml(item.title)}</li></ol></nav>`;
}

function gallery(item: DemoItem): string {
  const thumbs = item.pictures
    .map(
      (_, index) =>
        `<img class="product__thumb" src="${picturePath(item, index)}" data-large="${picturePath(item, index)}" alt="${escapeHtml(item.title)}, view ${index + 1}" width="96" height="96">`,
    )
    .join('');
  return `<div class="product__gallery"><img class="product__main" src="${picturePath(item, 0)}" alt="${escapeHtml(item.title)}" width="640" height="640"><div class="product__thumbs">${thumbs}</div></div>`;
}

function offer(item: DemoItem): string {
  const was = item.listPrice === null ? '' : ` <s class="price--was">${dollars(item.listPrice)}</s>`;
  return `<p class="product__price"><span class="price">${dollars(item.price)}</span>${was}</p>
        <p class="stock stock--${item.availability}">${stockWords(item.availability)}</p>`;
}

function stockWords(availability: DemoItem['availability']): string {
  switch (availability) {
    case 'in-stock':
      return 'In stock';
    case 'low-stock':
      return 'Only a few left';
    case 'sold-out':
      return 'Sold out';
    default:
      return unreachable(availability);
  }
}

/** Schema.org, written the ways shops write it: one block, two blocks or a graph; prices as text or number. */
function structuredData(item: DemoItem, url: string, { origin }: EnglishContext): string {
  const price = toDecimal(item.price);
  const schema = {
    'in-stock': 'InStock',
    'low-stock': 'LimitedAvailability',
    'sold-out': 'SoldOut',
  } as const;
  const variant = item.number % 3;
  const product = {
    '@type': 'Product',
    '@id': `${url}#product`,
    name: item.title,
    sku: item.sku,
    description: item.description,
    brand: { '@type': 'Brand', name: item.brand },
    ...(item.colour === '' ? {} : { color: item.colour }),
    image: item.pictures.map((_, index) => origin + picturePath(item, index)),
    offers: {
      '@type': 'Offer',
      url,
      price: variant === 1 ? Number(price) : price,
      priceCurrency: item.price.currency,
      availability: `https://schema.org/${schema[item.availability]}`,
      itemCondition: 'https://schema.org/NewCondition',
      ...(item.listPrice === null ? {} : { priceSpecification: listPrice(item.listPrice) }),
    },
  };
  const crumbs = {
    '@type': 'BreadcrumbList',
    itemListElement: [
      { '@type': 'ListItem', position: 1, name: 'Home', item: `${origin}/` },
      {
        '@type': 'ListItem',
        position: 2,
        name: sectionTitle(item.section),
        item: `${origin}/c/${item.section}`,
      },
      { '@type': 'ListItem', position: 3, name: item.title, item: url },
    ],
  };
  const context = 'https://schema.org';
  if (variant === 2) return jsonLd({ '@context': context, '@graph': [crumbs, product] });
  return jsonLd({ '@context': context, ...product }) + jsonLd({ '@context': context, ...crumbs });
}

function listPrice(money: Money): object {
  return {
    '@type': 'UnitPriceSpecification',
    priceType: 'https://schema.org/ListPrice',
    price: toDecimal(money),
    priceCurrency: money.currency,
  };
}

function jsonLd(data: object): string {
  return `<script type="application/ld+json">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`;
}

/** Other items, without prices: a changed price must not change its neighbours' pages. */
function related(item: DemoItem, { items }: EnglishContext, random: Random): string {
  const others = Array.from({ length: 8 }, () => random.pick(items)).filter(
    (other) => other.sku !== item.sku,
  );
  return `<section class="related"><h2>You may also like</h2><div class="grid">${others.map((other) => card(other)).join('\n')}</div></section>`;
}

function card(item: DemoItem, price = ''): string {
  return `<article class="card"><a href="${productPath(item)}"><img loading="lazy" src="${picturePath(item, 0)}" alt="${escapeHtml(item.title)}" width="280" height="280"></a><h3><a href="${productPath(item)}">${escapeHtml(item.title)}</a></h3><p class="card__brand">${escapeHtml(item.brand)}</p>${price}</article>`;
}

export function listingPage(
  section: string,
  items: readonly DemoItem[],
  page: number,
  pages: number,
  context: EnglishContext,
): string {
  const at = (number: number): string => `/c/${section}${number === 1 ? '' : `?page=${number}`}`;
  const head = [
    page > 1 ? `<link rel="prev" href="${at(page - 1)}">` : '',
    page < pages ? `<link rel="next" href="${at(page + 1)}">` : '',
  ].join('');
  const cards = items.map((item) => card(item, offer(item))).join('\n');
  const numbers = Array.from(
    { length: pages },
    (_, index) => `<a href="${at(index + 1)}">${index + 1}</a>`,
  ).join(' ');
  const next = page < pages ? ` <a rel="next" href="${at(page + 1)}">Next</a>` : '';
  const body = `<h1>${sectionTitle(section)}</h1>
    <p class="listing__count">Page ${page} of ${pages}</p>
    <div class="grid">${cards}</div>
    <nav class="paging" aria-label="Pages">${numbers}${next}</nav>`;
  return framePage({
    ...context,
    title: sectionTitle(section),
    canonical: context.origin + at(page),
    head,
    body,
  });
}

export function homePage(context: EnglishContext): string {
  const random = new Random(seedOf('home', context.items.length));
  const featured = Array.from({ length: 12 }, () => random.pick(context.items));
  const body = `<section class="hero"><img src="/static/banner.png" width="1200" height="400" alt="Winter knits"><h1>Clothes for the cold half of the year</h1></section>
    <section><h2>Chosen this week</h2><div class="grid">${featured.map((item) => card(item)).join('\n')}</div></section>`;
  return framePage({
    ...context,
    title: 'Clothing and knitwear',
    canonical: `${context.origin}/`,
    head: '',
    body,
  });
}

export function textPage(name: string, context: EnglishContext): string {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const body = `<article><h1>${title}</h1><p>Orders placed before noon leave our warehouse the same day. Returns are free within 30 days.</p>${sizeTable()}</article>`;
  return framePage({ ...context, title, canonical: `${context.origin}/pages/${name}`, head: '', body });
}
