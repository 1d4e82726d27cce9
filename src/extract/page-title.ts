/** How the page names its subject: headings, elements named after a product's name, the document's title. */
import type { Element } from 'domhandler';
import { collapse, plainText, rawText, visibleText } from './dom-text.js';
import { nameKey } from './hints.js';
import { attribute, parentElement } from './html.js';
import type { HtmlPage } from './html.js';
import type { PageMap } from './page-map.js';
import { CHROME, HIDDEN, LINKED, RELATED } from './page-map.js';

export interface PageTitle {
  readonly text: string;
  /** Position in document order, null for a title out of the head. */
  readonly order: number | null;
  readonly confidence: number;
}

const LONGEST_TITLE = 200;
const NAME_CLASSES =
  /(?:product|item|goods|shohin|syohin|detail)[-_]{0,2}(?:name|title|ttl|nm)(?:$|[-_])|^(?:product|item|goods)(?:name|title)$/i;

export function documentTitle(page: HtmlPage): string {
  const element = page.named('title').find(({ parent }) => !isInSvg(parent));
  return element === undefined ? '' : (plainText(rawText(element), 400) ?? '');
}

function isInSvg(parent: unknown): boolean {
  return typeof parent === 'object' && parent !== null && 'name' in parent && parent.name === 'svg';
}

/** Parts of a document title between its separators. */
export function titleSegments(title: string): string[] {
  return title
    .split(/\s+[|｜\-–—:：/／・»>]\s+|\s*[|｜»]\s*|\s*【[^】]*】\s*|\s*\[[^\]]*\]\s*/)
    .map(collapse)
    .filter((part) => part !== '');
}

/** First-level headings as names of the subject, before the tree is mapped. */
export function headingNames(page: HtmlPage): string[] {
  return page
    .named('h1')
    .slice(0, 5)
    .map((heading) => visibleText(heading, LONGEST_TITLE))
    .filter((text) => text !== '');
}

/** The product's name as the page shows it, or null. */
export function visibleTitle(page: HtmlPage, map: PageMap): PageTitle | null {
  const title = documentTitle(page);
  const segments = titleSegments(title);
  const titleKey = nameKey(title);
  const shopKey = nameKey(shopSegment(segments, map));
  const found: PageTitle[] = [];
  for (const { element, order, zone } of map.headings) {
    if ((zone & (RELATED | HIDDEN)) !== 0) continue;
    const text = visibleText(element, LONGEST_TITLE);
    const key = nameKey(text);
    if (key.length < 2 || key === shopKey) continue;
    const isInTitle = titleKey.includes(key);
    if (element.name === 'h1') {
      if ((zone & CHROME) !== 0 && !isInTitle) continue;
      found.push({ text, order, confidence: isInTitle ? 0.85 : 0.7 });
    } else if (isInTitle && key.length >= 4 && (zone & CHROME) === 0)
      found.push({ text, order, confidence: 0.7 });
  }
  const segmentKeys = new Set(segments.map(nameKey));
  for (const { element, order, zone, text } of map.texts) {
    if ((zone & (CHROME | RELATED | LINKED | HIDDEN)) !== 0 || text.length > LONGEST_TITLE) continue;
    const key = nameKey(text);
    if (key.length < 2) continue;
    const names = namesOf(element) || (INLINE.has(element.name) ? namesOf(parentElement(element)) : '');
    // The last part of a trail is no heading.
    if (/^[>＞»›≫|/／]/.test(text)) continue;
    const isNamed = names !== '' && names.split(/\s+/).some((name) => NAME_CLASSES.test(name));
    // Part of a heading, beside a catchword of the shop's.
    const isHeadingPart = segmentKeys.has(key) && key !== shopKey && isPartOfHeading(element);
    if (isHeadingPart) found.push({ text, order, confidence: 0.82 });
    else if (isNamed) found.push({ text, order, confidence: titleKey.includes(key) ? 0.8 : 0.65 });
    else if (segmentKeys.has(key) && key !== shopKey) {
      found.push({ text, order, confidence: 0.6 });
    } else if (key.length >= 4 && titleKey.includes(key) && isProminent(element)) {
      found.push({ text, order, confidence: 0.55 });
    }
  }
  return surest(found) ?? fromHead(segments);
}

/**
 * The shop's own name in a document title: the last part; the first where the page's headings are named by the last,
 * and nothing on the page but its frame by the first.
 */
function shopSegment(segments: readonly string[], map: PageMap): string {
  const [first = '', last = ''] = [segments[0], segments.at(-1)];
  if (segments.length < 2) return '';
  const [firstKey, lastKey] = [nameKey(first), nameKey(last)];
  const isHeading = map.headings.some(
    ({ element, zone }) =>
      (zone & (CHROME | RELATED | LINKED | HIDDEN)) === 0 &&
      nameKey(visibleText(element, LONGEST_TITLE)) === lastKey,
  );
  if (!isHeading) return last;
  const isShown = map.texts.some(
    ({ text, zone }) =>
      (zone & (CHROME | RELATED | LINKED)) === 0 &&
      text.length <= LONGEST_TITLE &&
      nameKey(text) === firstKey,
  );
  return isShown ? last : first;
}

function isPartOfHeading(element: Element): boolean {
  let at = parentElement(element);
  for (let up = 0; up < 2 && at !== null; up += 1) {
    if (/^h[1-3]$/.test(at.name)) return true;
    at = parentElement(at);
  }
  return false;
}

/** Set large, as pages without headings do it. */
function isProminent(element: Element): boolean {
  let at: Element | null = element;
  for (let up = 0; up < 3 && at !== null; up += 1) {
    const size = attribute(at, 'size') ?? '';
    const pixels = /font-size\s*:\s*(\d+)px/i.exec(attribute(at, 'style') ?? '')?.[1];
    if (at.name === 'big' || (at.name === 'font' && /^(?:[4-7]|\+[1-4])$/.test(size)) || Number(pixels) >= 18)
      return true;
    at = INLINE.has(at.name) ? parentElement(at) : null;
  }
  return false;
}

/** Elements that only dress the text of their parent. */
const INLINE = new Set(['b', 'strong', 'font', 'span', 'em']);

function namesOf(element: Element | null): string {
  return element === null
    ? ''
    : `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`.trim();
}

function surest(found: readonly PageTitle[]): PageTitle | null {
  let best: PageTitle | null = null;
  for (const title of found) if (best === null || title.confidence > best.confidence) best = title;
  return best;
}

function fromHead(segments: readonly string[]): PageTitle | null {
  const [first] = segments;
  return first === undefined ? null : { text: first, order: null, confidence: 0.4 };
}
