/** Structured data of any syntax as one shape: items with types and properties, as schema.org defines them. */
import type { Element } from 'domhandler';

export type ItemValue = string | number | Item;

export interface Item {
  /** Lower-case names without their vocabulary: `product`, `aggregateoffer`. */
  readonly types: readonly string[];
  readonly id: string | null;
  /** By lower-case name. */
  readonly properties: ReadonlyMap<string, readonly ItemValue[]>;
  /** The element that holds the item; null for JSON-LD. */
  readonly element: Element | null;
}

/** `https://schema.org/Product`, `schema:Product`, `Product` -> `product`. */
export function termName(term: string): string {
  return term
    .trim()
    .replace(/^.*[/#:]/, '')
    .toLowerCase();
}

export function isItem(value: ItemValue | undefined): value is Item {
  return typeof value === 'object';
}

export function hasType(item: Item, ...types: readonly string[]): boolean {
  return item.types.some((type) => types.includes(type));
}

/** All values of the first of these properties that has any. */
export function valuesOf(item: Item, ...names: readonly string[]): readonly ItemValue[] {
  for (const name of names) {
    const values = item.properties.get(name);
    if (values !== undefined && values.length > 0) return values;
  }
  return [];
}

export function itemsOf(item: Item, ...names: readonly string[]): Item[] {
  return names.flatMap((name) => item.properties.get(name) ?? []).filter(isItem);
}

/** The first of these properties as text; of an item its name. Null when absent or empty. */
export function textOf(item: Item, ...names: readonly string[]): string | null {
  for (const name of names) {
    for (const value of item.properties.get(name) ?? []) {
      const text = isItem(value) ? nameOf(value) : String(value).trim();
      if (text !== null && text !== '') return text;
    }
  }
  return null;
}

function nameOf(item: Item): string | null {
  for (const name of ['name', '@value', 'value', 'title']) {
    const [value] = item.properties.get(name) ?? [];
    if (value !== undefined && !isItem(value)) return String(value).trim();
  }
  return null;
}
