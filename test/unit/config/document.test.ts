import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { packageRoot } from '../../../src/config/assets.js';
import { renderDefaults } from '../../../src/config/document.js';
import { configSchema, shopSchema } from '../../../src/config/schema.js';
import { jsonSchemaOf } from '../../../src/config/json-schema.js';
import { descriptionOf, shapeOf } from '../../../src/config/schema-walk.js';

const AGAIN = `config/default.yaml is not what the schema says. Write it again with: npm run build && node -e "import('./dist/config/document.js').then((m) => process.stdout.write(m.renderDefaults()))" > config/default.yaml`;

describe('config/default.yaml', () => {
  it('is what the schema says', () => {
    const written = readFileSync(join(packageRoot, 'config', 'default.yaml'), 'utf8');
    expect(written === renderDefaults() ? 'the same' : AGAIN).toBe('the same');
  });

  it('changes nothing: it holds every default', () => {
    expect(configSchema.parse(parse(renderDefaults()))).toEqual(configSchema.parse({}));
  });
});

it('every key of config and shop files is documented', () => {
  const bare: string[] = [];
  const visit = (schema: Parameters<typeof shapeOf>[0], path: string): void => {
    for (const [key, inner] of Object.entries(shapeOf(schema) ?? {})) {
      // A selector is named after the field it finds.
      if (descriptionOf(inner) === null && path !== '.selectors') bare.push(`${path}.${key}`);
      visit(inner, `${path}.${key}`);
    }
  };
  visit(configSchema, '');
  visit(shopSchema, '');
  expect(bare).toEqual([]);
});

describe('the JSON Schema', () => {
  it('describes what a person types, in draft-07, and closes every section', () => {
    const schema = jsonSchemaOf('config');
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      additionalProperties: false,
      properties: {
        fetch: {
          additionalProperties: false,
          properties: { timeout: { type: 'string', default: '30s' }, attempts: { minimum: 1, maximum: 20 } },
        },
        log: { properties: { level: { enum: ['debug', 'info', 'warn', 'error', 'silent'] } } },
      },
    });
    expect(schema).not.toHaveProperty('required');
  });

  it('asks for what a shop must say', () => {
    expect(jsonSchemaOf('shop')).toMatchObject({ required: ['id', 'name'] });
  });
});
