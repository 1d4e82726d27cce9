/** config/default.yaml, written from the schema: every key with its meaning, its kind and its default. */
import { stringify } from 'yaml';
import { z } from 'zod';
import { configSchema } from './schema.js';
import { descriptionOf, shapeOf, unwrap } from './schema-walk.js';

type Schema = z.core.$ZodType;

const HEADER = `# Every setting of fashiond with its default. Copy what you want to change into a file of your own;
# what you leave out keeps its default, and a key that is not listed here is an error.
#
# Durations are a number and one of ms, s, m, h, d (30s); sizes a number and one of B, KiB, MiB, GiB (10MiB).
# Relative paths count from the folder of the file they stand in. A value may name an environment variable:
# \${FASHIOND_NAME} or \${FASHIOND_NAME:-default}.
#
# fashiond check-config --config FILE    checks a file and the files it names
# fashiond config schema                 prints a JSON Schema, for completion in editors
`;

/** The whole text of config/default.yaml. */
export function renderDefaults(): string {
  const sections = Object.entries(shapeOf(configSchema) ?? {}).map(([key, schema]) =>
    renderKey(key, schema, undefined, '').join('\n'),
  );
  return `${HEADER}\n${sections.join('\n\n')}\n`;
}

/** `given` is the default the section above gives this key, where it gives one. */
function renderKey(key: string, schema: Schema, given: unknown, indent: string): string[] {
  const { defaultInput } = unwrap(schema);
  const value = given ?? defaultInput;
  const shape = shapeOf(schema);
  if (shape === null) {
    const text = stringify(value, { singleQuote: true }).trimEnd();
    return [comment(schema, indent), `${indent}${key}: ${text}`];
  }
  const below = Object.entries(shape).flatMap(([name, inner]) =>
    renderKey(name, inner, memberOf(value, name), `${indent}  `),
  );
  return [comment(schema, indent), `${indent}${key}:`, ...below];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function comment(schema: Schema, indent: string): string {
  const words = [descriptionOf(schema) ?? '', kindOf(schema)].filter((part) => part !== '');
  return wrap(words.join('; '), `${indent}# `);
}

/** What may stand there, where the default alone does not tell. */
function kindOf(schema: Schema): string {
  const { inner } = unwrap(schema);
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(', ')}`;
  if (inner instanceof z.ZodNumber) {
    const { minimum, maximum } = z.toJSONSchema(inner);
    if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) return `${minimum ?? 0} to ${maximum}`;
    return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? '' : `${minimum} or more`;
  }
  return '';
}

function wrap(text: string, prefix: string): string {
  const lines: string[] = [];
  let line = prefix;
  for (const word of text.split(' ')) {
    if (line.length + word.length > 106 && line !== prefix) {
      lines.push(line.trimEnd());
      line = prefix;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join('\n');
}
