/** A table of stock: sizes across and colours down (or the other way round), or a row for each variant. */
import { Element } from 'domhandler';
import type { Availability } from '../domain/product.js';
import { availabilityOfStockValue, BUY_WORDS } from './availability.js';
import { visibleText } from './dom-text.js';
import { NO_VARIANT } from './hints.js';
import type { VariantHint } from './hints.js';
import { attribute } from './html.js';
import { choiceOf, isSize, kindOfChoice } from './variant-options.js';

const MAX_ROWS = 60;
const LONGEST_CELL = 40;
/** Of elements in a cell around its mark. */
const MAX_DEPTH = 6;

interface Cell {
  readonly text: string;
  readonly stock: Availability | null;
}

/** Empty where the table is about something else. */
export function stockTable(table: Element): VariantHint[] {
  const rows = rowsOf(table)
    .slice(0, MAX_ROWS)
    .map(cellsOf)
    .filter((row) => row.length > 0);
  const [head, ...body] = rows;
  if (head === undefined || body.length === 0) return [];
  return grid(head, body) ?? list(head, body) ?? [];
}

function rowsOf(node: Element): Element[] {
  return node.children.flatMap((child) => {
    if (!(child instanceof Element)) return [];
    if (child.name === 'tr') return [child];
    return /^t(?:body|head|foot)$/.test(child.name) ? rowsOf(child) : [];
  });
}

function cellsOf(row: Element): Cell[] {
  return row.children
    .filter(
      (child): child is Element => child instanceof Element && (child.name === 'td' || child.name === 'th'),
    )
    .map((cell) => ({ text: visibleText(cell, LONGEST_CELL + 1), stock: stockOf(cell) }));
}

/** Marks, words and numbers; a radio button that works, or a buy button, means stock. */
function stockOf(cell: Element, depth = 0): Availability | null {
  const text = visibleText(cell, LONGEST_CELL);
  const said = availabilityOfStockValue(text);
  if (said !== null) return said;
  for (const inner of cell.children) {
    if (!(inner instanceof Element)) continue;
    const alt = attribute(inner, 'alt');
    if (alt !== null) return availabilityOfStockValue(alt);
    if (inner.name === 'input' || inner.name === 'button')
      return Object.hasOwn(inner.attribs, 'disabled') ? 'sold-out' : 'in-stock';
    const deeper = depth < MAX_DEPTH ? stockOf(inner, depth + 1) : null;
    if (deeper !== null) return deeper;
  }
  return BUY_WORDS.test(text) ? 'in-stock' : null;
}

/** Each cell below the head and right of the first column is the stock of its colour in its size. */
function grid(head: readonly Cell[], body: readonly (readonly Cell[])[]): VariantHint[] | null {
  const across = head.slice(1);
  const isCrossed =
    across.length > 0 &&
    across.every(({ text }) => text !== '' && text.length <= LONGEST_CELL && kindOfChoice(text) === null) &&
    (across.every(({ text }) => isSize(text)) ||
      body.every(([first]) => first !== undefined && isSize(first.text)));
  const cells = body.flatMap((row) => row.slice(1));
  const known = cells.filter(({ stock }) => stock !== null).length;
  if (!isCrossed || known === 0 || known < cells.length * 0.8) return null;
  return body.flatMap(([name, ...row]) =>
    row.flatMap(({ stock }, i) => {
      const top = across[i];
      if (name === undefined || top === undefined || stock === null) return [];
      const choice = isSize(top.text)
        ? { colour: name.text, size: top.text }
        : { colour: top.text, size: name.text };
      return [{ ...NO_VARIANT, ...choice, availability: stock }];
    }),
  );
}

/** Columns named colour, size and stock; a row for each variant. */
function list(head: readonly Cell[], body: readonly (readonly Cell[])[]): VariantHint[] | null {
  const kinds = head.map(({ text }) => kindOfChoice(text));
  const stockAt = head.findIndex(({ text }) => /在庫|stock|availability|verfügbar|カート|数量/i.test(text));
  if (stockAt < 0 || !kinds.some((kind) => kind === 'colour' || kind === 'size')) return null;
  const variants = body.flatMap((row) => {
    const options = row.flatMap(({ text }, i) => {
      const kind = kinds[i];
      return kind === 'colour' || kind === 'size'
        ? [{ name: kind === 'colour' ? 'color' : 'size', value: text }]
        : [];
    });
    const stock = row[stockAt]?.stock ?? null;
    return stock === null || options.length === 0
      ? []
      : [{ ...NO_VARIANT, ...choiceOf(options), availability: stock }];
  });
  return variants.length > 0 ? variants : null;
}
