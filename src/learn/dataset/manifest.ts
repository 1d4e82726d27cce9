/** Pictures listed in a CSV file: a header line, then one picture a line. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { parseCsv } from './csv.js';
import type { CsvRow } from './csv.js';
import { splitNamed } from './found-picture.js';
import type { Found, FoundPicture } from './found-picture.js';
import { SPLITS } from './dataset.js';
import { attributesOf } from './picture-list.js';

/** What a manifest may tell of a picture. Only the path and the class must be there. */
export const MANIFEST_FIELDS = ['path', 'class', 'split', 'group', 'source', 'licence'] as const;
export type ManifestField = (typeof MANIFEST_FIELDS)[number];

/** Field -> the column that holds it. */
export type ManifestColumns = ReadonlyMap<ManifestField, string>;

/** The columns taken where none are named; the first that exists. */
const DEFAULT_COLUMNS: Readonly<Record<ManifestField, readonly string[]>> = {
  path: ['path'],
  class: ['class'],
  split: ['split'],
  group: ['group', 'contributor'],
  source: ['source'],
  licence: ['licence', 'license'],
};

/**
 * Paths are relative to the manifest's folder. Without a column for it the source is the manifest's own name.
 * `attributes`: further columns that are kept with each picture, under their own names.
 *
 * @throws FashiondError `not-found` without the file; `usage` for a column that is not there, a line of another
 *   length, or a split of another name.
 */
export async function readManifest(
  path: string,
  columns: ManifestColumns,
  attributes: readonly string[] = [],
): Promise<Found> {
  const [header, ...rows] = parseCsv(await textOf(path));
  if (header === undefined) throw new FashiondError('usage', `${path} is empty`, { hint: EXPECTED });
  const at = positionsOf(header, columns, path);
  const told = attributes.map((name) => ({ name, at: positionOf(name, header, path) }));
  const name = basename(path, extname(path));
  const licences = new Map<string, Set<string>>();
  const pictures = rows.map((row): FoundPicture => {
    if (row.fields.length !== header.fields.length) {
      const lengths = `${row.fields.length} fields, and the header ${header.fields.length}`;
      throw new FashiondError('usage', `${path}:${row.line} has ${lengths}`, { hint: EXPECTED });
    }
    const tell = (field: ManifestField): string => (row.fields[at[field] ?? -1] ?? '').trim();
    const source = tell('source') || name;
    const stated = licences.get(source) ?? new Set();
    licences.set(source, stated);
    if (tell('licence') !== '') stated.add(tell('licence'));
    const group = tell('group');
    return {
      file: resolve(dirname(path), tell('path')),
      path: tell('path').replaceAll('\\', '/'),
      source,
      className: tell('class'),
      split: splitIn(tell('split'), `${path}:${row.line}`),
      // Contributors of two manifests are not the same people for having the same number.
      group: group === '' ? null : `${name}:${group}`,
      dealtBy: group === '' ? tell('path') : group,
      attributes: attributesOf(row.fields, told),
    };
  });
  const sources = [...licences].map(([source, stated]) => ({
    name: source,
    licence: stated.size === 0 ? null : [...stated].join(', '),
  }));
  return { pictures, left: [], sources };
}

const EXPECTED = 'expected a header such as path,class,split,contributor, and as many fields in each line';

function positionsOf(
  header: CsvRow,
  columns: ManifestColumns,
  path: string,
): Readonly<Partial<Record<ManifestField, number>>> {
  const at: Partial<Record<ManifestField, number>> = {};
  for (const field of MANIFEST_FIELDS) {
    const named = columns.get(field);
    const wanted = named === undefined ? DEFAULT_COLUMNS[field] : [named];
    const position = header.fields.findIndex((column) => wanted.includes(column.trim()));
    if (position >= 0) at[field] = position;
    else if (named !== undefined || field === 'path' || field === 'class') {
      throw new FashiondError('usage', `${path} has no column ${named ?? field}`, {
        hint: `its columns are ${header.fields.join(', ')}; choose with --csv-columns ${field}=COLUMN`,
      });
    }
  }
  return at;
}

/** Of a column that is kept as an attribute. */
function positionOf(name: string, header: CsvRow, path: string): number {
  const position = header.fields.findIndex((column) => column.trim() === name);
  if (position >= 0) return position;
  throw new FashiondError('usage', `${path} has no column ${name}`, {
    hint: `its columns are ${header.fields.join(', ')}; choose of them with --attributes`,
  });
}

function splitIn(text: string, place: string): FoundPicture['split'] {
  if (text === '') return null;
  const split = splitNamed(text.toLowerCase());
  if (split !== null) return split;
  throw new FashiondError('usage', `${place}: there is no split ${text}`, {
    hint: `expected ${SPLITS.join(', ')}, or nothing`,
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: EXPECTED,
      cause: error,
    });
  }
}
