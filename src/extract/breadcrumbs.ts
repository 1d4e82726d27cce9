/** The trail of categories: structured lists, or a line of links the page shows. */
import { Element } from 'domhandler';
import { collapse, plainText, visibleText } from './dom-text.js';
import { absoluteUrl, nameKey } from './hints.js';
import type { PageContext } from './hints.js';
import { attribute, classAndId, contains } from './html.js';
import type { HtmlPage } from './html.js';
import { hasType, isItem, itemsOf, textOf, valuesOf } from './items.js';
import type { Item } from './items.js';

interface Crumb {
  readonly name: string;
  readonly url: string | null;
}

const HOME =
  /^(?:home|homepage|top|top ?page|shop top|start|startseite|accueil|inicio|strona główna|forside|hem|ホーム|トップ|トップページ|ショップトップ|HOME|TOP|.{0,20}(?:トップページ|TOPページ))$/i;
const TRAIL_NAMES =
  /bread-?_?crumb|topic-?_?path|pan-?_?kuzu|(?:^|[-_ ])(?:crumbs?|trail|path(?:way|list)?)(?:$|[-_ ])|パンくず/i;
/** Not where a mark closes what it opened: ≪SALE≫ is part of a name. */
const SEPARATOR = /\s*(?:>|＞|(?<!«[^»]{0,30})»|›|(?<!≪[^≫]{0,30})≫|→|⟩|\/|／|\||｜|▶|►)\s*/;
const LONGEST_NAME = 60;
const LONGEST_TRAIL = 12;

/** Trail out of BreadcrumbList items (or the old data-vocabulary Breadcrumbs); empty when there is none. */
export function structuredTrail(items: readonly Item[], context: PageContext): Crumb[] {
  const trails: Crumb[][] = [];
  const lists = items.flatMap((item) => [item, ...itemsOf(item, 'breadcrumb')]);
  for (const list of lists.filter((item) => hasType(item, 'breadcrumblist'))) {
    const entries = valuesOf(list, 'itemlistelement').filter(isItem);
    const positions = new Map(entries.map((entry, i) => [entry, Number(textOf(entry, 'position') ?? i + 1)]));
    const sorted = [...entries].sort((a, b) => (positions.get(a) ?? 0) - (positions.get(b) ?? 0));
    trails.push(sorted.map((entry) => crumbOf(entry, context)).filter((crumb) => crumb !== null));
  }
  const old = items.filter((item) => hasType(item, 'breadcrumb')).map((item) => crumbOf(item, context));
  trails.push(old.filter((crumb) => crumb !== null));
  return longest(trails);
}

function crumbOf(entry: Item, context: PageContext): Crumb | null {
  const [target] = valuesOf(entry, 'item', 'url', '@id');
  const inner = isItem(target) ? target : null;
  const own = textOf(entry, 'name', 'title') ?? (inner === null ? null : textOf(inner, 'name', 'title'));
  const name = plainText(own ?? '', LONGEST_NAME);
  if (name === null) return null;
  const reference =
    inner === null ? (typeof target === 'string' ? target : null) : (textOf(inner, '@id', 'url') ?? inner.id);
  return { name, url: absoluteUrl(reference, context.base) };
}

/** A trail the page shows: in an element named so, or a short line that begins with "Home". */
export function visibleTrail(page: HtmlPage, context: PageContext): Crumb[] {
  const trails: Crumb[][] = [];
  let last: Element | null = null;
  const named = new Map<string, boolean>();
  for (const element of page.elements) {
    if (last !== null && contains(last, element)) continue;
    if (!isTrail(element, named)) continue;
    last = element;
    trails.push(crumbsIn(element, context));
    if (trails.length >= 8) break;
  }
  return longest(trails.filter((trail) => trail.length <= LONGEST_TRAIL));
}

const LINE_TAGS = new Set(['p', 'div', 'ul', 'ol', 'li', 'td', 'dd', 'nav', 'span', 'font']);

/** `known`: whether names are a trail's, which repeat all over a page. */
function isTrail(element: Element, known: Map<string, boolean>): boolean {
  if (element.name === 'body' || element.name === 'html') return false;
  const label = attribute(element, 'aria-label');
  const names = label === null ? classAndId(element) : `${classAndId(element)} ${label}`;
  let isNamed = names === '' ? false : known.get(names);
  if (isNamed === undefined) {
    isNamed = TRAIL_NAMES.test(names);
    known.set(names, isNamed);
  }
  if (isNamed) return visibleText(element, 400).length < 400;
  if (!LINE_TAGS.has(element.name)) return false;
  if (isLineOfLinks(element)) return true;
  if (!beginsAtHome(element)) return false;
  const text = visibleText(element, 161);
  if (text.length > 160) return false;
  const [first = '', ...rest] = text.split(SEPARATOR);
  return rest.length >= 1 && HOME.test(first.trim());
}

