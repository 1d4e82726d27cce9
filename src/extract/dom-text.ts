/** Text of a tree as a reader sees it: white space collapsed, blocks apart, scripts and hidden parts left out. */
import { Element, Text } from 'domhandler';
import type { AnyNode } from 'domhandler';
import { attribute, parseHtml } from './html.js';

const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'iframe',
  'object',
  'textarea',
  'head',
]);
const BLOCKS = new Set(
  (
    'address article aside blockquote br button caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 ' +
    'h4 h5 h6 header hr img input li main nav ol option p pre section select summary table tbody td th thead tr ul'
  ).split(' '),
);

const DEFAULT_TEXT_LENGTH = 2000;

export function isSilent(element: Element): boolean {
  return SILENT.has(element.name);
}

export function isHidden(element: Element): boolean {
  if (Object.hasOwn(element.attribs, 'hidden')) return true;
  const style = attribute(element, 'style');
  return style !== null && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style);
}

/** Visible text, cut after about `limit` characters; empty string when there is none. */
export function visibleText(node: AnyNode, limit: number = DEFAULT_TEXT_LENGTH): string {
  const parts: string[] = [];
  gather(node, parts, { left: limit, nodes: limit * 4 }, false);
  return collapse(parts.join('')).slice(0, limit);
}

/**
 * Like visibleText, for prices: cents written as a superscript without a decimal mark (`49<sup>99</sup>`) get
 * one, because reading 4,999 instead of 49.99 is the worst that can happen to a price.
 */
export function priceTextOf(node: AnyNode, limit: number): string {
  const parts: string[] = [];
  gather(node, parts, { left: limit, nodes: limit * 4 }, true);
  return collapse(parts.join('')).slice(0, limit);
}

interface Budget {
  left: number;
  nodes: number;
}

function gather(node: AnyNode, parts: string[], budget: Budget, cents: boolean): void {
  budget.nodes -= 1;
  if (budget.left <= 0 || budget.nodes <= 0) return;
  if (node instanceof Text) {
    const data = node.data.length > budget.left * 8 ? node.data.slice(0, budget.left * 8) : node.data;
    parts.push(data);
    budget.left -= data.trim().length;
    return;
  }
  if (!('children' in node)) return;
  const element = node instanceof Element ? node : null;
  if (element !== null && (isSilent(element) || isHidden(element))) return;
  const block = element !== null && BLOCKS.has(element.name);
  if (block) parts.push(' ');
  if (cents && element !== null && holdsCents(element)) pushCents(element, parts, budget);
  else for (const child of node.children) gather(child, parts, budget, cents);
  if (block) parts.push(' ');
}

/** A superscript, or an element named after the fraction. */
export function holdsCents(element: Element): boolean {
  if (element.name === 'sup') return true;
  return (
    element.name === 'span' &&
    /decimal|cents?(?:$|[-_ ])|fraction|centimes|minor/i.test(attribute(element, 'class') ?? '')
  );
}

function pushCents(element: Element, parts: string[], budget: Budget): void {
  const inner: string[] = [];
  for (const child of element.children) gather(child, inner, budget, true);
  const text = inner.join('').trim();
  const before = parts.join('').trimEnd();
  parts.push(
    /^\d{2}$/.test(text) && /\d$/.test(before) && !/[.,]\d{1,2}$/.test(before) ? `.${text}` : inner.join(''),
  );
}

/** Raw text of an element such as a script. */
export function rawText(element: Element): string {
  return element.children.map((child) => (child instanceof Text ? child.data : '')).join('');
}

/** The engine's stack bounds what the pattern below can look at. */
const SHORT = 1000;

/** Printable ASCII with single spaces inside. */
const COLLAPSED = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** Most texts between elements are white space. */
const INK = /\S/;

export function collapse(text: string): string {
  if (text.length <= SHORT && COLLAPSED.test(text)) return text;
  if (!INK.test(text)) return '';
  return text.replaceAll(/[\s\u200b\u00a0\u3000\ufeff]+/g, ' ').trim();
}

/** Text out of a value that may hold markup or entities, as structured data often does; null when empty. */
export function plainText(value: string, limit: number = DEFAULT_TEXT_LENGTH): string | null {
  const cut = value.length > limit * 10 ? value.slice(0, limit * 10) : value;
  const once = /[<&]/.test(cut) ? visibleText(parseHtml(cut).root, limit) : collapse(cut).slice(0, limit);
  // Templates escape what was escaped before.
  const text = /<\/?[a-z][^<>]*>/i.test(once) ? visibleText(parseHtml(once).root, limit) : once;
  return text === '' ? null : text;
}
