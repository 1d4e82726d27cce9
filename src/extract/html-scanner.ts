/**
 * Text -> tags and texts, as the HTML standard's tokenizer (section 13.2.5) has them, in jumps from mark to mark: a
 * page is mostly what stands between them.
 */
import { decodeHTML, decodeHTMLAttribute } from 'entities/decode';
import { tagNamed } from './html-tags.js';
import type { Tag } from './html-tags.js';
import type { TreeBuilder } from './tree-builder.js';

/** What a text between two tags has beyond it is passed over. */
const LONGEST_TEXT = 100_000;
/** Further attributes of one tag are passed over. */
const MAX_ATTRIBUTES = 300;

const [TAB, LINE_FEED, FORM_FEED, RETURN, SPACE] = [0x09, 0x0a, 0x0c, 0x0d, 0x20];
const [QUOTE, APOSTROPHE, SLASH, EQUALS, GREATER] = [0x22, 0x27, 0x2f, 0x3d, 0x3e];
const [EXCLAMATION, QUESTION, LOWER_A, LOWER_Z, TO_LOWER] = [0x21, 0x3f, 0x61, 0x7a, 0x20];

/** Names as most pages write them: one copy of each is kept, and none needs its case changed. */
const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map(
  (
    'class id href src alt title name content property type value style rel data-id data-src itemprop itemscope itemtype ' +
    'width height srcset sizes loading role aria-label aria-hidden target action method for lang charset viewbox d fill ' +
    'data-sku data-price data-product-id data-value selected disabled checked placeholder tabindex onclick media'
  )
    .split(' ')
    .map((name) => [name, name]),
);

export class HtmlScanner {
  #at = 0;
  readonly #text: string;
  readonly #tree: TreeBuilder;

  constructor(text: string, tree: TreeBuilder) {
    this.#text = text;
    this.#tree = tree;
  }