const ARROW = /^[>＞»›≫]$/;

/** Two links or more with nothing but arrows between them. */
function isLineOfLinks(element: Element): boolean {
  let links = 0;
  let arrows = 0;
  for (const child of element.children) {
    if (child instanceof Element) {
      if (child.name === 'a') links += 1;
      else if (child.name === 'span' && ARROW.test(visibleText(child, 3))) arrows += 1;
      else return false;
    } else if ('data' in child && /^\s*[>＞»›≫]\s*/.test(child.data)) arrows += 1;
    else if ('data' in child && child.data.trim() !== '') return false;
  }
  return links >= 2 && arrows >= links - 1;
}

function beginsAtHome(element: Element): boolean {
  // A link alone is no trail, whatever it says.
  if (element.children.length < 2) return false;
  const link = element.children.find(
    (child): child is Element => child instanceof Element && child.name === 'a',
  );
  return link !== undefined && HOME.test(visibleText(link, 40));
}

/** Links give the names where there are two or more; the text between separators otherwise. */
function crumbsIn(element: Element, context: PageContext): Crumb[] {
  const crumbs: Crumb[] = [];
  const parts: string[] = [];
  const visit = (node: Element): void => {
    for (const child of node.children) {
      if (crumbs.length > LONGEST_TRAIL * 2) return;
      if (child instanceof Element) {
        const isLeaf = child.name === 'a' || !child.children.some((inner) => inner instanceof Element);
        if (isLeaf)
          push(visibleText(child, LONGEST_NAME + 1), child.name === 'a' ? attribute(child, 'href') : null);
        else visit(child);
      } else if ('data' in child) for (const part of child.data.split(SEPARATOR)) push(collapse(part), null);
    }
  };
  const push = (text: string, href: string | null): void => {
    const closes = /≪[^≫]*≫$|«[^»]*»$/.test(text);
    const opened = text.replace(/^[>＞»›≫→/／|｜▶►\s]+/, '');
    const name = closes ? opened : opened.replace(/[>＞»›≫→/／|｜▶►\s]+$/, '');
    if (name === '' || name.length > LONGEST_NAME || parts.at(-1) === name) return;
    parts.push(name);
    crumbs.push({ name, url: absoluteUrl(href, context.base) });
  };
  visit(element);
  return crumbs;
}

function longest(trails: readonly Crumb[][]): Crumb[] {
  let best: Crumb[] = [];
  for (const trail of trails) if (trail.length > best.length) best = trail;
  return best;
}

/** Names only, without the home page in front and the product itself at the end. */
export function cleanTrail(trail: readonly Crumb[], title: string, context: PageContext): string[] {
  const crumbs = [...trail];
  while (crumbs[0] !== undefined && isHome(crumbs[0], context)) crumbs.shift();
  // A mall's own home page is on another host.
  if (crumbs.length > 1 && /^https?:\/\/[^/]+\/$/.test(crumbs[0]?.url ?? '')) crumbs.shift();
  const last = crumbs.at(-1);
  if (last !== undefined && isSame(last.name, title) && !isCategory(last, title, context)) crumbs.pop();
  return crumbs.map(({ name }) => name).filter((name, i, names) => names.indexOf(name) === i);
}

/** `Loafers` of `Leather Loafers` leads to another page, and is a category. */
function isCategory({ name, url }: Crumb, title: string, { url: own, canonicalUrl }: PageContext): boolean {
  if (url === null || url === own || url === canonicalUrl) return false;
  return nameKey(name).length < nameKey(title).length;
}

function isHome(crumb: Crumb, context: PageContext): boolean {
  if (HOME.test(crumb.name.normalize('NFKC').trim())) return true;
  return crumb.url !== null && crumb.url === new URL('/', context.url).href;
}

function isSame(name: string, title: string): boolean {
  const [a, b] = [nameKey(name), nameKey(title)];
  if (a === '' || b === '') return false;
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long.includes(short) && short.length >= 0.6 * long.length;
}
