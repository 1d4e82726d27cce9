/**
 * Data that pages carry beside their markup: JSON in scripts and attributes, and literals that scripts assign or
 * pass. Nothing is run. Only what speaks of a price is read at all, and no page costs more than a bounded number
 * of characters.
 */
import type { Element } from 'domhandler';
import { currencyCode } from './currency.js';
import { rawText } from './dom-text.js';
import { unflatten } from './flat-state.js';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';
import { readLiteral } from './js-literal.js';
import type { Effort, Literal } from './js-literal.js';

export interface ScriptData {
  /** Objects and arrays, in the order of the page. */
  readonly values: readonly unknown[];
  /** Some of it may be a variant table or a gallery of a platform; where not, looking for one costs for nothing. */
  readonly hasTables: boolean;
  /** The one ISO 4217 code that scripts name, or null where they name none or several. */
  readonly currency: string | null;
}

/** Of all scripts of a page. */
const MOST_CHARACTERS = 3_000_000;
const SHORTEST = 24;
const CODE_TYPE = /^$|javascript|^module$|babel/i;
const JSON_TYPE = /json|x-magento-init|^text\/x-|template-data/i;
const SPEAKS = /price|mage\/gallery|amount|["']?(?:sku|variants?|offers)["']?\s*:/i;
const CURRENCY =
  /["']?(?:currency(?:_?code|iso(?:code)?)?|price_?currency)["']?\s*[:=]\s*["']([A-Z]{3})["']|\.currency\s*=\s*\{\s*["']?active["']?\s*:\s*["']([A-Z]{3})["']/gi;
/** Of scripts in which literals are looked for: what is none is looked through more than once. */
const MOST_EFFORT = 4 * MOST_CHARACTERS;

/** Field names of the tables that embedded-platforms.ts knows. */
const TABLES =
  /optionPrices|variation_?id|display_price|class_?categor|mage\/gallery|["']?(?:attributes|option1)["']?\s*:/i;

export function scriptData(page: HtmlPage): ScriptData {
  const values: unknown[] = [];
  const currencies = new Set<string>();
  const payload: string[] = [];
  let hasTables = false;
  let left = MOST_CHARACTERS;
  const effort: Effort = { left: MOST_EFFORT };
  for (const element of page.elements) {
    if (element.name !== 'script') {
      const before = values.length;
      attributeData(element, values, effort);
      // A list of variants is the commonest thing that attributes hold.
      hasTables ||= values.length > before;
      continue;
    }
    const type = attribute(element, 'type') ?? '';
    if (/ld\+json/i.test(type)) continue;
    const text = rawText(element);
    left -= text.length;
    if (left < 0 || text.length < SHORTEST) continue;
    if (text.includes('__next_f')) payload.push(...flightStrings(text, effort));
    // Looking for the word alone is far quicker than for what may stand around it.
    for (const [, named, active] of /currency/i.test(text) ? text.matchAll(CURRENCY) : []) {
      const code = currencyCode(named ?? active ?? null);
      if (code !== null) currencies.add(code);
    }
    if (!SPEAKS.test(text)) continue;
    if (attribute(element, 'id') === '__NUXT_DATA__') pushFlat(text, values);
    else if (JSON_TYPE.test(type)) pushJson(text, values, effort);
    else if (CODE_TYPE.test(type)) pushLiterals(text, values, effort);
    hasTables ||= TABLES.test(text);
  }
  if (payload.length > 0) pushFlight(payload.join(''), values, effort);
  const [currency] = currencies;
  return { values, hasTables, currency: currencies.size === 1 && currency !== undefined ? currency : null };
}

function attributeData(element: Element, values: unknown[], effort: Effort): void {
  const { attribs } = element;
  for (const name in attribs) {
    const value = attribs[name] ?? '';
    if (value.length < SHORTEST) continue;
    // Most long attributes are addresses and classes, which their first character tells.
    const first = value.charCodeAt(0);
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET && first > SPACE) continue;
    if (/^\s*[{[]/.test(value) && SPEAKS.test(value)) pushJson(value, values, effort);
  }
}

const [SPACE, OPEN_BRACKET, OPEN_BRACE] = [0x20, 0x5b, 0x7b];

function pushJson(text: string, values: unknown[], effort: Effort): void {
  const bare = text
    .replace(/^\s*<!--/, '')
    .replace(/-->\s*$/, '')
    .trim();
  try {
    values.push(JSON.parse(bare) as unknown);
  } catch {
    pushLiterals(`=${bare}`, values, effort);
  }
}

function pushFlat(text: string, values: unknown[]): void {
  try {
    const flat = JSON.parse(text) as unknown;
    if (Array.isArray(flat)) values.push(unflatten(flat as unknown[]));
  } catch {
    // Cut off or broken: nothing of it can be told from what is missing.
  }
}

/** What may stand before a literal that is data. A block of code follows `)` or a word. */
const START = /(?:[=(,:]|\breturn\b)\s*(?=[{[])/g;
const FACTORY = /function\s*\(([\w$,\s]*)\)\s*\{\s*return\s*(?=[{[])/y;

function pushLiterals(text: string, values: unknown[], effort: Effort): void {
  START.lastIndex = 0;
  for (let match = START.exec(text); match !== null; match = START.exec(text)) {
    const at = match.index + match[0].length;
    const literal = readLiteral(text, at, { effort });
    if (literal === null) continue;
    if (literal.end - at >= SHORTEST && typeof literal.value === 'object') values.push(literal.value);
    // A short one may be the empty default before the data: `x = x || []`.
    START.lastIndex = Math.max(literal.end, at + 1);
  }
  for (const { index } of text.matchAll(/function\s*\([\w$,\s]{1,4000}\)\s*\{\s*return\s*[{[]/g)) {
    const literal = called(text, index, effort);
    if (literal !== null) values.push(literal.value);
  }
}

/** `(function(a,b){return {price:a}}(10,20))`, as Nuxt writes its state: the arguments are put in. */
function called(text: string, at: number, effort: Effort): Literal | null {
  FACTORY.lastIndex = at;
  const match = FACTORY.exec(text);
  if (match === null) return null;
  const start = at + match[0].length;
  const bare = readLiteral(text, start, { effort });
  if (bare === null) return null;
  const after = /^\s*;?\s*\}\s*\)?\s*\(/.exec(text.slice(bare.end, bare.end + 20));
  if (after === null) return null;
  const open = bare.end + after[0].length - 1;
  const passed = withoutEnd(text.slice(open + 1));
  effort.left -= text.length - open;
  const given = passed === null ? null : readLiteral(`[${passed}]`, 0, { effort });
  if (given === null || !Array.isArray(given.value)) return null;
  const names = (match[1] ?? '').split(',').map((name) => name.trim());
  const values = new Map(names.map((name, i) => [name, (given.value as unknown[])[i]]));
  return readLiteral(text, start, { names: values, effort });
}

/** What is passed to a call that ends the script: without `)`, `))` and `;`. Null where it does not end so. */
function withoutEnd(text: string): string | null {
  let rest = text.trimEnd();
  if (rest.endsWith(';')) rest = rest.slice(0, -1).trimEnd();
  if (!rest.endsWith(')')) return null;
  rest = rest.slice(0, -1).trimEnd();
  return rest.endsWith(')') ? rest.slice(0, -1) : rest;
}

/** Pieces of a React server payload: `self.__next_f.push([1,"..."])`. */
function flightStrings(text: string, effort: Effort): string[] {
  const strings: string[] = [];
  for (const { index } of text.matchAll(/__next_f\.push\(\s*\[/g)) {
    const literal = readLiteral(text, text.indexOf('[', index), { effort });
    const piece = Array.isArray(literal?.value) ? (literal.value as unknown[])[1] : undefined;
    if (typeof piece === 'string') strings.push(piece);
  }
  return strings;
}

/** Rows of such a payload are `id:JSON`. */
function pushFlight(payload: string, values: unknown[], effort: Effort): void {
  for (const row of payload.split('\n')) {
    if (row.length < SHORTEST || !SPEAKS.test(row)) continue;
    const at = row.search(/[{[]/);
    if (at >= 0 && at < 12) pushJson(row.slice(at), values, effort);
  }
}