  /** Feeds the tree until the text ends or the tree is exhausted. */
  run(): void {
    const text = this.#text;
    // Where the text since the last tag begins.
    let from = 0;
    while (this.#at < text.length) {
      const less = text.indexOf('<', this.#at);
      if (less < 0) break;
      const next = text.charCodeAt(less + 1);
      const isEnd = next === SLASH;
      const first = isEnd ? text.charCodeAt(less + 2) : next;
      const isTag = isLetter(first);
      const isMarkup = isTag || isEnd || next === EXCLAMATION || next === QUESTION;
      if (!isMarkup || (isEnd && Number.isNaN(first))) {
        this.#at = less + 1;
        continue;
      }
      if (less > from) this.#push(from, less);
      if (!isTag) this.#comment(less + 1);
      else if (isEnd) this.#endTag(less + 2);
      else this.#startTag(less + 1);
      from = this.#at;
      if (this.#tree.isExhausted) return;
    }
    if (from < text.length) this.#push(from, text.length);
  }

  #push(from: number, to: number): void {
    const data = this.#text.slice(from, Math.min(to, from + LONGEST_TEXT));
    this.#tree.text(data.includes('&') ? decodeHTML(data) : data);
  }

  #endTag(from: number): void {
    const end = this.#nameEnd(from);
    const greater = this.#text.indexOf('>', end);
    this.#at = greater < 0 ? this.#text.length : greater + 1;
    if (end < this.#text.length) this.#tree.endTag(tagNamed(this.#text.slice(from, end)));
  }

  #startTag(from: number): void {
    const end = this.#nameEnd(from);
    const tag = tagNamed(this.#text.slice(from, end));
    const attributes: Record<string, string> = {};
    this.#at = end;
    const closing = this.#attributes(attributes);
    if (closing === null) {
      // A tag that the text ends in is none.
      this.#at = this.#text.length;
      return;
    }
    const isRaw = tag.content !== 'elements' && !this.#tree.isForeign;
    this.#tree.startTag(tag, attributes, closing === SLASH);
    if (isRaw) this.#content(tag);
  }

  /** The text of an element that holds no others, up to its end tag. */
  #content(tag: Tag): void {
    const text = this.#text;
    const { name, content } = tag;
    let end = content === 'rest' ? -1 : text.indexOf('</', this.#at);
    while (end >= 0 && !this.#isNamed(end + 2, name)) end = text.indexOf('</', end + 2);
    const to = end < 0 ? text.length : end;
    if (to > this.#at) {
      if (content === 'escapable') this.#push(this.#at, to);
      else this.#tree.text(text.slice(this.#at, to));
    }
    this.#at = to;
  }

  #isNamed(at: number, name: string): boolean {
    const text = this.#text;
    const end = at + name.length;
    return isNameEnd(text.charCodeAt(end)) && text.slice(at, end).toLowerCase() === name;
  }

  /** Comments, declarations and what else is no tag; ends where it does. */
  #comment(from: number): void {
    const text = this.#text;
    if (text.startsWith('!--', from)) {
      COMMENT_END.lastIndex = from + 3;
      const abrupt = /^-?>/.exec(text.slice(from + 3, from + 5));
      const end = abrupt === null ? COMMENT_END.exec(text) : null;
      if (abrupt !== null) this.#at = from + 3 + abrupt[0].length;
      else this.#at = end === null ? text.length : end.index + end[0].length;
      this.#tree.comment();
      return;
    }
    if (text.startsWith('![CDATA[', from)) {
      const end = text.indexOf(']]>', from + 8);
      this.#at = end < 0 ? text.length : end + 3;
      if (this.#tree.isForeign && end > from + 8) this.#tree.text(text.slice(from + 8, end));
      else if (!this.#tree.isForeign) this.#tree.comment();
      return;
    }
    const end = text.indexOf('>', from);
    // `</>` is nothing at all.
    if (end !== from + 1 || text.charCodeAt(from) !== SLASH) this.#tree.comment();
    this.#at = end < 0 ? text.length : end + 1;
  }

  #nameEnd(from: number): number {
    const text = this.#text;
    let at = from;
    while (at < text.length && !isNameEnd(text.charCodeAt(at))) at += 1;
    return at;
  }

  /** Reads attributes up to the end of the tag: `/` for a tag that closes itself, `>` for others, null without an end. */
  #attributes(attributes: Record<string, string>): number | null {
    const text = this.#text;
    let left = MAX_ATTRIBUTES;
    let before = SPACE;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      if (code === GREATER) {
        this.#at += 1;
        return before === SLASH ? SLASH : GREATER;
      }
      if (code === SLASH) before = SLASH;
      if (code === SLASH || isSpace(code)) {
        this.#at += 1;
        continue;
      }
      before = SPACE;
      const from = this.#at;
      do this.#at += 1;
      while (this.#at < text.length && !isAttributeEnd(text.charCodeAt(this.#at)));
      const written = text.slice(from, this.#at);
      const value = this.#value();
      if (value === null) return null;
      const name = ATTRIBUTE_NAMES.get(written) ?? written.toLowerCase();
      if (left > 0 && attributes[name] === undefined) attributes[name] = value;
      left -= 1;
    }
    return null;
  }

  /** The value after an attribute's name; empty string without one, null where the text ends in it. */
  #value(): string | null {
    const text = this.#text;
    let at = this.#at;
    while (isSpace(text.charCodeAt(at))) at += 1;
    if (text.charCodeAt(at) !== EQUALS) {
      this.#at = at;
      return '';
    }
    at += 1;
    while (isSpace(text.charCodeAt(at))) at += 1;
    const quote = text.charCodeAt(at);
    let end: number;
    if (quote === QUOTE || quote === APOSTROPHE) {
      at += 1;
      end = text.indexOf(quote === QUOTE ? '"' : "'", at);
      if (end < 0) return null;
      this.#at = end + 1;
    } else {
      end = at;
      while (end < text.length && text.charCodeAt(end) !== GREATER && !isSpace(text.charCodeAt(end)))
        end += 1;
      this.#at = end;
    }
    const value = text.slice(at, end);
    return value.includes('&') ? decodeHTMLAttribute(value) : value;
  }
}

const COMMENT_END = /--!?>/g;

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === RETURN || code === FORM_FEED;
}

function isNameEnd(code: number): boolean {
  return code === GREATER || code === SLASH || isSpace(code);
}

function isAttributeEnd(code: number): boolean {
  return code === EQUALS || isNameEnd(code);
}

function isLetter(code: number): boolean {
  const lower = code | TO_LOWER;
  return lower >= LOWER_A && lower <= LOWER_Z;
}
