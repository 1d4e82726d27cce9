/** JSON Schema draft-07 of the config files, for completion and checks in editors. */
import { z } from 'zod';
import type { ConfigFileKind } from './file-kinds.js';
import { categoriesSchema, configSchema, shopSchema } from './schema.js';

const SCHEMAS: Readonly<Record<ConfigFileKind, z.ZodType>> = {
  config: configSchema,
  shop: shopSchema,
  categories: categoriesSchema,
};

/** Describes what a person types: durations and sizes are strings, keys with a default may be left out. */
export function jsonSchemaOf(kind: ConfigFileKind): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(SCHEMAS[kind], { target: 'draft-7', io: 'input' });
  return { $schema, title: `fashiond ${kind} file`, ...schema };
}
