/** Reading loosely named data: keys are compared without case and punctuation, `sale_price` is `salePrice`. */
import type { Money } from '../domain/money.js';
import type { Availability } from '../domain/product.js';
import { availabilityOfStockValue, availabilityOfTerm } from './availability.js';
import { currencyCode } from './currency.js';
import type { FoundCurrency } from './currency.js';
import { plainText } from './dom-text.js';
import type { PageContext } from './hints.js';
import { parseMarkupPrice } from './price.js';

export type Fields = ReadonlyMap<string, unknown>;

const plainKeys = new Map<string, string>();
/** A page may use any names: what is remembered of them is bounded. */
const REMEMBERED = 5000;

/** A name without case and punctuation. */
export function plainKey(key: string): string {
  const known = plainKeys.get(key);
  if (known !== undefined) return known;
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (plainKeys.size < REMEMBERED) plainKeys.set(key, plain);
  return plain;
}

/** Null for what is no object. */
export function fieldsOf(value: unknown): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const fields = new Map<string, unknown>();
  for (const [key, inner] of Object.entries(value)) {
    const plain = plainKey(key);
    if (!fields.has(plain) && inner !== null && inner !== undefined) fields.set(plain, inner);
  }
  return fields;
}

/** The first of these fields that holds a text, a number, or an object with a name. */
export function textIn(fields: Fields, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = fields.get(name);
    const inner = typeof value === 'object' ? fieldsOf(value) : null;
    const said = inner === null ? value : (inner.get('name') ?? inner.get('value') ?? inner.get('label'));
    if (typeof said !== 'string' && typeof said !== 'number') continue;
    const text = plainText(String(said), 300);
    if (text !== null && !/^(?:null|undefined|none|n\/a|-)$/i.test(text)) return text;
  }
  return null;
}

export interface MoneyRules {
  /** ISO 4217 of what is around, or null. */
  readonly currency: string | null;
  /** Whole numbers are hundredths, whatever the currency, as one platform writes them. */
  readonly hundredths: boolean;
  readonly context: PageContext;
}

const CURRENCY_FIELDS = [
  'currency',
  'pricecurrency',
  'currencycode',
  'currencyiso',
  'currencyisocode',
] as const;
const AMOUNT_FIELDS = [
  'saleprice',
  'specialprice',
  'currentprice',
  'finalprice',
  'sellingprice',
  'value',
  'amount',
  'sales',
  'sale',
  'current',
  'final',
  'now',
  'price',
  'gross',
  'withtax',
  'min',
  'raw',
  'decimalprice',
  'formatted',
] as const;

export function currencyIn(fields: Fields): string | null {
  for (const name of CURRENCY_FIELDS) {
    const code = currencyCode(textIn(fields, name));
    if (code !== null) return code;
  }
  return null;
}

/** An amount, and what told its currency. */
export interface FoundMoney {
  readonly money: Money;
  readonly currencyFrom: FoundCurrency['from'];
}

/** The first of these fields that reads as an amount above zero. */
export function moneyIn(fields: Fields, rules: MoneyRules, names: readonly string[]): FoundMoney | null {
  for (const name of names) {
    const money = moneyOf(fields.get(name), rules, 0);
    if (money !== null) return money;
  }
  return null;
}

export function moneyOf(value: unknown, rules: MoneyRules, depth: number): FoundMoney | null {
  if (typeof value === 'number') return numberMoney(value, rules);
  if (typeof value === 'string') return textMoney(value, rules);
  if (Array.isArray(value) && depth < 3) return firstMoney(value as unknown[], rules, depth);
  const fields = depth < 3 ? fieldsOf(value) : null;
  if (fields === null) return null;
  const currency = currencyIn(fields) ?? rules.currency;
  const cents = fields.get('centamount');
  if (typeof cents === 'number') {
    const digits = fields.get('fractiondigits');
    return numberMoney(cents / 10 ** (typeof digits === 'number' ? digits : 2), {
      ...rules,
      currency,
      hundredths: false,
    });
  }
  for (const name of AMOUNT_FIELDS) {
    const money = moneyOf(fields.get(name), { ...rules, currency }, depth + 1);
    if (money !== null) return money;
  }
  return null;
}

