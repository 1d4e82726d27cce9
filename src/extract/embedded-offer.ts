/** Price, list price and pictures of an object of a script, by the names that shops give them. */
import type { Money } from '../domain/money.js';
import { fieldsOf, moneyIn, textIn } from './embedded-values.js';
import type { Fields, MoneyRules } from './embedded-values.js';
import { absoluteUrl } from './hints.js';
import type { PageContext, PriceHint } from './hints.js';

const PRICE_FIELDS = [
  'salespriceincludingtax',
  'priceincludingtax',
  'salepricemoney',
  'pricemoney',
  'saleprice',
  'salesprice',
  'specialprice',
  'discountedprice',
  'discountprice',
  'promoprice',
  'currentprice',
  'finalprice',
  'sellingprice',
  'offerprice',
  'nowprice',
  'displayprice',
  'taxincludedprice',
  'pricewithtax',
  'priceintax',
  'priceinctax',
  'price02inctax',
  'price',
  'productprice',
  'itemprice',
  'prices',
  'pricing',
  'priceinfo',
  'pricerange',
  'minprice',
  'lowprice',
  'price02',
  'unitprice',
] as const;
const LIST_FIELDS = [
  'listprice',
  'compareatprice',
  'compareprice',
  'regularprice',
  'displayregularprice',
  'originalprice',
  'wasprice',
  'msrp',
  'rrp',
  'fullprice',
  'baseprice',
  'strikeprice',
  'strikethroughprice',
  'oldprice',
  'retailprice',
  'normalprice',
  'price01',
  'price',
  'list',
  'was',
  'original',
  'regular',
  'standard',
] as const;
const IMAGE_FIELDS = [
  'images',
  'image',
  'media',
  'pictures',
  'photos',
  'gallery',
  'imageurls',
  'imageurl',
  'featuredimage',
  'mainimage',
  'imagegroups',
] as const;
const MAX_IMAGES = 40;

export function priceIn(fields: Fields, rules: MoneyRules): PriceHint | null {
  const found = moneyIn(fields, rules, PRICE_FIELDS);
  if (found === null) return null;
  const { money: price, currencyFrom } = found;
  const nested = ['price', 'prices', 'pricing', 'priceinfo'].map((name) => fieldsOf(fields.get(name)));
  const lists = [fields, ...nested.filter((inner) => inner !== null)].flatMap((each) =>
    LIST_FIELDS.map((name) => moneyIn(each, rules, [name])?.money ?? null),
  );
  const listPrice = lists.find((money) => isAbove(money, price)) ?? null;
  return { price, listPrice, taxIncluded: null, currencyFrom };
}

function isAbove(money: Money | null, price: Money): money is Money {
  return (
    money !== null &&
    money.currency === price.currency &&
    money.minor > price.minor &&
    money.minor < price.minor * 20
  );
}

export function imagesIn(fields: Fields, context: PageContext): string[] {
  const urls: string[] = [];
  for (const name of IMAGE_FIELDS) {
    const value = fields.get(name);
    const given = Array.isArray(value) ? (value as unknown[]) : [value];
    // Groups, each of one size, the largest first.
    const group = name === 'imagegroups' ? fieldsOf(given[0])?.get('images') : undefined;
    for (const entry of Array.isArray(group) ? (group as unknown[]) : given) {
      const record = fieldsOf(entry);
      const text =
        record === null
          ? entry
          : textIn(
              record,
              'full',
              'zoom',
              'large',
              'original',
              'src',
              'url',
              'href',
              'link',
              'imageurl',
              'originalsrc',
            );
      const url = typeof text === 'string' ? absoluteUrl(text, context.base) : null;
      if (
        url !== null &&
        /\.(?:jpe?g|png|webp|avif|gif)(?:$|[?#&])|\/image|\/media|format=|[?&]w(?:idth)?=/i.test(url)
      )
        urls.push(url);
    }
    if (urls.length > 0) break;
  }
  return [...new Set(urls)].slice(0, MAX_IMAGES);
}
