/** Rows as CSV (RFC 4180) and as JSON Lines, in UTF-8. */
import type { Column, Row, Table } from './table.js';

/** Characters written at once. */
const CHUNK = 64 * 1024;

/**
 * NULL is an empty field and the empty text a quoted one. Text that a spreadsheet would take for a formula is put behind
 * an apostrophe (OWASP, CSV Injection): what shops write is not to be run on the machine of whoever opens the file.
 */
export function csv({ columns, batches }: Table): Generator<Uint8Array> {
  const head = columns.map(({ name }) => name).join(',');
  return chunks(head, batches, (row) =>
    columns.map((column) => csvField(row[column.name], column)).join(','),
  );
}

/** An object a line; its columns stand in the order of the view. */
export function jsonLines({ batches }: Table): Generator<Uint8Array> {
  return chunks(null, batches, (row) => JSON.stringify(row));
}

/** Also the full-width signs, which spreadsheets set to Japanese take as well. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

function csvField(value: Row[string] | undefined, { type }: Column): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = type === 'text' && FORMULA.test(text) ? `'${text}` : text;
  return safe === '' || /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function* chunks(
  head: string | null,
  batches: Table['batches'],
  line: (row: Row) => string,
): Generator<Uint8Array> {
  let text = head === null ? '' : `${head}\n`;
  for (const rows of batches) {
    for (const row of rows) text += `${line(row)}\n`;
    if (text.length < CHUNK) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