/** Of a list of prices, by currency or country, the first that reads. */
function firstMoney(values: readonly unknown[], rules: MoneyRules, depth: number): FoundMoney | null {
  for (const value of values.slice(0, MOST_PRICES)) {
    const money = moneyOf(value, rules, depth + 1);
    if (money !== null) return money;
  }
  return null;
}

const MOST_PRICES = 20;

function numberMoney(value: number, rules: MoneyRules): FoundMoney | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  const amount = rules.hundredths && Number.isInteger(value) ? value / 100 : value;
  return textMoney(String(Math.round(amount * 1000) / 1000), { ...rules, hundredths: false });
}

function textMoney(text: string, rules: MoneyRules): FoundMoney | null {
  if (text === '' || text.length > 60 || !/\d/.test(text)) return null;
  const plain = text.includes('<') ? (plainText(text, 60) ?? '') : text;
  if (rules.hundredths && /^\d+$/.test(plain)) return numberMoney(Number(plain), rules);
  const { context, currency } = rules;
  const money = { markup: currency, language: context.language, shop: context.hints.currency };
  const reading = parseMarkupPrice(plain, money);
  const found = reading.kind === 'price' ? (reading.price ?? reading.listPrice) : null;
  return reading.kind !== 'price' || found === null
    ? null
    : { money: found, currencyFrom: reading.currencyFrom };
}

/** Names of flags that say the opposite of "in stock". */
const SOLD_OUT_FLAGS = ['issoldout', 'soldout', 'outofstock', 'isoutofstock', 'unavailable'] as const;
const STOCK_FLAGS = [
  'isinstock',
  'instock',
  'available',
  'isavailable',
  'availableforsale',
  'salable',
  'issalable',
  'orderable',
  'buyable',
  'ispurchasable',
  'stockfind',
  'isonstock',
  'onstock',
  'hasstock',
] as const;
const STOCK_TEXTS = [
  'availability',
  'availabilitystatus',
  'stockstatus',
  'inventorystatus',
  'stockstate',
  'stocklevelstatus',
  'status',
] as const;
const STOCK_COUNTS = [
  'stock',
  'quantity',
  'qty',
  'inventory',
  'stockquantity',
  'qtyinstock',
  'stockqty',
  'inventoryquantity',
  'stocklevel',
  'availablequantity',
  'stockcount',
  'zaiko',
] as const;

export function availabilityIn(fields: Fields): Availability | null {
  for (const name of SOLD_OUT_FLAGS) {
    const flag = fields.get(name);
    if (typeof flag === 'boolean') return flag ? 'sold-out' : 'in-stock';
  }
  for (const name of STOCK_TEXTS) {
    const inner = fieldsOf(fields.get(name));
    if (inner !== null) return availabilityIn(inner);
    const text = textIn(fields, name);
    const said = text === null ? null : availabilityOfTerm(text.replaceAll('_', ' '));
    if (said !== null) return said;
  }
  for (const name of STOCK_FLAGS) {
    const flag = fields.get(name);
    if (typeof flag === 'boolean') return flag ? 'in-stock' : 'sold-out';
    if (flag === 1 || flag === 0) return flag === 1 ? 'in-stock' : 'sold-out';
    if (typeof flag === 'string') {
      const said = /^(?:true|yes|1)$/i.test(flag)
        ? 'in-stock'
        : /^(?:false|no|0)$/i.test(flag)
          ? 'sold-out'
          : availabilityOfTerm(flag);
      if (said !== null) return said;
    }
  }
  for (const name of STOCK_COUNTS) {
    const value = fields.get(name);
    if (isOrdered(fields, name, value)) continue;
    if (typeof value === 'number') return value > 0 ? 'in-stock' : 'sold-out';
    const inner = fieldsOf(value);
    const said =
      inner !== null
        ? availabilityIn(inner)
        : typeof value === 'string'
          ? availabilityOfStockValue(value)
          : null;
    if (said !== null) return said;
  }
  return null;
}

const ANALYTICS = ['itemname', 'itemid', 'contentname', 'contentids'] as const;

/** How many are looked at or put into the cart, as analytics count, is no stock; nor is the one that a form begins with. */
function isOrdered(fields: Fields, name: string, value: unknown): boolean {
  if (name !== 'quantity' && name !== 'qty') return false;
  return value === 1 || value === '1' || ANALYTICS.some((field) => fields.has(field));
}
