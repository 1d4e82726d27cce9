/**
 * Tags and texts of a page -> domhandler's tree, by HTML's rules for end tags that are left out. Bounded: elements
 * nested deeper than `MAX_DEPTH` hang flat below the deepest one allowed, and past the other bounds it is exhausted.
 */
import { Document, Element, Text } from 'domhandler';
import type { ChildNode, ParentNode } from 'domhandler';
import { tagNamed } from './html-tags.js';
import type { Tag } from './html-tags.js';

const MAX_DEPTH = 256;
const MAX_OPEN_TAGS = 1024;
/** Tags and texts. A product page of 200 kB has some 10,000; a list of 18,000 links is read whole. */
const MAX_EVENTS = 90_000;
/** Open tags looked at for the one that an end tag closes. */
const MAX_WORK = 20_000_000;

export class TreeBuilder {
  readonly root = new Document([]);
  /** In document order. */
  readonly elements: Element[] = [];
  readonly byName = new Map<string, Element[]>();
  readonly #open: { readonly tag: Tag; readonly node: ParentNode }[] = [];
  /** For each open element that changes the rules, whether SVG's or MathML's hold inside. */
  readonly #foreign: boolean[] = [];
  #forms = 0;
  #nodes = 0;
  #events = 0;
  #work = 0;
  #last: Text | null = null;

  get isExhausted(): boolean {
    return this.#events > MAX_EVENTS || this.#open.length > MAX_OPEN_TAGS || this.#work > MAX_WORK;
  }

  get isForeign(): boolean {
    return this.#foreign[this.#foreign.length - 1] === true;
  }

  text(data: string): void {
    this.#events += 1;
    if (this.#last !== null) this.#last.data += data;
    else {
      const node = new Text(data);
      this.#add(node);
      this.#last = node;
    }
  }

  /** Comments and the like are no nodes, but texts around them are two. */
  comment(): void {
    this.#last = null;
  }

  startTag(written: Tag, attributes: Record<string, string>, isSelfClosing: boolean): void {
    const tag = written.name === 'image' && !this.isForeign ? IMG : written;
    // A form inside a form is none.
    if (tag.name === 'form' && this.#forms > 0) return;
    const { closes } = tag;
    if (closes !== null) {
      for (let top = this.#top(); top !== null && closes.has(top.name); top = this.#top()) this.#pop();
    }
    this.#events += 1;
    const element = new Element(tag.name, attributes);
    this.#add(element);
    this.#list(element);
    this.#last = null;
    if (tag.isVoid) {
      this.#events += 1;
      element.endIndex = this.#nodes;
      return;
    }
    this.#open.push({ tag, node: element });
    if (tag.name === 'form') this.#forms += 1;
    if (tag.isForeign !== null) this.#foreign.push(tag.isForeign);
    if (isSelfClosing && this.isForeign) this.#pop();
  }

  endTag(tag: Tag): void {
    if (tag.isVoid) {
      if (tag.name === 'br') this.startTag(tag, {}, false);
      return;
    }
    let at = this.#open.length - 1;
    while (at >= 0 && this.#open[at]?.tag.name !== tag.name) at -= 1;
    this.#work += this.#open.length - at;
    if (at < 0) {
      this.#events += 1;
      // An end tag without a beginning stands for an empty paragraph.
      if (tag.name === 'p') this.startTag(tag, {}, false);
      if (tag.name === 'p') this.#pop();
      return;
    }
    while (this.#open.length > at) this.#pop();
  }

  /** Ends what is still open. */
  end(): void {
    while (this.#open.length > 0) this.#pop();
  }

  #top(): Tag | null {
    return this.#open[this.#open.length - 1]?.tag ?? null;
  }

  #pop(): void {
    const top = this.#open.pop();
    if (top === undefined) return;
    this.#events += 1;
    this.#last = null;
    if (top.tag.name === 'form') this.#forms -= 1;
    if (top.tag.isForeign !== null) this.#foreign.pop();
    if (top.node instanceof Element) top.node.endIndex = this.#nodes;
  }

  #add(node: ChildNode): void {
    const parent = this.#open[Math.min(this.#open.length, MAX_DEPTH) - 1]?.node ?? this.root;
    const before = parent.children[parent.children.length - 1];
    if (before !== undefined) {
      node.prev = before;
      before.next = node;
    }
    node.parent = parent;
    parent.children.push(node);
    this.#nodes += 1;
    node.startIndex = this.#nodes;
    node.endIndex = Number.MAX_SAFE_INTEGER;
  }

  #list(element: Element): void {
    this.elements.push(element);
    const others = this.byName.get(element.name);
    if (others === undefined) this.byName.set(element.name, [element]);
    else others.push(element);
  }
}

const IMG = tagNamed('img');
