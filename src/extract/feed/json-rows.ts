/** JSON Lines (one object a line, as jsonlines.org has it), and arrays that are written one object a line. */
import { attributeName, MAX_VALUE_LENGTH, MAX_VALUES } from './row.js';
import type { FoundRow } from './row.js';

const MAX_LINE_CHARS = 1_000_000;

export async function* jsonLineRows(text: AsyncIterable<string>): AsyncGenerator<readonly FoundRow[]> {
  let rest = '';
  let tooLong = false;
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const found = lines.flatMap((line, index) => (index === 0 && tooLong ? [] : rowsOf(line)));
    if (lines.length > 0) tooLong = false;
    if (rest.length > MAX_LINE_CHARS) {
      if (!tooLong) found.push({ fault: `a line of more than ${MAX_LINE_CHARS} characters` });
      tooLong = true;
      rest = '';
    }
    yield found;
  }
  if (!tooLong) yield rowsOf(rest);
}

function rowsOf(line: string): FoundRow[] {
  const trimmed = line
    .trim()
    .replace(/,$/, '')
    .replace(/^\ufeff/, '');
  if (trimmed === '' || trimmed === '[' || trimmed === ']') return [];
  try {
    const value: unknown = JSON.parse(trimmed);
    return [rowOfObject(value)];
  } catch {
    return [{ fault: `not JSON: ${trimmed.slice(0, 60)}` }];
  }
}

function rowOfObject(value: unknown): FoundRow {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'not an object' };
  const entries = Object.entries(value);
  if (entries.length > MAX_VALUES) return { fault: `more than ${MAX_VALUES} attributes` };
  return new Map(entries.map(([name, inner]) => [attributeName(name), textsOf(inner)]));
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.slice(0, MAX_VALUES).flatMap(textsOf);
  if (typeof value === 'string') return [value.slice(0, MAX_VALUE_LENGTH)];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  // A price as the Content API writes it.
  const { value: amount, currency } = value as { readonly value?: unknown; readonly currency?: unknown };
  if (typeof currency !== 'string') return [];
  return typeof amount === 'string' || typeof amount === 'number' ? [`${amount} ${currency}`] : [];
}
