/** Feeds as tables with a header line: tab-separated, or comma-separated by RFC 4180 and what shops make of it. */
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { attributeName, MAX_VALUE_LENGTH, MAX_VALUES } from './row.js';
import type { FoundRow } from './row.js';

const DELIMITERS = ['\t', ',', ';', '|'] as const;
const MAX_RECORD_CHARS = 1_000_000;

/** The delimiter that stands most often in the header line, outside quotes. */
export function delimiterOf(head: string): string {
  const [line = ''] = head.replaceAll(/"(?:[^"]|"")*"/g, 'x').split(/\r\n|\r|\n/, 1);
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** Rejects where the text is no table: a quote that is never closed, a record without end. */
export async function* tableRows(
  text: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<readonly FoundRow[]> {
  const faults: FoundRow[] = [];
  const parser = parse({
    delimiter,
    bom: true,
    columns: (header: string[]) => header.map(attributeName),
    group_columns_by_name: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_CHARS,
    on_skip: (error) => {
      faults.push({ fault: error?.message ?? 'not well formed' });
      return undefined;
    },
  });
  const source = Readable.from(text);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  for await (const record of parser as AsyncIterable<Record<string, string | string[]>>) {
    const values = Object.entries(record);
    const row: FoundRow =
      values.length > MAX_VALUES
        ? { fault: `more than ${MAX_VALUES} columns` }
        : new Map(values.map(([name, value]) => [name, [value].flat().map(cut)]));
    yield [...faults.splice(0), row];
  }
  yield faults;
}

function cut(value: string): string {
  return value.slice(0, MAX_VALUE_LENGTH);
}
