/**
 * Text -> tree, bounded: neither depth nor number of nodes of a page can exhaust stack or time.
 *
 * Every node's `startIndex` is its position in document order, and an element's `endIndex` the position of its
 * last descendant, so that "contains" and "comes after" are comparisons. Elements nested deeper than
 * `MAX_DEPTH` hang flat below the deepest one allowed; recursion over the tree is therefore safe.
 */
import { Element } from 'domhandler';
import type { ChildNode, Document } from 'domhandler';
import { HtmlScanner } from './html-scanner.js';
import { TreeBuilder } from './tree-builder.js';

export interface HtmlPage {
  readonly root: Document;
  /** In document order. */
  readonly elements: readonly Element[];
  /** The same by their name. */
  readonly named: (name: string) => readonly Element[];
  /** The page was larger or deeper than is read; what follows is missing. */
  readonly truncated: boolean;
}

export function parseHtml(text: string): HtmlPage {
  const tree = new TreeBuilder();
  new HtmlScanner(text, tree).run();
  const truncated = tree.isExhausted;
  if (!truncated) tree.end();
  const { root, elements, byName } = tree;
  return { root, elements, named: (name) => byName.get(name) ?? [], truncated };
}

/** Position in document order. */
export function orderOf(node: ChildNode): number {
  return node.startIndex ?? 0;
}

/** Whether `inner` lies inside `outer` (or is it). */
export function contains(outer: Element, inner: ChildNode): boolean {
  const order = orderOf(inner);
  return order >= orderOf(outer) && order <= (outer.endIndex ?? 0);
}

export function attribute(element: Element, name: string): string | null {
  // What every object inherits is no text.
  const value: unknown = element.attribs[name];
  if (typeof value !== 'string' || value === '') return null;
  return value.trim() || null;
}

/** Class and id: by these shops name their elements. Empty string where there are none. */
export function classAndId(element: Element): string {
  const [classes, id] = [attribute(element, 'class'), attribute(element, 'id')];
  return classes === null || id === null ? (classes ?? id ?? '') : `${classes} ${id}`;
}

export function parentElement(element: ChildNode): Element | null {
  return element.parent instanceof Element ? element.parent : null;
}
