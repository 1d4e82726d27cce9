/** What is known of the pictures below a root beside their class: pictures.csv, where there is one. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { LIST_COLUMNS, PICTURE_LIST } from '../../domain/picture-list.js';
import { parseCsv } from './csv.js';
import type { Attributes } from './dataset.js';

const EXPECTED =
  'expected a header such as path,class,presentation, and as many fields in each line; or remove the file';

/**
 * Path below the root, with forward slashes -> attributes; empty without the file. Every column but path and class is
 * an attribute, named like the column.
 *
 * @throws FashiondError `usage` that names the file and the line.
 */
export async function readPictureList(root: string): Promise<ReadonlyMap<string, Attributes>> {
  const place = join(root, PICTURE_LIST);
  const text = await textOf(place);
  if (text === null) return new Map();
  const [header, ...rows] = parseCsv(text);
  const columns = header?.fields.map((column) => column.trim()) ?? [];
  const pathAt = columns.indexOf(LIST_COLUMNS.path);
  if (pathAt < 0) {
    throw new FashiondError('usage', `${place} has no column ${LIST_COLUMNS.path}`, { hint: EXPECTED });
  }
  const told = columns.flatMap((name, at) =>
    name === LIST_COLUMNS.path || name === LIST_COLUMNS.class || name === '' ? [] : [{ name, at }],
  );
  return new Map(
    rows.map(({ fields, line }) => {
      if (fields.length !== columns.length) {
        const lengths = `${fields.length} fields, and the header ${columns.length}`;
        throw new FashiondError('usage', `${place}:${line} has ${lengths}`, { hint: EXPECTED });
      }
      return [(fields[pathAt] ?? '').trim().replaceAll('\\', '/'), attributesOf(fields, told)];
    }),
  );
}

/** Of one line; an empty field tells nothing. */
export function attributesOf(
  fields: readonly string[],
  columns: readonly { readonly name: string; readonly at: number }[],
): Attributes {
  return Object.fromEntries(
    columns
      .map(({ name, at }) => [name, (fields[at] ?? '').trim()] as const)
      .filter(([, value]) => value !== ''),
  );
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: EXPECTED,
      cause: error,
    });
  }
}
