/**
 * Colours and sizes as the page offers them to choose: a table of stock by colour and size, select elements, radio
 * buttons and swatches. What is crossed out, disabled or labelled as sold out is sold out.
 */
import { Element } from 'domhandler';
import type { Availability } from '../domain/product.js';
import { availabilityOfStockValue, availabilityOfWords } from './availability.js';
import { visibleText } from './dom-text.js';
import { NO_VARIANT } from './hints.js';
import type { VariantHint } from './hints.js';
import { attribute, contains, parentElement } from './html.js';
import type { PageMap } from './page-map.js';
import { CHROME, HIDDEN, RELATED } from './page-map.js';
import { stockTable } from './stock-table.js';
import { choiceOf, isSize, kindOfChoice } from './variant-options.js';

interface Option {
  readonly value: string;
  readonly availability: Availability | null;
}

interface Group {
  readonly kind: 'colour' | 'size' | null;
  readonly options: readonly Option[];
}

const MAX_VARIANTS = 300;
/** A longer list is none of colours or sizes. */
const MAX_OPTIONS = 80;
/** Each option may stand twice, for narrow and for wide screens. */
const MOST_CONTROLS = 2 * MAX_OPTIONS;
const LONGEST_OPTION = 60;
const MOST_TABLES = 60;
const PROMPT =
  /^(?:[-–—・\s]*$|.{0,20}(?:選択|お選び|指定)|(?:please )?(?:choose|select|pick)\b|bitte\b|wählen|choisir|elige|seleccion|scegli)/i;

const LABEL = /^(?:colou?r|size|カラー|色|サイズ|farbe|größe|couleur|taille|talla|colore|taglia)$/i;

export interface PageVariants {
  readonly variants: readonly VariantHint[];
  /** Where they are chosen: words of stock in there speak of one variant. */
  readonly places: readonly Element[];
}

export function pageVariants(map: PageMap): PageVariants {
  const choices = map.choices.filter(({ zone }) => (zone & (CHROME | RELATED)) === 0);
  for (const { element } of choices
    .filter(({ element: { name } }) => name === 'table')
    .slice(0, MOST_TABLES)) {
    const table = stockTable(element);
    if (table.length > 0) return { variants: table, places: [element] };
  }
  const groups = [
    ...choices.filter(({ element }) => element.name === 'select').map(({ element }) => selectGroup(element)),
    ...buttonGroups(
      choices
        .filter(
          ({ element, zone }) =>
            element.name !== 'select' && element.name !== 'table' && (zone & HIDDEN) === 0,
        )
        .map(({ element }) => element),
    ),
  ].filter((group) => group !== null && group.options.length > 0 && group.options.length <= MAX_OPTIONS);
  const places = choices
    .filter(({ element }) => element.name !== 'table')
    .map(({ element }) => listOf(element));
  return { variants: combine(groups.filter((group) => group !== null)), places };
}

/** Each colour with each size; stock is known of a pair only where one of the two is sold out, or there is no pair. */
function combine(groups: readonly Group[]): VariantHint[] {
  const joint = groups.find(
    ({ kind, options }) => kind === null && options.every(({ value }) => /\s*[/／|]\s*/.test(value)),
  );
  if (joint !== undefined) {
    return joint.options.map(({ value, availability }) => ({
      ...NO_VARIANT,
      ...choiceOf(value.split(/\s*[/／|]\s*/).map((part) => ({ name: null, value: part }))),
      availability,
    }));
  }
  const colours = groups.find(({ kind }) => kind === 'colour')?.options ?? [];
  const sizes = groups.find(({ kind }) => kind === 'size')?.options ?? [];
  if (colours.length === 0)
    return sizes.map(({ value, availability }) => ({ ...NO_VARIANT, size: value, availability }));
  if (sizes.length === 0)
    return colours.map(({ value, availability }) => ({ ...NO_VARIANT, colour: value, availability }));
  return colours
    .flatMap((colour) =>
      sizes.map((size) => {
        const isOut = [colour, size].some(({ availability }) => availability === 'sold-out');
        const single =
          colours.length === 1 ? size.availability : sizes.length === 1 ? colour.availability : null;
        return {
          ...NO_VARIANT,
          colour: colour.value,
          size: size.value,
          availability: isOut ? ('sold-out' as const) : single,
        };
      }),
    )
    .slice(0, MAX_VARIANTS);
}

function selectGroup(select: Element): Group | null {
  const options: Option[] = [];
  let prompt = '';
  const all = optionsIn(select);
  if (all.length > MOST_CONTROLS) return null;
  for (const option of all) {
    const text = visibleText(option, LONGEST_OPTION + 1);
    if (isPrompt(option, text)) prompt += ` ${text}`;
    else if (text.length <= LONGEST_OPTION)
      options.push(optionOf(text, Object.hasOwn(option.attribs, 'disabled')));
  }
  const names = ['name', 'id', 'aria-label', 'data-name', 'class']
    .map((name) => attribute(select, name) ?? '')
    .join(' ');
  return groupOf(`${labelOf(select)} ${prompt} ${names}`, options);
}

/** "Choose a size", or a label of the choice in its place: `-- Size --`. */
function isPrompt(option: Element, text: string): boolean {
  if (PROMPT.test(text) || option.attribs['value']?.trim() === '') return true;
  const bare = text.replace(/^[-–—・\s]+|[-–—・:：\s]+$/g, '');
  return LABEL.test(bare);
}

function optionsIn(select: Element): Element[] {
  return select.children.flatMap((child) => {
    if (!(child instanceof Element)) return [];
    return child.name === 'optgroup' ? optionsIn(child) : child.name === 'option' ? [child] : [];
  });
}

