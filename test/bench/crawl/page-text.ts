/**
 * Product pages as shops serve them, 100 to 200 kB: most of it scripts, styles, navigation and other products, which
 * a crawler has to get through before it knows a price. What varies with the product is a few kB.
 */
import { Random } from '../../../src/platform/random.js';

export interface ShopText {
  /** Navigation, styles, scripts and footer of the shop, the same on all of its pages. */
  readonly head: Buffer;
  readonly top: Buffer;
  readonly bottom: Buffer;
}

export interface ProductFacts {
  readonly host: number;
  readonly item: number;
  /** In cents. */
  readonly price: number;
  /** Other items of the shop that the page shows. */
  readonly related: readonly { readonly item: number; readonly price: number }[];
}

const WORDS =
  'cotton linen merino relaxed slim fit summer winter knit ribbed crew neck sleeve hem pocket zip button soft ' +
  'washed organic recycled classic modern everyday heavy light lined quilted cropped long short striped plain';
const TOKENS =
  'function(e,t,n){ return e.push(t) ,this.state= t.props.value &&(n=n||{}) ;var r=e.length for(var o=0;o<r;o++) ' +
  'if("undefined"!=typeof window) Object.assign({},a,{children:i}) n.prototype.render=function(){ } ?null:void 0 ' +
  'dispatch({type:"cart/add",payload:l}) e.exports=t(1234) document.querySelector(".c-menu") "use strict"; }';
/** A host that no shop lists, so that no picture is asked for. */
const PICTURES = 'http://pictures.example';
const words = WORDS.split(' ');
const tokens = TOKENS.split(' ');

/** Bytes of a page around its product: 100 to 200 kB with it, by the shop. */
export function shopText(host: number): ShopText {
  const random = new Random(1000 + host);
  // Of ten parts six are script and style, as on shop pages; the rest is markup.
  const total = 95_000 + ((host * 37) % 97) * 1_000;
  const some = (of: readonly string[]): string => of[random.int(0, of.length - 1)]!;
  const phrase = (count: number): string => Array.from({ length: count }, () => some(words)).join(' ');
  const fill = (bytes: number, next: () => string): string => {
    const parts: string[] = [];
    for (let length = 0; length < bytes; length += parts.at(-1)!.length) parts.push(next());
    return parts.join('');
  };
  const name = (): string => `${some(words)}-${random.int(1, 999)}`;
  const styles = fill(total * 0.16, () => {
    const rules = `margin:0 ${random.int(0, 40)}px;color:#${random.int(100_000, 999_999)};display:flex`;
    return `.c-${name()}>.c-${name()}:hover{${rules};font-size:${random.int(10, 40)}px}`;
  });
  const script = (share: number): string => `<script>${fill(total * share, () => some(tokens))}</script>`;
  const state = fill(
    total * 0.14,
    () => `{"id":${random.int(1, 99_999)},"label":"${phrase(3)}","url":"/c/${name()}","on":true},`,
  );
  const icon = (): string =>
    `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M${random.int(1, 23)} 4h16v2H4z"/></svg>`;
  const menu = fill(
    total * 0.22,
    () =>
      `<li class="c-menu__item c-${name()}"><a class="c-menu__link" href="/c/${name()}?sort=new" data-track="nav">` +
      `${icon()}<span>${phrase(2)}</span></a></li>`,
  );
  const footer = fill(
    total * 0.1,
    () =>
      `<div class="c-footer__col"><h4>${phrase(2)}</h4><p>${phrase(14)}</p><a href="/help/${name()}">more</a></div>`,
  );
  return {
    head: Buffer.from(`<style>${styles}</style>${script(0.12)}`),
    top: Buffer.from(`<header><nav class="c-menu"><ul>${menu}</ul></nav></header>`),
    bottom: Buffer.from(
      `<footer>${footer}</footer><script id="state" type="application/json">[${state}0]</script>${script(0.26)}</body></html>`,
    ),
  };
}

/** Whether a URL is one of a product. */
export function isProduct(url: string): boolean {
  return url.includes('/products/');
}

export function productPath(item: number): string {
  return `/products/${item}`;
}

export function productTitle({ host, item }: Pick<ProductFacts, 'host' | 'item'>): string {
  const at = host * 31 + item * 7;
  return `${words[at % words.length]!} ${words[(at + 11) % words.length]!} sweater no. ${host}-${item}`;
}

/** The whole page. */
export function productPage(shop: ShopText, facts: ProductFacts): Buffer {
  const title = productTitle(facts);
  const price = euros(facts.price);
  const data = {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: title,
    sku: `B${facts.host}-${facts.item}`,
    mpn: `M-${facts.item}`,
    gtin13: gtin13(facts.host * 1000 + facts.item),
    brand: { '@type': 'Brand', name: `Brand ${facts.host % 17}` },
    description: descriptionOf(facts),
    image: [1, 2, 3].map((view) => `${PICTURES}/${facts.host}/${facts.item}-${view}.jpg`),
    offers: {
      '@type': 'Offer',
      price,
      priceCurrency: 'EUR',
      availability: `https://schema.org/${facts.item % 7 === 0 ? 'OutOfStock' : 'InStock'}`,
    },
  };
  const cards = facts.related.map(
    (other) =>
      `<article class="c-card"><a class="c-card__link" href="${productPath(other.item)}"><img loading="lazy" ` +
      `src="/images/${other.item}-1.jpg" srcset="/images/${other.item}-1.jpg 1x, /images/${other.item}-2.jpg 2x" ` +
      `alt=""><h3>${productTitle({ host: facts.host, item: other.item })}</h3>` +
      `<span class="c-card__price">EUR ${euros(other.price)}</span></a></article>`,
  );
  const before =
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title} | Shop ${facts.host}</title>` +
    `<meta name="description" content="${title}"><meta property="og:type" content="product">` +
    `<meta property="og:title" content="${title}"><link rel="canonical" href="${productPath(facts.item)}">` +
    `<script type="application/ld+json">${JSON.stringify(data)}</script>`;
  const main =
    `<main><nav class="c-crumbs"><a href="/">Home</a> <a href="/c/knitwear">Knitwear</a></nav><h1>${title}</h1>` +
    `<p class="c-price">EUR ${price}</p><select name="size"><option>S</option><option>M</option></select>` +
    `<button type="submit">Add to cart</button><div class="c-text"><p>${descriptionOf(facts)}</p></div>` +
    `<section class="c-related"><h2>You may also like</h2>${cards.join('')}</section></main>`;
  return Buffer.concat([
    Buffer.from(before),
    shop.head,
    Buffer.from('</head><body>'),
    shop.top,
    Buffer.from(main),
    shop.bottom,
  ]);
}

function euros(cents: number): string {
  return (cents / 100).toFixed(2);
}

function descriptionOf({ host, item }: ProductFacts): string {
  const chosen = Array.from(
    { length: 90 },
    (_, at) => words[(host * 13 + item * 29 + at * at) % words.length]!,
  );
  return `${chosen.join(' ')}.`;
}

/** With its check digit (GS1 General Specifications, section 7.9). */
function gtin13(number: number): string {
  const digits = String(400_000_000_000 + number);
  const sum = digits
    .split('')
    .reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
