/**
 * Text -> tree, bounded: neither depth nor number of nodes of a page can exhaust stack or time.
 *
 * Every node's `startIndex` is its position in document order, and an element's `endIndex` the position of its
 * last descendant, so that "contains" and "comes after" are comparisons. Elements nested deeper than
 * `MAX_DEPTH` hang flat below the deepest one allowed; recursion over the tree is therefore safe.
 */
import { DomHandler, Element, Text } from 'domhandler';
import type { ChildNode, Document, ParentNode } from 'domhandler';
import { Parser } from 'htmlparser2';

export interface HtmlPage {
  readonly root: Document;
  /** In document order. */
  readonly elements: readonly Element[];
  /** The page was larger or deeper than is read; what follows is missing. */
  readonly truncated: boolean;
}

const MAX_DEPTH = 256;
/** The parser's own stack; each open tag costs it time in proportion to the depth. */
const MAX_OPEN_TAGS = 1024;
const MAX_WORK = 100_000_000;
const MAX_EVENTS = 400_000;
const CHUNK = 16_384;

class BoundedHandler extends DomHandler {
  readonly elements: Element[] = [];
  events = 0;
  open = 0;
  /** Of looking for the open tag that an end tag closes. */
  work = 0;
  #nodes = 0;

  get exhausted(): boolean {
    return this.events > MAX_EVENTS || this.open > MAX_OPEN_TAGS || this.work > MAX_WORK;
  }

  override onopentag(name: string, attribs: Record<string, string>): void {
    this.events += 1;
    this.open += 1;
    if (this.exhausted) this.tagStack.push(this.root);
    else super.onopentag(name, attribs);
  }

  override onclosetag(): void {
    this.events += 1;
    this.open -= 1;
    const closed = this.tagStack[this.tagStack.length - 1];
    if (closed instanceof Element) closed.endIndex = this.#nodes;
    super.onclosetag();
  }

  override ontext(data: string): void {
    this.events += 1;
    if (!this.exhausted) super.ontext(data);
  }

  override oncomment(): void {
    this.lastNode = null;
  }

  override onprocessinginstruction(): void {
    this.lastNode = null;
  }

  protected override addNode(node: ChildNode): void {
    const parent = this.tagStack[Math.min(this.tagStack.length - 1, MAX_DEPTH)] ?? this.root;
    link(parent, node);
    this.#nodes += 1;
    node.startIndex = this.#nodes;
    node.endIndex = Number.MAX_SAFE_INTEGER;
    if (node instanceof Element) this.elements.push(node);
    this.lastNode = node instanceof Text ? node : null;
  }
}

function link(parent: ParentNode, node: ChildNode): void {
  const before = parent.children[parent.children.length - 1];
  if (before !== undefined) {
    node.prev = before;
    before.next = node;
  }
  node.parent = parent;
  parent.children.push(node);
}

export function parseHtml(text: string): HtmlPage {
  const handler = new BoundedHandler();
  const parser = new Parser(handler, { recognizeCDATA: false });
  for (let at = 0; at < text.length && !handler.exhausted; at += CHUNK) {
    const chunk = text.slice(at, at + CHUNK);
    parser.write(chunk);
    handler.work += handler.open * chunk.split('</').length;
  }
  const truncated = handler.exhausted;
  if (!truncated) parser.end();
  return { root: handler.root, elements: handler.elements, truncated };
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
  const value = Object.hasOwn(element.attribs, name) ? element.attribs[name]?.trim() : undefined;
  return value === undefined || value === '' ? null : value;
}

export function parentElement(element: ChildNode): Element | null {
  return element.parent instanceof Element ? element.parent : null;
}
