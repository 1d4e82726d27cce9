/**
 * Google Merchant XML as a stream: `<item>` of RSS 2.0 and `<entry>` of Atom with attributes in the `g:` namespace,
 * whatever its prefix. An attribute with a prefix counts before a plain one of the same name, because `<title>` and
 * `<link>` of RSS may be shorter. The tokenizer knows no DTD: nothing expands, nothing is loaded.
 */
import { Parser } from 'htmlparser2';
import { attributeName, MAX_VALUE_LENGTH, MAX_VALUES } from './row.js';
import type { FoundRow } from './row.js';

const MAX_NESTING = 32;

interface Draft {
  readonly depth: number;
  readonly prefixed: Map<string, string[]>;
  readonly plain: Map<string, string[]>;
  values: number;
}

/** Throws for what is no feed at all. */
export async function* xmlRows(text: AsyncIterable<string>): AsyncGenerator<readonly FoundRow[]> {
  const reader = new RowReader();
  for await (const chunk of text) yield reader.read(chunk);
}

class RowReader {
  readonly #open: string[] = [];
  readonly #parser: Parser;
  #found: FoundRow[] = [];
  #draft: Draft | null = null;
  #text = '';

  constructor() {
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#onOpen(name, attributes),
        ontext: (text) => {
          if (this.#draft !== null && this.#text.length < MAX_VALUE_LENGTH) this.#text += text;
        },
        onclosetag: (name) => this.#onClose(name),
      },
      { xmlMode: true },
    );
  }

  read(chunk: string): readonly FoundRow[] {
    this.#parser.write(chunk);
    const rows = this.#found;
    this.#found = [];
    return rows;
  }

  #onOpen(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#open.push(name);
    if (this.#open.length > MAX_NESTING) throw new Error(`elements nested more than ${MAX_NESTING} deep`);
    if (this.#draft === null) {
      if (/^(?:item|entry)$/.test(name)) {
        this.#draft = { depth: this.#open.length, prefixed: new Map(), plain: new Map(), values: 0 };
      }
      return;
    }
    this.#text = '';
    // Atom's link is an attribute, and only the one to the page itself is meant.
    const href = attributes['href'];
    const isPage = (attributes['rel'] ?? 'alternate') === 'alternate';
    if (name === 'link' && href !== undefined && isPage) add(this.#draft, name, href);
  }

  #onClose(name: string): void {
    const draft = this.#draft;
    const depth = this.#open.length;
    this.#open.pop();
    if (draft === null) return;
    if (depth === draft.depth + 1) {
      if (this.#text.trim() !== '') add(draft, name, this.#text.trim());
    } else if (depth === draft.depth) {
      this.#found.push(rowOf(draft));
      this.#draft = null;
    }
    // What is nested, such as a shipping price, is no attribute of the item itself.
    this.#text = '';
  }
}

function add(draft: Draft, name: string, value: string): void {
  draft.values += 1;
  if (draft.values > MAX_VALUES) return;
  const map = name.includes(':') ? draft.prefixed : draft.plain;
  const key = attributeName(name);
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function rowOf(draft: Draft): FoundRow {
  if (draft.values > MAX_VALUES) return { fault: `more than ${MAX_VALUES} attributes` };
  return new Map([...draft.plain, ...draft.prefixed]);
}
