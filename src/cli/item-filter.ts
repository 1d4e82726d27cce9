/** Flags that choose items as the catalogue's filters do, and the filter they ask for. */
import type { ItemFilter } from '../domain/browse.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';
import type { ShopId } from '../domain/ids.js';
import { moneyOf } from '../domain/money.js';
import { amountFrom, categoryIn } from './similar-filter.js';

export interface ItemFlags {
  readonly shop?: string;
  readonly category?: string;
  readonly brand?: string;
  readonly words?: string;
  readonly inStock?: boolean;
  readonly currency?: string;
  readonly minPrice?: string;
  readonly maxPrice?: string;
  readonly onSale?: boolean;
}

/** Null where no flag is given: every item, vanished ones too. Throws FashiondError `usage` as `similar` does. */
export function itemFilterFrom(flags: ItemFlags, categories: readonly Category[]): ItemFilter | null {
  const { shop, category, brand, words, inStock, currency, minPrice, maxPrice, onSale } = flags;
  const given = [shop, category, brand, words, inStock, currency, minPrice, maxPrice, onSale];
  if (given.every((flag) => flag === undefined)) return null;
  if (currency !== undefined && !/^[A-Z]{3}$/.test(currency)) {
    throw new FashiondError('usage', `--currency ${currency} is no currency`, {
      hint: 'Give its three letters (ISO 4217), such as JPY.',
    });
  }
  const bound = (flag: string, text: string | undefined): number | null => {
    const amount = amountFrom(flag, text);
    if (amount === undefined) return null;
    if (currency !== undefined) return moneyOf(amount, currency).minor;
    throw new FashiondError('usage', `${flag} needs a currency here`, {
      hint: 'Add --currency CODE, such as JPY.',
    });
  };
  return {
    shop: (shop ?? null) as ShopId | null,
    category:
      category === undefined || category === 'unknown'
        ? (category ?? null)
        : categoryIn(category, categories),
    brand: brand ?? null,
    words: words ?? null,
    inStock: inStock === true,
    currency: currency ?? null,
    minPrice: bound('--min-price', minPrice),
    maxPrice: bound('--max-price', maxPrice),
    vanished: onSale !== true,
    order: 'oldest',
  };
}
