/** Labels of the page and the values beside them: table rows, definition lists, `label: value` texts. */
import type { Element } from 'domhandler';
import { availabilityOfStockValue, bestAvailability } from './availability.js';
import { validGtin } from './hints.js';
import { attribute, parentElement } from './html.js';
import type { PageMap, TextSpot } from './page-map.js';
import { CHROME, HIDDEN, LINKED, RELATED } from './page-map.js';
import type { Availability } from '../domain/product.js';

export interface LabelledFields {
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly brand: string | null;
  readonly availability: Availability | null;
}

const LABELS = {
  sku: /^(?:(?:独自)?商品(?:番号|コード|ID|No\.?|管理番号)|(?:お?申し?込み?|ご?注文|カタログ|スタイル|アイテム|管理)(?:番号|コード|No\.?)|(?:自社|ショップ|アイテム)?品番|管理番号|管理ID|item ?(?:no\.?|number|code|id|#)|sku|style ?(?:no\.?|number|code|#|id)?|product ?(?:code|no\.?|number|id|#)|article ?(?:no\.?|number)?|art\.?-?(?:nr|no)\.?|artikel-?(?:nr\.?|nummer)|ref(?:erence|\.)?|r[ée]f(?:[ée]rence|erencia)?\.?|style|item|code|asin|kod(?: produktu)?|codice(?: (?:prodotto|articolo))?|c[óo]digo(?: de producto)?|varen(?:r\.?|ummer)|tuotenumero|артикул|код товара|货号|商品编号|상품코드)$/i,
  gtin: /^(?:jan(?:コード)?|ean(?:-?13)?|upc|gtin(?:-?1[234])?|バーコード|barcode|isbn)$/i,
  mpn: /^(?:型番|メーカー(?:型番|品番)|(?:item )?model(?: ?(?:no\.?|number|#))?|mpn|manufacturer part(?: number)?|part ?(?:no\.?|number))$/i,
  brand:
    /^(?:ブランド(?:名)?|メーカー(?:名)?|brand(?: name)?|manufacturer|designer|maker|marke|marque|marca|hersteller|vendor)$/i,
  stock:
    /^(?:在庫(?:状況|数|表示|状態)?|販売状況|stock(?: status)?|availability|in stock|verfügbarkeit|disponibilité)$/i,
} as const;

type Label = keyof typeof LABELS;

const LONGEST_LABEL = 24;
const LONGEST_VALUE = 80;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._/#-]{1,39}$/;

export function labelledFields(map: PageMap): LabelledFields {
  const found: Record<Label, string[]> = { sku: [], gtin: [], mpn: [], brand: [], stock: [] };
  const texts = map.texts.filter(({ zone }) => (zone & (CHROME | RELATED | HIDDEN)) === 0);
  for (const [i, spot] of texts.entries()) {
    const labelled = labelAt(texts, i, spot);
    if (labelled !== null) found[labelled.label].push(labelled.value);
  }
  const code = (label: 'sku' | 'mpn'): string | null =>
    found[label].map(codeIn).find((value) => value !== null) ?? null;
  return {
    sku: code('sku') ?? codeNamed(texts) ?? code('mpn'),
    gtin: found.gtin.map(validGtin).find((value) => value !== null) ?? null,
    mpn: code('mpn'),
    brand: found.brand.find((value) => value.length <= 40 && !/^[\d¥$]/.test(value)) ?? brandNamed(texts),
    availability: bestAvailability(found.stock.map(availabilityOfStockValue)),
  };
}

const BRAND_NAMES = /(?:^|[-_\s])(?:brand|vendor|designer|maker|manufacturer)(?:[-_]?name)?(?:$|\s)/i;

const SKU_NAMES =
  /(?:^|[-_\s])(?:sku|(?:product|item|goods|article|style)[-_]?(?:code|no|num(?:ber)?|id|sku))(?:[-_]?(?:value|text|number))?(?:$|\s)/i;

/** A code in an element named after it, when the page has one such code. */
function codeNamed(texts: readonly TextSpot[]): string | null {
  const codes = new Set<string>();
  for (const { element, text } of texts) {
    const names = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`;
    const code =
      text.length <= 60 && SKU_NAMES.test(names) ? codeIn(text.replace(/^[^:：]{1,20}[:：]\s*/, '')) : null;
    if (code !== null) codes.add(code);
  }
  const [only] = codes;
  return codes.size === 1 && only !== undefined ? only : null;
}

/** A short text in an element named after the brand, when the page has one such text. */
function brandNamed(texts: readonly TextSpot[]): string | null {
  const names = new Set<string>();
  for (const { element, text } of texts) {
    if (text.length <= 40 && BRAND_NAMES.test(namesAround(element))) names.add(text);
  }
  const [only] = names;
  return names.size === 1 && only !== undefined && !/[::]$/.test(only) ? only : null;
}

/** Classes of an element; of a link, and of what dresses its text, those of what holds the link as well. */
function namesAround(element: Element): string {
  const link = element.name === 'span' ? parentElement(element) : element;
  const own = attribute(element, 'class') ?? '';
  if (link?.name !== 'a') return own;
  return [own, link, parentElement(link)]
    .map((at) => (typeof at === 'string' || at === null ? at : attribute(at, 'class')))
    .join(' ');
}

function labelAt(
  texts: readonly TextSpot[],
  i: number,
  spot: TextSpot,
): { label: Label; value: string } | null {
  const plain = spot.text.normalize('NFKC').replace(/^[■●◆・【[(*\s]+/, '');
  const [head = ''] = plain.split(/[::】\])]/, 1);
  const name = head.trim();
  if (name === '' || name.length > LONGEST_LABEL) return null;
  const label = (Object.keys(LABELS) as Label[]).find((key) => LABELS[key].test(name));
  if (label === undefined) return spacedValue(plain);
  const inline = plain
    .slice(head.length)
    .replace(/^[\s::】\])]+/, '')
    .trim();
  if (inline !== '') return inline.length <= LONGEST_VALUE ? { label, value: inline } : null;
  const next = nextValue(texts, i);
  // A link with a label's word is navigation, unless a colon makes it a label.
  if (next === null || ((spot.zone & LINKED) !== 0 && !/[::]/.test(plain))) return null;
  return { label, value: next };
}

/** `品番 AG-301`: a code after its label and a space. */
function spacedValue(plain: string): { label: Label; value: string } | null {
  if (!/\d/.test(plain)) return null;
  const words = /^(\S+(?: (?:no\.?|code|number|#))?\s?#?)\s*(\S+)$/i.exec(
    plain.replace('#', ' # ').replaceAll(/\s+/g, ' '),
  );
  const [, first = '', value = ''] = words ?? [];
  const name = first.trim();
  if (codeIn(value) === null || !/\d/.test(value)) return null;
  const label = (['sku', 'mpn', 'gtin'] as const).find((key) => LABELS[key].test(name));
  return label === undefined ? null : { label, value };
}

/** The next text, when it may be a value; a lone colon is skipped. */
function nextValue(texts: readonly TextSpot[], i: number): string | null {
  for (const spot of texts.slice(i + 1, i + 3)) {
    const text = spot.text
      .normalize('NFKC')
      .replace(/^[::\s]+/, '')
      .trim();
    if (text !== '') return text.length <= LONGEST_VALUE ? text : null;
  }
  return null;
}

/** A code has a digit, or is all capitals; a word is no code. */
function codeIn(text: string): string | null {
  const [first = ''] = text.split(/[\s,、()]/, 1);
  return CODE.test(first) && (/\d/.test(first) || /^[A-Z]{2,}[A-Z]*(?:[-_/.][A-Z]+)*$/.test(first))
    ? first
    : null;
}
