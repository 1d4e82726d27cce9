/** Comma-separated values after RFC 4180: quoted fields may hold commas, line breaks and doubled quotes. */
import { FashiondError } from '../../domain/errors.js';

export interface CsvRow {
  /** Of the row's first character, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Rows of a text, empty lines left out; a byte-order mark is dropped and lines may end in CR LF, LF or CR.
 *
 * @throws FashiondError `usage` that names the line: a quote that is never closed, or text after a closing quote.
 */
export function parseCsv(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  // One field and what ends it; sticky, so that whatever does not fit is found where it stands.
  const field = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\n|\r|$)/y;
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  let fields: string[] = [];
  let startedOn = line;
  while (field.lastIndex < text.length || fields.length > 0) {
    const found = field.exec(text);
    if (found === null) throw malformed(line);
    const [all, raw = '', end = ''] = found;
    fields.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    line += all.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') rows.push({ line: startedOn, fields });
    fields = [];
    startedOn = line;
  }
  return rows;
}

function malformed(line: number): FashiondError {
  return new FashiondError('usage', `line ${line} of the CSV file is not well formed`, {
    hint: 'a field with a quote in it must stand in quotes, with the quote doubled: "5"" heel"',
  });
}
