/** The config and the shop files in force, every default included, as files that say the same; secrets are stars. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { isSecretKey } from './hidden-text.js';
import { isUnavailable } from './missing-secrets.js';
import type { LoadedConfig } from './load.js';
import { configSchema, shopSchema } from './schema.js';
import { shapeOf, unwrap } from './schema-walk.js';
import { durationText, sizeText } from './units.js';

type Schema = z.core.$ZodType;

type Loaded = Pick<LoadedConfig, 'path' | 'config' | 'shopFiles'>;

/** YAML documents: the config, then each shop file under its path. */
export function renderEffective(loaded: Loaded): string {
  const { config, shops } = effectiveValues(loaded);
  const yaml = (value: unknown): string => stringify(value, { singleQuote: true, lineWidth: 0 });
  return [yaml(config), ...shops.map(({ path, settings }) => `# ${path}\n${yaml(settings)}`)].join('---\n');
}

export function effectiveValues({ path, config, shopFiles }: Loaded): {
  readonly path: string;
  readonly config: unknown;
  readonly shops: readonly { readonly path: string; readonly settings: unknown }[];
} {
  return {
    path,
    config: typedValue(configSchema, config, ''),
    shops: shopFiles.map((shop) => ({ ...shop, settings: typedValue(shopSchema, shop.settings, '') })),
  };
}

/** As a person would type it. */
function typedValue(schema: Schema, value: unknown, key: string): unknown {
  const shape = shapeOf(schema);
  if (shape !== null && typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      Object.entries(shape).map(([name, inner]) => [name, typedValue(inner, members[name], name)]),
    );
  }
  const { inner } = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((one: unknown) => typedValue(inner.def.element, one, key));
  }
  if (value === null || value === undefined) return null;
  if (isSecretKey(key) || (typeof value === 'string' && isUnavailable(value))) return '***';
  if (typeof value === 'string') return value.replace(/(?<=:\/\/)[^/\s@]+(?=@)/, '***');
  if (typeof value === 'number') return quantityText(schema, value);
  return value;
}

function quantityText(schema: Schema, value: number): number | string {
  const { inner } = unwrap(schema);
  const { pattern } = z.toJSONSchema(inner, { io: 'input' });
  if (pattern === undefined) return value;
  return pattern.includes('KiB') ? sizeText(value) : durationText(value);
}
