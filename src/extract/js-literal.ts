/**
 * Object and array literals inside scripts -> values, without running anything.
 *
 * Reads what shops print: JSON, and JavaScript literals with bare keys, single quotes, trailing commas, comments,
 * `!0`, `void 0` and `JSON.parse('...')`. A part that is code (a call, a function) reads as undefined, so that the
 * data beside it is not lost. Bounded in depth, in number of values, and by `Effort` in what is looked at.
 */

const MAX_DEPTH = 64;
const MAX_VALUES = 100_000;

export interface Literal {
  readonly value: unknown;
  /** Position after it. */
  readonly end: number;
}

/** Characters that may still be looked at: literals that turn out to be none are looked through again and again. */
export interface Effort {
  left: number;
}

/** The literal that begins at `at` with a bracket; null where there is none. `names`: values of identifiers. */
export function readLiteral(
  text: string,
  at: number,
  { names = new Map(), effort = { left: Number.POSITIVE_INFINITY } }: LiteralOptions = {},
): Literal | null {
  if (effort.left <= 0) return null;
  const reader = new Reader(text, at, names);
  try {
    return { value: reader.value(0), end: reader.at };
  } catch (error) {
    if (error instanceof NoLiteral) return null;
    throw error;
  } finally {
    effort.left -= reader.at - at;
  }
}

export interface LiteralOptions {
  readonly names?: ReadonlyMap<string, unknown>;
  readonly effort?: Effort;
}

class NoLiteral extends Error {}

/** A comment that does not end soon is none: looking for its end must not cost more than the text. */
const SPACE = /(?:\s|\/\/[^\n]*|\/\*[^]{0,2000}?\*\/)*/y;
const NUMBER = /-?(?:0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)/iy;
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};
const OPENING = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
]);

class Reader {
  at: number;
  #values = 0;
  readonly #text: string;
  readonly #names: ReadonlyMap<string, unknown>;

  constructor(text: string, at: number, names: ReadonlyMap<string, unknown>) {
    this.#text = text;
    this.at = at;
    this.#names = names;
  }

  value(depth: number): unknown {
    this.#values += 1;
    if (depth > MAX_DEPTH || this.#values > MAX_VALUES) throw new NoLiteral();
    this.#take(SPACE);
    const char = this.#text[this.at];
    switch (char) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
      case "'":
      case '`':
        return this.#string(char);
      case undefined:
        throw new NoLiteral();
      default:
        return this.#scalar();
    }
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    this.at += 1;
    for (;;) {
      this.#take(SPACE);
      if (this.#eat('}')) return object;
      const key = this.#key();
      this.#take(SPACE);
      if (key !== null && this.#eat(':')) {
        const value = this.#member(depth);
        object[key] = value;
      } else if (key === null) throw new NoLiteral();
      else this.#skipCode();
      if (!this.#eat(',') && this.#text[this.at] !== '}') throw new NoLiteral();
    }
  }

  #array(depth: number): unknown[] {
    const array: unknown[] = [];
    this.at += 1;
    for (;;) {
      this.#take(SPACE);
      if (this.#eat(']')) return array;
      array.push(this.#member(depth));
      if (!this.#eat(',') && this.#text[this.at] !== ']') throw new NoLiteral();
    }
  }

  /** A value, and undefined where it goes on as code. */
  #member(depth: number): unknown {
    const value = this.value(depth + 1);
    this.#take(SPACE);
    const next = this.#text[this.at];
    if (next === ',' || next === '}' || next === ']') return value;
    this.#skipCode();
    return undefined;
  }

  #key(): string | null {
    const char = this.#text[this.at] ?? '';
    if (char === '"' || char === "'") return this.#string(char);
    const name = this.#take(NAME);
    return name === '' ? this.#take(NUMBER) || null : name;
  }

  #string(quote: string): string {
    const text = this.#text;
    let start = this.at + 1;
    let out = '';
    for (let at = start; at < text.length; at += 1) {
      const char = text[at];
      if (char === quote) {
        this.at = at + 1;
        return out + text.slice(start, at);
      }
      if (char !== '\\') continue;
      const { said, length } = escaped(text, at + 1);
      out += text.slice(start, at) + said;
      at += length;
      start = at + 1;
    }
    this.at = text.length;
    throw new NoLiteral();
  }

  #scalar(): unknown {
    const number = this.#take(NUMBER);
    if (number !== '') return Number(number);
    if (this.#eat('!')) return !(Number(this.#take(NUMBER)) > 0);
    const name = this.#take(NAME);
    if (name === 'JSON' && this.#text.startsWith('.parse(', this.at)) return this.#parsed();
    if (CONSTANTS.has(name)) return CONSTANTS.get(name);
    if (name === '' || this.#names.size === 0) return undefined;
    return this.#names.get(name);
  }

  #parsed(): unknown {
    this.at += '.parse('.length;
    this.#take(SPACE);
    const quote = this.#text[this.at] ?? '';
    if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
    const text = this.#string(quote);
    this.#take(SPACE);
    this.#eat(')');
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Up to the comma or bracket that ends the member; strings and brackets inside are passed over. */
  #skipCode(): void {
    const open: string[] = [];
    for (; this.at < this.#text.length; this.at += 1) {
      const char = this.#text[this.at] ?? '';
      if (open.length === 0 && (char === ',' || char === '}' || char === ']')) return;
      const closing = OPENING.get(char);
      if (closing !== undefined) open.push(closing);
      else if (char === open.at(-1)) open.pop();
      else if (char === '"' || char === "'" || char === '`') {
        this.#string(char);
        this.at -= 1;
      }
    }
    throw new NoLiteral();
  }

  #eat(char: string): boolean {
    if (this.#text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  #take(pattern: RegExp): string {
    // Minified text has hardly a space: looking at one character is cheaper than trying.
    if (pattern === SPACE) {
      const code = this.#text.charCodeAt(this.at);
      if (code > 0x20 && code < 0x7f && code !== 0x2f) return '';
    }
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }
}

/** What the escape after a backslash stands for, and how many characters it takes. */
function escaped(text: string, at: number): { said: string; length: number } {
  const char = text[at] ?? '';
  const digits = char === 'u' ? 4 : char === 'x' ? 2 : 0;
  const code = text.slice(at + 1, at + 1 + digits);
  if (digits > 0 && code.length === digits && /^[\da-f]+$/i.test(code)) {
    return { said: String.fromCharCode(Number.parseInt(code, 16)), length: digits + 1 };
  }
  return { said: char === '\n' ? '' : (ESCAPES[char] ?? char), length: 1 };
}
