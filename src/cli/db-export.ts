/** `db export`: a view of the database as CSV or JSON Lines, beside a running daemon or without one. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { FashiondError, messageOf } from '../domain/errors.js';
import { didYouMean } from '../config/validate.js';
import { openReadOnly } from '../store/store.js';
import { VIEWS } from '../store/views.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext } from './context.js';

type Format = 'csv' | 'jsonl';
type Value = string | number | bigint | null;
type Row = Readonly<Record<string, Value>>;

interface Table {
  /** What stands before the rows. */
  readonly head: string;
  /** One line each. */
  readonly rows: Iterable<string>;
}

/** Characters written at once. */
const CHUNK = 64 * 1024;

interface ExportFlags {
  readonly format: Format;
  readonly output?: string;
}

export function registerDbExport(db: Command, context: CliContext): void {
  const command: Command = withConfigOption(db.command('export'))
    .description('write a view as CSV or JSON Lines')
    .argument('<view>', `one of ${VIEWS.map(({ name }) => name).join(', ')}`)
    .addOption(
      new Option('--format <format>', 'how rows are written').choices(['csv', 'jsonl']).default('csv'),
    )
    .option('--output <file>', 'write to this file instead of standard output; it is whole or absent')
    .action(async (view: string, flags: ExportFlags) => {
      const { config } = await requiredConfig(command);
      const columns = columnsOf(view);
      const store = openReadOnly(config.store.path);
      try {
        const rows = store.eachRow(`SELECT ${columns.join(', ')} FROM ${view}`);
        const table = tableOf(flags.format, columns, rows);
        if (flags.output === undefined) await writeRows(table, process.stdout, false);
        else context.note(`${flags.output}: ${await writeFile(table, flags.output)} rows`);
      } finally {
        store.close();
      }
    });
}

function columnsOf(view: string): string[] {
  const found = VIEWS.find(({ name }) => name === view);
  if (found !== undefined) return Object.keys(found.columns);
  const names = VIEWS.map(({ name }) => name);
  throw new FashiondError('usage', `there is no view ${view}`, {
    hint: didYouMean(view, names) ?? `expected one of ${names.join(', ')}`,
  });
}

function tableOf(format: Format, columns: readonly string[], rows: Iterable<Row>): Table {
  const line = (row: Row): string =>
    format === 'jsonl' ? JSON.stringify(row) : columns.map((column) => field(row[column])).join(',');
  return { head: format === 'csv' ? `${columns.join(',')}\n` : '', rows: mapped(rows, line) };
}

function* mapped(rows: Iterable<Row>, line: (row: Row) => string): Generator<string> {
  for (const row of rows) yield line(row);
}

/** RFC 4180, section 2; NULL is an empty field and the empty text a quoted one. */
function field(value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Streamed, so that a view of any length takes little memory. Returns how many rows were written. */
async function writeRows({ head, rows }: Table, to: Writable, end: boolean): Promise<number> {
  let written = 0;
  const text = function* (): Generator<string> {
    let chunk = head;
    for (const row of rows) {
      written += 1;
      chunk += `${row}\n`;
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
    }
    if (chunk !== '') yield chunk;
  };
  await pipeline(Readable.from(text()), to, { end });
  return written;
}

async function writeFile(table: Table, path: string): Promise<number> {
  const partial = `${path}.partial`;
  try {
    const rows = await writeRows(table, createWriteStream(partial, { flush: true }), true);
    await rename(partial, path);
    return rows;
  } catch (error) {
    await rm(partial, { force: true });
    throw new FashiondError('refused', `cannot write ${path}: ${messageOf(error)}`, {
      hint: 'Name a file in a folder that exists, that this user may write to, on a disk with room.',
      cause: error,
    });
  }
}
