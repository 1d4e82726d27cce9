/** Looking into a zod schema: which keys it has, what they mean, what they default to. */
import { z } from 'zod';

type Schema = z.core.$ZodType;

interface Unwrapped {
  /** The schema without default, nullable and optional around it. */
  readonly inner: Schema;
  /** As a person would type it; undefined where the key is required. */
  readonly defaultInput: unknown;
  readonly nullable: boolean;
}

export function unwrap(schema: Schema): Unwrapped {
  let inner = schema;
  let defaultInput: unknown;
  let nullable = false;
  for (;;) {
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      defaultInput = inner.def.defaultValue;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodNullable) {
      nullable = true;
      inner = inner.def.innerType;
    } else if (inner instanceof z.ZodOptional) {
      inner = inner.def.innerType;
    } else {
      return { inner, defaultInput, nullable };
    }
  }
}

/** The keys of an object schema with their schemas; null for anything else. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> | null {
  const { inner } = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.def.shape : null;
}

/** The schema at a path of a value, or null where the path leaves the schema. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[]): Schema | null {
  let current: Schema | undefined = schema;
  for (const part of path) {
    const { inner } = unwrap(current);
    if (inner instanceof z.ZodArray) current = inner.def.element;
    else current = shapeOf(inner)?.[String(part)];
    if (current === undefined) return null;
  }
  return current;
}

export function descriptionOf(schema: Schema): string | null {
  return z.globalRegistry.get(schema)?.description ?? null;
}
