/** JSON Schema draft-07 of the config files, for completion and checks in editors. */
import { z } from 'zod';
import { categoriesSchema, configSchema, shopSchema } from './schema.js';

const SCHEMAS = { config: configSchema, shop: shopSchema, categories: categoriesSchema } as const;

export type ConfigFileKind = keyof typeof SCHEMAS;

export const CONFIG_FILE_KINDS: readonly ConfigFileKind[] = ['config', 'shop', 'categories'];

/** Describes what a person types: durations and sizes are strings, keys with a default may be left out. */
export function jsonSchemaOf(kind: ConfigFileKind): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(SCHEMAS[kind], { target: 'draft-7', io: 'input' });
  return { $schema, title: `fashiond ${kind} file`, ...schema };
}
