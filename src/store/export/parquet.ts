/** Rows as Apache Parquet: a row group at a time, compressed with Snappy, each column with its type. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { FashiondError } from '../../domain/errors.js';
import type { ColumnType } from '../view-doc.js';
import type { Column, Row, Table } from './table.js';

/** Rows of a group: some 10 MB of items in memory. */
const GROUP = 10_000;
/** Digits behind the point, and all of them: no currency has more than four behind it. */
const MONEY = { scale: 4, precision: 18 } as const;

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

export function* parquet({ columns, batches }: Table): Generator<Uint8Array> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: schemaOf(columns), createdBy: 'fashiond' });
  const written = (): Uint8Array => {
    const bytes = writer.getBytes().slice();
    writer.index = 0;
    return bytes;
  };
  let rows: Row[] = [];
  const writeGroup = (): Uint8Array => {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => valueOf(row[column.name] ?? null, column)),
    }));
    void file.write({ columnData, rowGroupSize: GROUP });
    rows = [];
    return written();
  };
  for (const batch of batches) {
    rows.push(...batch);
    if (rows.length >= GROUP) yield writeGroup();
  }
  if (rows.length > 0) yield writeGroup();
  void file.finish();
  yield written();
}

const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  number: { type: 'DOUBLE' },
  decimal: { type: 'INT64', converted_type: 'DECIMAL', ...MONEY },
  boolean: { type: 'BOOLEAN' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const fields = columns.map(({ name, type }) => ({
    name,
    repetition_type: 'OPTIONAL' as const,
    ...ELEMENTS[type],
  }));
  return [{ name: 'fashiond', num_children: fields.length }, ...fields];
}

function valueOf(value: Row[string], { name, type }: Column): unknown {
  if (value === null) return null;
  switch (type) {
    case 'text':
      return String(value);
    case 'integer':
      return BigInt(value);
    case 'number':
    case 'decimal':
      return Number(value);
    case 'boolean':
      return Number(value) === 1;
    case 'time': {
      const at = Date.parse(String(value));
      if (Number.isNaN(at)) throw new FashiondError('internal', `${name} ${String(value)} is no time`);
      return BigInt(at);
    }
    default:
      return type satisfies never;
  }
}
