/**
 * JSON as pages carry it -> values. Shops print JSON-LD from templates, so blocks come wrapped in comments and
 * CDATA, with raw line breaks inside strings, trailing commas and semicolons, several objects in a row, and
 * unescaped quotes. What cannot be mended gives an error for this block alone.
 */

/** Parsed values of one block: usually one. Null when it is not JSON even after mending. */
export function parseLenientJson(text: string): unknown[] | null {
  const bare = unwrap(text);
  if (bare === '') return [];
  const strict = tryParse(bare);
  if (strict !== undefined) return [strict];
  for (const looseQuotes of [false, true]) {
    const value = tryParse(`[${mend(bare, looseQuotes)}]`);
    if (Array.isArray(value)) return value;
  }
  if (/&quot;|&#34;/.test(bare)) return parseLenientJson(unescapeQuotes(bare));
  return null;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unwrap(text: string): string {
  return text
    .replaceAll(/^\s*(?:\/\/|\/\*)?\s*(?:<!--|<!\[CDATA\[)(?:\/\/|\*\/)?/g, '')
    .replaceAll(/(?:\/\/|\/\*)?\s*(?:-->|\]\]>)(?:\*\/)?\s*$/g, '')
    .replaceAll(/^[\s\ufeff]*(?:<!--|\/\/\s*<!\[CDATA\[|<!\[CDATA\[)|[\s;]+$/g, '')
    .trim();
}

function unescapeQuotes(text: string): string {
  return text.replaceAll(/&quot;|&#34;/g, '"').replaceAll('&amp;', '&');
}

/**
 * One pass over the text with a stack of open brackets: control characters in strings are escaped, comments and
 * trailing commas dropped, values in a row separated, and what is open at the end closed. `looseQuotes`: a quote
 * ends a string only where a comma, colon or bracket follows.
 */
function mend(text: string, looseQuotes: boolean): string {
  const out: string[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '"') {
      const end = stringEnd(text, at, looseQuotes);
      out.push(mendString(text.slice(at + 1, end)));
      at = end + 1;
      continue;
    }
    if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      at = commentEnd(text, at);
      continue;
    }
    if (char === '{' || char === '[') {
      if (open.length === 0 && /[}\]]\s*$/.test(out.slice(-2).join(''))) out.push(',');
      open.push(char === '{' ? '}' : ']');
      out.push(char);
    } else if (char === '}' || char === ']') {
      dropTrailingComma(out);
      if (open.pop() === char) out.push(char);
    } else if (char !== ';' || open.length > 0) out.push(char <= ' ' ? ' ' : char);
    at += 1;
  }
  dropTrailingComma(out);
  return out.join('') + open.reverse().join('');
}

function stringEnd(text: string, start: number, looseQuotes: boolean): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"' && (!looseQuotes || /^\s*(?:[,:}\]]|$)/.test(text.slice(at + 1, at + 40))))
      return at;
  }
  return text.length;
}

function mendString(body: string): string {
  const mended = body
    // oxlint-disable-next-line no-control-regex -- raw control characters are what is mended here
    .replaceAll(/[\u0000-\u001f]/g, (char) => JSON.stringify(char).slice(1, -1))
    .replaceAll(/\\(?:["\\/bfnrt]|u[0-9a-f]{4})|\\|"/gi, (match) => {
      if (match === '"') return '\\"';
      return match === '\\' ? '' : match;
    });
  return `"${mended}"`;
}

function commentEnd(text: string, start: number): number {
  const isBlock = text[start + 1] === '*';
  const end = text.indexOf(isBlock ? '*/' : '\n', start + 2);
  return end === -1 ? text.length : end + (isBlock ? 2 : 1);
}

function dropTrailingComma(out: string[]): void {
  let last = out.length - 1;
  while (last >= 0 && out[last] === ' ') last -= 1;
  if (out[last] === ',') out.splice(last, 1);
}
