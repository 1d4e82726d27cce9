/**
 * CSS selectors for a shop file, from a page and what should be read there.
 *
 * Every element whose value is the expected one is a candidate. Names that people gave (ids, itemprops, test ids,
 * classes) make selectors, the shortest first; names that a build step made up are left out. What is proposed has
 * been tried: with it, the page reads as expected.
 */
import { is, selectOne } from 'css-select';
import type { AnyNode, Element } from 'domhandler';
import { toDecimal } from '../domain/money.js';
import type { Product, SelectorField } from '../domain/product.js';
import { availabilityOfStockValue, availabilityOfTerm } from './availability.js';
import { collapse, visibleText } from './dom-text.js';
import { decodePage } from './encoding.js';
import { attribute, contains, parentElement, parseHtml } from './html.js';
import type { HtmlPage } from './html.js';
import { readPage } from './read-page.js';
import type { PageFacts } from './read-page.js';
import { namesOf, rowSelector } from './selector-names.js';

export type ExpectedValues = Readonly<Partial<Record<SelectorField, string | readonly string[]>>>;

const MAX_CANDIDATES = 40;
const MAX_ANCESTORS = 6;
const MAX_TRIALS = 12;

/** Selector by field: for fields that do not read as expected. Null where no selector makes them do so. */
export function suggestSelectors(
  body: Uint8Array,
  facts: PageFacts,
  expected: ExpectedValues,
): Record<string, string | null> {
  const page = parseHtml(decodePage(body, facts.contentType).text);
  const read = readPage(body, facts).product;
  const suggestions: Record<string, string | null> = {};
  for (const [field, value] of Object.entries(expected) as [SelectorField, string | readonly string[]][]) {
    if (read !== null && isRead(read, field, value)) continue;
    suggestions[field] = suggest(page, body, facts, field, value);
  }
  return suggestions;
}

function suggest(
  page: HtmlPage,
  body: Uint8Array,
  facts: PageFacts,
  field: SelectorField,
  value: string | readonly string[],
): string | null {
  const selectors = new Set<string>();
  for (const element of candidates(page, field, value)) {
    for (const selector of selectorsOf(element, page)) selectors.add(selector);
  }
  const sorted = [...selectors].sort((a, b) => costOf(a) - costOf(b) || a.length - b.length);
  const trial = (selector: string): boolean => {
    // A title of any kind lets the reader take the page for a product's, whatever else it lacks.
    const given = { title: 'title', ...facts.hints.selectors, [field]: selector };
    const reading = readPage(body, { ...facts, hints: { ...facts.hints, selectors: given } });
    return reading.product !== null && isRead(reading.product, field, value);
  };
  return sorted.slice(0, MAX_TRIALS).find(trial) ?? null;
}

/** Elements with the value, the innermost of those that hold each other. */
function candidates(page: HtmlPage, field: SelectorField, value: string | readonly string[]): Element[] {
  const wanted = typeof value === 'string' ? value : (value[0] ?? '');
  const length = typeof value === 'string' ? value.length : value.join('').length + value.length * 8;
  const found = page.elements.filter((element) => {
    const texts = field === 'images' ? pictureTexts(element) : textsOf(element, Math.max(60, length + 20));
    return texts.some((text) => mayBe(text, field, wanted));
  });
  const innermost = found.filter((outer, i) => {
    const next = found[i + 1];
    return next === undefined || !contains(outer, next);
  });
  return innermost.reverse().slice(0, MAX_CANDIDATES);
}

function textsOf(element: Element, limit: number): string[] {
  const attributes = ['content', 'value'].map((name) => attribute(element, name));
  return [...attributes.filter((text) => text !== null), visibleText(element, limit)];
}

function pictureTexts(element: Element): string[] {
  if (!['img', 'a', 'meta', 'link', 'source'].includes(element.name)) return [];
  return Object.values(element.attribs);
}

/** A coarse test: what passes is tried in earnest. */
function mayBe(text: string, field: SelectorField, wanted: string): boolean {
  if (text === '') return false;
  if (field === 'images') return text.includes(wanted.replace(/^.*\//, ''));
  if (field === 'availability') return availabilityOfWord(text) === availabilityOfWord(wanted);
  if (field === 'price' || field === 'listPrice') {
    const digits = (amount: string): string =>
      amount.normalize('NFKC').replaceAll(/\D/g, '').replace(/^0+/, '');
    return text.length <= 80 && digits(text).includes(digits(wanted).replace(/0{1,2}$/, ''));
  }
  const [a, b] = [collapse(text.normalize('NFKC')), collapse(wanted.normalize('NFKC'))];
  return field === 'breadcrumbs' ? a.includes(b) : a === b;
}

function availabilityOfWord(text: string): string | null {
  return availabilityOfTerm(text) ?? availabilityOfStockValue(text);
}

/** Whether the product reads so. Amounts are compared as numbers, stock by its meaning. */
function isRead(product: Product, field: SelectorField, value: string | readonly string[]): boolean {
  const all = typeof value === 'string' ? [value] : value;
  const [first = ''] = all;
  const amount = field === 'listPrice' ? product.offer?.listPrice : product.offer?.price;
  switch (field) {
    case 'price':
    case 'listPrice':
      return amount !== undefined && amount !== null && Number(toDecimal(amount)) === Number(first);
    case 'availability':
      return product.availability === availabilityOfWord(first);
    case 'images':
      return all.every((url) => product.images.includes(url));
    case 'breadcrumbs':
      return product.breadcrumbs.join('>') === all.join('>');
    default:
      return collapse((product[field] ?? '').normalize('NFKC')) === collapse(first.normalize('NFKC'));
  }
}

/** Selectors whose first match is this element. */
function selectorsOf(element: Element, page: HtmlPage): string[] {
  const own = [...namesOf(element), element.name];
  const row = rowSelector(element);
  const tried = row === null ? own : [row, ...own];
  let at = parentElement(element);
  for (let up = 0; up < MAX_ANCESTORS && at !== null; up += 1) {
    for (const name of namesOf(at)) tried.push(...own.map((inner) => `${name} ${inner}`));
    at = parentElement(at);
  }
  return tried.filter((selector) => isFirst(selector, element, page));
}

function isFirst(selector: string, element: Element, page: HtmlPage): boolean {
  try {
    return (
      is<AnyNode, Element>(element, selector) && selectOne<AnyNode, Element>(selector, page.root) === element
    );
  } catch {
    return false;
  }
}

/** Names for machines outlive those for looks; one name outlives two; a bare tag says least. */
function costOf(selector: string): number {
  if (selector.includes(':contains(')) return 3;
  const cost = (part: string): number =>
    /^#|itemprop|data-/.test(part) ? 1 : /[.[]/.test(part) || part === 'h1' ? 2 : 4;
  return selector.split(' ').reduce((sum, part) => sum + cost(part), 0);
}
