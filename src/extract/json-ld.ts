/** JSON-LD blocks -> items. One bad block never loses the good ones; it is reported. */
import type { Element } from 'domhandler';
import { rawText } from './dom-text.js';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';
import { isItem, termName } from './items.js';
import type { Item, ItemValue } from './items.js';
import { parseLenientJson } from './json-repair.js';

const MAX_DEPTH = 24;
const MAX_ITEMS = 20_000;
const LARGEST_BLOCK = 2_000_000;

/** Top-level items in the order of the page; `@graph` and arrays are opened, references by `@id` resolved. */
export function readJsonLd(page: HtmlPage, warn: (warning: string) => void): Item[] {
  const blocks = page.named('script').filter(isJsonLd);
  const builder = new Builder();
  for (const [i, block] of blocks.entries()) {
    const text = rawText(block);
    const values = text.length > LARGEST_BLOCK ? null : parseLenientJson(text);
    if (values === null) warn(`json-ld: block ${i + 1} of ${blocks.length} is not JSON`);
    for (const value of values ?? []) builder.addTop(value, 0);
  }
  return builder.resolved();
}

function isJsonLd(element: Element): boolean {
  return /^application\/ld\+json/i.test(attribute(element, 'type') ?? '');
}

class Builder {
  readonly #top: Item[] = [];
  readonly #byId = new Map<string, Item>();
  #count = 0;
  #copies = 0;

  addTop(value: unknown, depth: number): void {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const entry of value as unknown[]) this.addTop(entry, depth + 1);
      return;
    }
    const record = value as Record<string, unknown>;
    if (record['@graph'] !== undefined) this.addTop(record['@graph'], depth + 1);
    const item = this.#item(record, depth);
    if (item !== null && item.types.length > 0) this.#top.push(item);
  }

  /** References are replaced last, because a block may refer to one that comes later. */
  resolved(): Item[] {
    return this.#top.map((item) => this.#resolve(item, 0));
  }

  #item(record: Record<string, unknown>, depth: number): Item | null {
    this.#count += 1;
    if (depth > MAX_DEPTH || this.#count > MAX_ITEMS) return null;
    const properties = new Map<string, ItemValue[]>();
    for (const [key, value] of Object.entries(record)) {
      if (key === '@graph' || key === '@context' || key === '@type') continue;
      const values = this.#values(value, depth + 1);
      if (values.length > 0) properties.set(key.startsWith('@') ? key : termName(key), values);
    }
    const types = [record['@type'] ?? record['type']].flat().filter((type) => typeof type === 'string');
    const id = typeof record['@id'] === 'string' ? record['@id'] : null;
    const item = { types: types.map(termName), id, properties, element: null };
    const known = id === null ? undefined : this.#byId.get(id);
    // The fullest description of an id is what a reference to it means.
    if (id !== null && (known?.properties.size ?? 0) < properties.size) this.#byId.set(id, item);
    return item;
  }

  #values(value: unknown, depth: number): ItemValue[] {
    if (typeof value === 'string' || typeof value === 'number') return [value];
    if (typeof value === 'boolean') return [String(value)];
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
    if (Array.isArray(value)) return (value as unknown[]).flatMap((entry) => this.#values(entry, depth + 1));
    const record = value as Record<string, unknown>;
    if (record['@value'] !== undefined) return this.#values(record['@value'], depth + 1);
    const item = this.#item(record, depth);
    return item === null ? [] : [item];
  }

  #resolve(item: Item, depth: number): Item {
    const isReference = item.properties.size <= 1 && item.id !== null;
    const target = isReference ? (this.#byId.get(item.id ?? '') ?? item) : item;
    this.#copies += 1;
    // Items may refer to each other in circles.
    if (depth > 6 || this.#copies > MAX_ITEMS) return target;
    const properties = new Map<string, readonly ItemValue[]>();
    for (const [name, values] of target.properties) {
      properties.set(
        name,
        values.map((value) => (isItem(value) ? this.#resolve(value, depth + 1) : value)),
      );
    }
    return { ...target, properties };
  }
}
