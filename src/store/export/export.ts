/** A view of the database as bytes of a file. */
import type { ItemFilter } from '../../domain/browse.js';
import type { ExportFormat } from '../../domain/serving.js';
import type { Connection } from '../connection.js';
import { tableOf } from './table.js';
import type { Row, Table } from './table.js';
import { csv, jsonLines } from './text-formats.js';

export interface ExportJob {
  readonly view: string;
  /** Of `v_items` only; null for every row. */
  readonly filter: ItemFilter | null;
  readonly format: ExportFormat;
}

export interface Export {
  /** Of the file, in order. Each is made when it is asked for, and is the caller's. */
  readonly chunks: Iterable<Uint8Array>;
  /** How many were read so far. */
  rows(): number;
}

type Writer = (table: Table) => Iterable<Uint8Array>;

/** Parquet's library is loaded where it is asked for. */
const WRITERS: Readonly<Record<ExportFormat, () => Writer | Promise<Writer>>> = {
  csv: () => csv,
  jsonl: () => jsonLines,
  parquet: async () => (await import('./parquet.js')).parquet,
};

/** Throws FashiondError `usage` for a view that does not exist, or a filter of one that has none. */
export async function exportOf(db: Connection, { view, filter, format }: ExportJob): Promise<Export> {
  const write = await WRITERS[format]();
  const { columns, batches } = tableOf(db, view, filter);
  let rows = 0;
  const counted = function* (): Generator<readonly Row[]> {
    for (const batch of batches) {
      rows += batch.length;
      yield batch;
    }
  };
  return { chunks: write({ columns, batches: counted() }), rows: () => rows };
}
