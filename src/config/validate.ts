/** A parsed YAML value against a schema: the typed value, or every problem at its place. */
import type { z } from 'zod';
import { didYouMean } from '../platform/did-you-mean.js';
import { isSecretPath } from './hidden-text.js';
import type { ConfigProblem } from './problems.js';
import { schemaAt, shapeOf } from './schema-walk.js';
import type { YamlSource } from './yaml-source.js';

type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly problems: readonly ConfigProblem[];
      /** The value with everything wrong left out, where that is valid: further rules can look at the rest. */
      readonly remainder: T | null;
    };

/** `stand` holds values for required keys, so that a remainder exists even where such a key is wrong. */
export function validate<T>(
  source: YamlSource,
  schema: z.ZodType<T>,
  stand: Readonly<Record<string, unknown>> = {},
): Validated<T> {
  if (source.value === undefined && source.problems.length > 0) {
    return { ok: false, problems: [], remainder: null };
  }
  const result = schema.safeParse(source.value, { error: (issue) => explain(issue) });
  if (result.success) return { ok: true, value: result.data };
  const { issues } = result.error;
  const cut = issues.reduce((value, issue) => without(value, issue), source.value);
  const rest = schema.safeParse(isRecord(cut) ? { ...stand, ...cut } : cut);
  return {
    ok: false,
    problems: issues.flatMap((issue) => problemsOf(issue, source, schema)),
    remainder: rest.success ? rest.data : null,
  };
}

function problemsOf(issue: z.core.$ZodIssue, source: YamlSource, schema: z.core.$ZodType): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    const typed = issue.path.reduce(memberOf, source.value);
    const hint = issue.code === 'invalid_value' ? didYouMean(typed, issue.values.map(String)) : undefined;
    return [source.problem(issue.path, issue.message, { hint: hint ?? null })];
  }
  const shape = schemaAt(schema, issue.path);
  const known = Object.keys((shape === null ? null : shapeOf(shape)) ?? {});
  return issue.keys.map((key) =>
    source.problem([...issue.path, key], 'unknown key', { hint: nearest(key, known), at: 'key' }),
  );
}

/** A copy of the value without the key an issue is about; a list with a wrong member goes as a whole. */
function without(value: unknown, issue: z.core.$ZodIssue): unknown {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const index = issue.path.findIndex((part) => typeof part === 'number');
  const path = index < 0 ? issue.path : issue.path.slice(0, index);
  if (keys.length === 0 || index >= 0) return removeAt(value, path);
  return keys.reduce<unknown>((rest, key) => removeAt(rest, [...path, key]), value);
}

function removeAt(value: unknown, path: readonly PropertyKey[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || !isRecord(value)) return value;
  const { [String(first)]: inner, ...others } = value;
  return rest.length === 0 || inner === undefined
    ? others
    : { ...others, [String(first)]: removeAt(inner, rest) };
}

function memberOf(value: unknown, part: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[part]
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Words for issues whose schema brings none of its own. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  const got = isSecretPath(issue.path ?? []) ? 'something else' : describe(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'this key is required';
      if (issue.expected === 'object') return `expected a section of keys, got ${got}`;
      return `expected ${article(TYPE_NAMES[issue.expected] ?? issue.expected)}, got ${got}`;
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String))}, got ${got}`;
    case 'too_small':
      if (issue.origin === 'string') return 'expected some text, got none';
      return `expected at least ${issue.minimum}, got ${got}`;
    case 'too_big':
      return `expected at most ${issue.maximum}, got ${got}`;
    case 'invalid_format':
      if (issue.format === 'url') return `expected a URL, got ${got}`;
      return `expected text of the form ${String(issue['pattern'])}, got ${got}`;
    default:
      return undefined;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'whole number',
  boolean: 'true or false',
  array: 'list',
};

function article(name: string): string {
  return name === 'text' || name.startsWith('true') ? name : `a ${name}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

/** A value as the reader typed it, cut where it is long. */
function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  const text = typeof value === 'string' ? JSON.stringify(value) : `${value as number | boolean}`;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function nearest(key: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  return didYouMean(key, known) ?? `the keys here are ${known.join(', ')}`;
}
