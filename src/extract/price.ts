/**
 * Text beside a product -> price, list price and whether tax is included.
 *
 * Rules: tax-included over tax-excluded; a sale over the list price (both kept); the lowest of a range; percent,
 * points, postage, savings and instalments are no price; no currency, no price.
 */
import type { Money } from '../domain/money.js';
import { parseAmount, parsePlainAmount } from './amount.js';
import { resolveCurrency } from './currency.js';
import type { FoundCurrency, MoneyContext } from './currency.js';
import { findAmounts } from './price-scan.js';
import type { ScannedAmount } from './price-scan.js';

export interface PriceText {
  readonly kind: 'price';
  /** Null when the text holds a list price only. */
  readonly price: Money | null;
  readonly listPrice: Money | null;
  readonly taxIncluded: boolean | null;
  readonly currencyFrom: FoundCurrency['from'];
  /** How many different amounts were read; a sentence with many is no price tag. */
  readonly amounts: number;
}

export type PriceReading = PriceText | { readonly kind: 'none' } | { readonly kind: 'no-currency' };

interface Amount extends ScannedAmount {
  readonly money: Money;
  readonly from: FoundCurrency['from'];
}

const LONGEST_TEXT = 400;

/**
 * Reads the prices in a short text. `bare`: the text is known to be about a price, so an amount without a
 * currency beside it counts, in the currency of the context.
 */
export function parsePrice(text: string, context: MoneyContext, bare: boolean): PriceReading {
  if (text.length > LONGEST_TEXT || !/\p{Nd}/u.test(text)) return { kind: 'none' };
  const scanned = findAmounts(text);
  const isMarked = scanned.some(({ mark }) => mark !== null);
  const usable = scanned.filter(
    ({ role, mark, unit }) => role !== 'other' && (isMarked ? mark !== null : bare && !unit),
  );
  const amounts: Amount[] = [];
  let unknownCurrency = false;
  for (const amount of usable) {
    const found = resolveCurrency(amount.mark, context);
    if (found === null) unknownCurrency = true;
    const minor = found === null ? null : parseAmount(amount.digits, found.currency, context.language);
    if (found === null || minor === null || minor === 0) continue;
    amounts.push({ ...amount, money: { minor, currency: found.currency }, from: found.from });
  }
  const [first] = amounts;
  if (first === undefined) return unknownCurrency ? { kind: 'no-currency' } : { kind: 'none' };
  return choose(
    amounts.filter(({ money }) => money.currency === first.money.currency),
    first,
  );
}

function choose(found: readonly Amount[], first: Amount): PriceText {
  const amounts = found.map((amount) =>
    isListAgain(amount, found) ? { ...amount, role: 'list' as const } : amount,
  );
  const offered = withoutUntaxed(amounts.filter(({ role }) => role === 'price' || role === 'sale'));
  const sales = offered.filter(({ role }) => role === 'sale');
  const price = lowest(sales.length > 0 ? sales : offered);
  const labelled = amounts.filter(({ role }) => role === 'list');
  const taxedLists = labelled.filter(({ tax }) => tax === true);
  const lists =
    taxedLists.length > 0 ? taxedLists : labelled.filter(({ tax }) => !(tax === false && price?.tax));
  // Two bare amounts side by side are the price before and after; more than two are something else.
  const unlabelled = offered.filter(
    ({ money }, i) =>
      money.minor !== price?.money.minor && offered.findIndex((o) => o.money.minor === money.minor) === i,
  );
  const [other] = lists.length === 0 && unlabelled.length === 1 ? unlabelled : [lowest(lists) ?? undefined];
  const listPrice =
    other !== undefined && (price === null || other.money.minor > price.money.minor) ? other.money : null;
  return {
    kind: 'price',
    price: price?.money ?? null,
    listPrice,
    taxIncluded: (price ?? other)?.tax ?? taxFromNet(price, amounts),
    currencyFrom: first.from,
    amounts: new Set(amounts.map(({ money }) => money.minor)).size,
  };
}

/** `定価 5,500円(税込6,050円)`: the list price with tax and without. */
function isListAgain({ role, money, tax }: Amount, found: readonly Amount[]): boolean {
  if (role !== 'price') return false;
  return found.some((other) => {
    if (other.role !== 'list') return false;
    return (
      (tax === true && isUntaxed(other.money, money)) || (tax === false && isUntaxed(money, other.money))
    );
  });
}

/** An amount beside its own net amount includes tax, though no word says so. */
function taxFromNet(price: Amount | null, amounts: readonly Amount[]): boolean | null {
  if (price === null) return null;
  return amounts.some(({ tax, money }) => tax === false && isUntaxed(money, price.money)) ? true : null;
}

/** Japan's two rates of consumption tax, the usual reason for two amounts a tenth apart. */
const TAX_RATES = [1.1, 1.08];

/** Where an amount stands with tax and without, the one without is the same price said twice. */
function withoutUntaxed(amounts: readonly Amount[]): Amount[] {
  const taxed = amounts.filter(({ tax }) => tax === true);
  return amounts.filter(({ tax, money }) => {
    if (tax === true) return true;
    if (tax === false) return taxed.length === 0 && !amounts.some((other) => isUntaxed(money, other.money));
    return !taxed.some((other) => isUntaxed(money, other.money));
  });
}

/** Whether `net` is `gross` without tax, give or take the rounding of one minor unit. */
export function isUntaxed(net: Money, gross: Money): boolean {
  if (net.currency !== gross.currency) return false;
  return TAX_RATES.some((rate) => Math.abs(net.minor * rate - gross.minor) <= 1);
}

function lowest(amounts: readonly Amount[]): Amount | null {
  let best: Amount | null = null;
  for (const amount of amounts) if (best === null || amount.money.minor < best.money.minor) best = amount;
  return best;
}

/** A price of structured data, which should be a plain number and often is a text for people. */
export function parseMarkupPrice(value: string | number, context: MoneyContext): PriceReading {
  const text = String(value).trim();
  if (!/^\d+(\.\d+)?$/.test(text)) return parsePrice(text, context, true);
  const found = resolveCurrency(null, context);
  if (found === null) return { kind: 'no-currency' };
  const minor = parsePlainAmount(text, found.currency);
  if (minor === null || minor === 0) return { kind: 'none' };
  return {
    kind: 'price',
    price: { minor, currency: found.currency },
    listPrice: null,
    taxIncluded: null,
    currencyFrom: found.from,
    amounts: 1,
  };
}