/** Stock words and prices beside the choice are no part of it. Where one option speaks of stock, silence means stock. */
function optionOf(text: string, disabled: boolean): Option {
  const stock = availabilityOfWords(text);
  const value = text
    .replace(
      /\s*[-–—:：/(（【[]?\s*(?:在庫|残り|売り?切|完売|品切|予約|入荷|取り?寄せ|再入荷|(?<![a-z])(?:sold|out of|only|unavailable|low stock|last|available|in stock|few left|notify)(?![a-z]))[^]*$/i,
      '',
    )
    .replace(/\s*[-–—:：(（[]?\s*[+＋]?\s*(?:[¥￥$€£]\s?[\d,.]+|[\d,.]+\s?円)[^]*$/, '')
    .trim();
  return { value, availability: disabled ? 'sold-out' : stock };
}

const UNNAMED_CHOICE = /vari|super_attribute|attribute_pa|class_?category|バリエーション|種類|タイプ/i;

function groupOf(label: string, options: readonly Option[]): Group | null {
  const named = options.filter(({ value }) => value !== '');
  const speaks = named.some(({ availability }) => availability !== null);
  const complete = named.map((option) => ({
    ...option,
    availability: option.availability ?? (speaks ? ('in-stock' as const) : null),
  }));
  const sizes = named.filter(({ value }) => isSize(value)).length;
  // Plain numbers from 1 up are a quantity.
  if (
    named.every(({ value }, i) => value === String(i + 1) || value === String(i)) &&
    kindOfChoice(label) !== 'size'
  )
    return null;
  const kind = kindOfChoice(label);
  if (kind === 'none') return null;
  const isShort = named.length > 0 && sizes >= named.length * 0.7;
  const isJoint = named.length > 0 && named.every(({ value }) => /[/／|]/.test(value) && !isSize(value));
  if (isJoint) return { kind: null, options: complete };
  // A shop that names its choice no closer mostly means colours or patterns.
  if (kind === 'colour' || (!isShort && UNNAMED_CHOICE.test(label))) {
    return { kind: 'colour', options: complete };
  }
  return kind === 'size' || isShort ? { kind: 'size', options: complete } : null;
}

/** Radio buttons by their name, other controls by their list. */
function buttonGroups(elements: readonly Element[]): (Group | null)[] {
  const groups = new Map<unknown, Element[]>();
  for (const element of elements) {
    const name = element.name === 'input' ? attribute(element, 'name') : null;
    const key = name ?? listOf(element);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [element]);
    else members.push(element);
  }
  return [...groups].map(([key, members]) => {
    const [first] = members;
    if (first === undefined || members.length > MOST_CONTROLS) return null;
    const options = members.map((element) => {
      const holder = parentElement(element);
      const after = element.name === 'input' ? nextElement(element) : null;
      const looks = `${after === null ? '' : (attribute(after, 'class') ?? '')} ${attribute(element, 'class') ?? ''} ${element.name === 'input' || element.name === 'a' ? (attribute(holder ?? element, 'class') ?? '') : ''}`;
      const isOut =
        Object.hasOwn(element.attribs, 'disabled') ||
        attribute(element, 'aria-disabled') === 'true' ||
        /disabled|sold-?out|out-?of-?stock|unavailable|no-?stock/i.test(looks);
      return optionOf(textOf(element, members), isOut);
    });
    const unique = options.filter(
      ({ value }, i) => options.findIndex((other) => other.value === value) === i,
    );
    return groupOf(
      `${typeof key === 'string' ? `${key} ${labelOf(first)}` : ''} ${labelOf(listOf(first))} ${attribute(listOf(first), 'class') ?? ''}`,
      unique,
    );
  });
}

function nextElement(element: Element): Element | null {
  let next = element.next;
  while (next !== null && !(next instanceof Element)) next = next.next;
  return next;
}

/** The element that holds a control beside its like. */
function listOf(element: Element): Element {
  const parent = parentElement(element) ?? element;
  return parent.name === 'li' || parent.name === 'label' ? (parentElement(parent) ?? parent) : parent;
}

function textOf(element: Element, members: readonly Element[]): string {
  const own = ['data-value', 'data-size', 'data-color', 'data-option-value', 'aria-label', 'title']
    .map((name) => attribute(element, name))
    .find((value) => value !== null);
  if (element.name !== 'input') return visibleText(element, LONGEST_OPTION) || (own ?? '');
  const label = labelled(element, members);
  const value = attribute(element, 'value') ?? '';
  // Values that are numbers of the shop's own say nothing to people.
  return label !== '' ? label : /^\d{3,}$/.test(value) ? '' : value;
}

/** The text of the label around a radio button, or directly after it. */
function labelled(input: Element, members: readonly Element[]): string {
  const parent = parentElement(input);
  const others = members.filter((member) => member !== input && parent !== null && contains(parent, member));
  if (parent !== null && others.length === 0) return visibleText(parent, LONGEST_OPTION);
  let next = input.next;
  while (next !== null && !(next instanceof Element) && !('data' in next && next.data.trim() !== ''))
    next = next.next;
  if (next === null) return '';
  return 'data' in next ? next.data.trim().slice(0, LONGEST_OPTION) : visibleText(next, LONGEST_OPTION);
}

const LONGEST_LABEL = 30;

/** The short text before a control: its label, legend or the cell beside it. */
function labelOf(element: Element): string {
  let at: Element | null = element;
  for (let up = 0; up < 3 && at !== null; up += 1) {
    for (let before = at.prev; before !== null; before = before.prev) {
      const text = 'data' in before ? before.data.trim() : visibleText(before, LONGEST_LABEL + 1);
      if (text === '') continue;
      if (text.length <= LONGEST_LABEL && availabilityOfStockValue(text) === null) return text;
      break;
    }
    at = parentElement(at);
  }
  return '';
}
