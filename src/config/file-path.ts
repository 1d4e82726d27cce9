/** Keys that name a file or a folder, counted from the folder of the file they stand in; the schema says which they are. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { shapeOf, unwrap } from './schema-walk.js';

type Schema = z.core.$ZodType;

const FILE_PATHS = z.registry<{ readonly but: string | null }>();

/** A path; `but` is a word that may stand there and is none. */
export function filePath(but: string | null = null): z.ZodString {
  return z.string().register(FILE_PATHS, { but });
}

/** The value, typed or validated, with every path absolute. */
export function withPathsFrom<T>(schema: Schema, value: T, folder: string): T {
  return absolute(schema, value, folder) as T;
}

function absolute(schema: Schema, value: unknown, folder: string): unknown {
  const { inner } = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((one: unknown) => absolute(inner.def.element, one, folder));
  }
  const shape = shapeOf(inner);
  if (shape !== null && typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]: [string, unknown]) => {
      const known = shape[key];
      return [key, known === undefined ? member : absolute(known, member, folder)] as const;
    });
    return Object.fromEntries(members);
  }
  const path = FILE_PATHS.get(inner);
  return path !== undefined && typeof value === 'string' && value !== path.but
    ? resolve(folder, value)
    : value;
}
