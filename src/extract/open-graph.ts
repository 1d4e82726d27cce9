/** Open Graph and `product:` meta tags, with Twitter's label pairs left aside -> hints. */
import { availabilityOfTerm } from './availability.js';
import { currencyCode } from './currency.js';
import { plainText } from './dom-text.js';
import { absoluteUrl, NO_HINTS, validGtin } from './hints.js';
import type { PageContext, PriceHint, SourceHints } from './hints.js';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';
import { parseMarkupPrice } from './price.js';

/** Meta tags by lower-case property or name, values in order. */
export function metaTags(page: HtmlPage): ReadonlyMap<string, readonly string[]> {
  const tags = new Map<string, string[]>();
  for (const element of page.named('meta')) {
    const name =
      attribute(element, 'property') ?? attribute(element, 'name') ?? attribute(element, 'http-equiv');
    const content = attribute(element, 'content');
    if (name === null || content === null) continue;
    const key = name.toLowerCase();
    const values = tags.get(key);
    if (values === undefined) tags.set(key, [content]);
    else values.push(content);
  }
  return tags;
}

export function openGraphHints(
  tags: ReadonlyMap<string, readonly string[]>,
  context: PageContext,
): SourceHints {
  const first = (...names: string[]): string | null => {
    for (const name of names) {
      const text = plainText(tags.get(name)?.[0] ?? '');
      if (text !== null) return text;
    }
    return null;
  };
  const type = first('og:type') ?? '';
  const images = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'].flatMap(
    (name) => tags.get(name) ?? [],
  );
  const title = first('og:title', 'twitter:title');
  return {
    ...NO_HINTS,
    source: 'open-graph',
    confidence: 0.8,
    title: title === null ? null : withoutSiteName(title, first('og:site_name')),
    description: first('og:description', 'twitter:description'),
    brand: first('product:brand', 'og:brand'),
    sku: first('product:retailer_item_id', 'product:sku', 'og:sku'),
    gtin: validGtin(first('product:ean', 'product:gtin', 'product:upc')),
    mpn: first('product:mfr_part_no', 'product:mpn'),
    images: [...new Set(images.map((url) => absoluteUrl(url, context.base)).filter((url) => url !== null))],
    price: priceHint(tags, context),
    availability: availabilityOfTerm(first('product:availability', 'og:availability')),
    isProduct: /^(?:og:|\w+:)?product(?:\.item)?$/i.test(type),
  };
}

/** `Wool Sweater – Nordlys` -> `Wool Sweater`, given the site's own name. */
function withoutSiteName(title: string, siteName: string | null): string {
  if (siteName === null) return title;
  const [head, tail] = [title.slice(0, -siteName.length), title.slice(-siteName.length)];
  if (tail.toLowerCase() !== siteName.toLowerCase()) return title;
  const cut = head.replace(/\s*[|｜\-–—:：/／@]\s*$/, '');
  return cut === head || cut === '' ? title : cut;
}

function priceHint(tags: ReadonlyMap<string, readonly string[]>, context: PageContext): PriceHint | null {
  const read = (...stems: string[]) => {
    for (const stem of stems) {
      const amount = tags.get(`${stem}:amount`)?.[0] ?? tags.get(stem)?.[0];
      if (amount === undefined) continue;
      const markup = currencyCode(
        tags.get(`${stem}:currency`)?.[0] ?? tags.get('product:price:currency')?.[0] ?? null,
      );
      const reading = parseMarkupPrice(amount, {
        markup,
        language: context.language,
        shop: context.hints.currency,
      });
      if (reading.kind === 'price') return reading;
      if (reading.kind === 'no-currency') context.warn(`price: no currency for "${amount.slice(0, 40)}"`);
    }
    return null;
  };
  const sale = read('product:sale_price');
  const full = read('product:price', 'og:price', 'product:original_price');
  const original = read('product:original_price', 'og:standard_price');
  const current = sale ?? full;
  if (current === null) return null;
  const list = [original?.price, sale === null ? null : full?.price, current.listPrice];
  const above = list.find((money) => money && current.price && money.minor > current.price.minor);
  return {
    price: current.price,
    listPrice: above ?? null,
    taxIncluded: current.taxIncluded,
    currencyFrom: current.currencyFrom,
  };
}
