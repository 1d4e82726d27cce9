/**
 * Microdata (HTML standard, chapter 5) and RDFa (Lite and what shops use of Core) -> items. Both hang items and properties on
 * elements; they differ in the attributes' names.
 */
import { Element } from 'domhandler';
import type { ParentNode } from 'domhandler';
import { visibleText } from './dom-text.js';
import { attribute, contains } from './html.js';
import type { HtmlPage } from './html.js';
import { imageSource } from './image-source.js';
import { termName } from './items.js';
import type { Item, ItemValue } from './items.js';

interface Syntax {
  /** Attribute that names properties whose value is a resource, besides `property`; null where there is none. */
  readonly relation: string | null;
  readonly isScope: (element: Element) => boolean;
  readonly types: string;
  readonly property: string;
  readonly id: string;
}

const MICRODATA: Syntax = {
  relation: null,
  isScope: (element) => element.attribs['itemscope'] !== undefined,
  types: 'itemtype',
  property: 'itemprop',
  id: 'itemid',
};

const RDFA: Syntax = {
  relation: 'rel',
  isScope: (element) => element.attribs['typeof'] !== undefined,
  types: 'typeof',
  property: 'property',
  id: 'resource',
};

/** Each reference walks a subtree again. */
const MAX_REFERENCES = 50;

interface OpenItem extends Item {
  readonly properties: Map<string, ItemValue[]>;
  readonly element: Element;
}

/** Items that are no other item's property, in document order. */
export function readMicrodata(page: HtmlPage): Item[] {
  if (!page.elements.some(MICRODATA.isScope)) return [];
  const items = readItems(page, MICRODATA);
  if (!items.all.some(({ element }) => attribute(element, 'itemref') !== null)) return items.top;
  const ids = new Map(page.elements.map((element) => [attribute(element, 'id'), element]));
  let left = MAX_REFERENCES;
  for (const item of items.all) {
    const references = attribute(item.element, 'itemref')?.split(/\s+/) ?? [];
    for (const reference of references) {
      left -= 1;
      if (left < 0) return items.top;
      const target = ids.get(reference);
      if (target === undefined || contains(target, item.element) || contains(item.element, target)) continue;
      walk(target, { item, hanging: [] }, MICRODATA, { top: [], all: [] });
    }
  }
  return items.top;
}

export function readRdfa(page: HtmlPage): Item[] {
  return page.elements.some(RDFA.isScope) ? readItems(page, RDFA).top : [];
}

interface Found {
  readonly top: OpenItem[];
  readonly all: OpenItem[];
}

function readItems(page: HtmlPage, syntax: Syntax): Found {
  const found: Found = { top: [], all: [] };
  walkChildren(page.root, OUTSIDE, syntax, found);
  return found;
}

function walkChildren(parent: ParentNode, scope: Scope, syntax: Syntax, found: Found): void {
  for (const child of parent.children) if (child instanceof Element) walk(child, scope, syntax, found);
}

/** Where the walk is. */
interface Scope {
  readonly item: OpenItem | null;
  /** Properties of the item that wait for the next item below (RDFa Core 1.1, section 7.5, step 10). */
  readonly hanging: readonly string[];
}

const OUTSIDE: Scope = { item: null, hanging: [] };

function walk(element: Element, scope: Scope, syntax: Syntax, found: Found): void {
  const { item: current } = scope;
  const names = namesIn(attribute(element, syntax.property), false);
  const relations = syntax.relation === null ? [] : namesIn(attribute(element, syntax.relation), true);
  const resource = relations.length === 0 ? null : resourceOf(element);
  if (!syntax.isScope(element)) {
    if (current !== null && names.length > 0) add(current, names, valueOf(element));
    if (current !== null && resource !== null) add(current, relations, resource);
    const hanging = relations.length > 0 && resource === null ? relations : scope.hanging;
    walkChildren(element, { item: current, hanging }, syntax, found);
    return;
  }
  const types = (attribute(element, syntax.types) ?? '').split(/\s+/).filter((type) => type !== '');
  const item: OpenItem = {
    types: types.map(termName),
    id: attribute(element, syntax.id),
    properties: new Map(),
    element,
  };
  found.all.push(item);
  const said = [...names, ...relations];
  const held = said.length > 0 ? said : scope.hanging;
  if (current !== null && held.length > 0) add(current, held, item);
  else found.top.push(item);
  walkChildren(element, { item, hanging: [] }, syntax, found);
}

const NO_NAMES: readonly string[] = [];

/** Terms without their vocabulary. Of other vocabularies none; of a relation only what names a vocabulary. */
function namesIn(text: string | null, isRelation: boolean): readonly string[] {
  if (text === null) return NO_NAMES;
  return text
    .split(/\s+/)
    .filter(
      (name) =>
        name !== '' && !/^(?!schema:|s:)[\w-]+:(?!\/\/)/.test(name) && (!isRelation || /[:/]/.test(name)),
    )
    .map(termName);
}

function resourceOf(element: Element): string | null {
  return attribute(element, 'resource') ?? attribute(element, 'href') ?? attribute(element, 'src');
}

function add(item: OpenItem, names: readonly string[], value: ItemValue): void {
  if (value === '') return;
  for (const name of names) {
    const values = item.properties.get(name);
    if (values === undefined) item.properties.set(name, [value]);
    else values.push(value);
  }
}

/** The property's value by the kind of its element; `content` counts on any element, as shops use it. */
function valueOf(element: Element): string {
  const content = attribute(element, 'content');
  if (content !== null) return content;
  switch (element.name) {
    case 'meta':
      return '';
    case 'a':
    case 'area':
    case 'link':
      return attribute(element, 'href') ?? visibleText(element);
    case 'img':
    case 'source':
      return imageSource(element) ?? '';
    case 'data':
    case 'meter':
    case 'input':
      return attribute(element, 'value') ?? visibleText(element);
    case 'time':
      return attribute(element, 'datetime') ?? visibleText(element);
    default:
      return visibleText(element);
  }
}
