/**
 * An endpoint declared once: the route, what it takes, what it answers and who may call it. The server and the OpenAPI
 * document are both made from these declarations.
 */
import { z } from 'zod';
import type { Scope } from '../config/api-access.js';
import type { Caller } from './access.js';
import type { ApiParts } from './parts.js';
import { HttpProblem } from './problem.js';
import type { AnswerName } from './schemas.js';

type Shape = z.ZodObject;

/** A picture that was uploaded; what it is, its first bytes show. */
export interface UploadedPicture {
  readonly bytes: Uint8Array;
}

export interface Upload {
  /** Null where none was sent. */
  readonly picture: UploadedPicture | null;
  /** Text fields of a form. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Input<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
}

interface Common<Params extends Shape, Query extends Shape> {
  /** Placeholders in braces, as in OpenAPI. */
  readonly path: string;
  readonly method: 'get' | 'post' | 'delete';
  /** Unique; names the operation in generated clients. */
  readonly name: string;
  readonly summary: string;
  readonly tag: string;
  readonly scope: Scope;
  readonly params: Params;
  readonly query: Query;
  /** Of the answer when all is well; 202 where the work goes on after it, else 200. */
  readonly status?: 202;
  readonly answer: AnswerName;
  /** Statuses besides those that every endpoint may answer. */
  readonly refusals: readonly number[];
}

export type BodyKind =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly schema: Shape }
  /** A picture as the body itself, or a form with a file and these text fields. */
  | { readonly kind: 'picture'; readonly fields: Shape; readonly required: boolean };

/** As the server and the document see it. */
export interface Endpoint extends Common<Shape, Shape> {
  readonly body: BodyKind;
  readonly handle: (parts: ApiParts, input: Input<never, never, never>) => unknown;
}

type BodyOf<Body extends BodyKind> = Body extends { kind: 'json'; schema: infer S extends Shape }
  ? z.output<S>
  : Body extends { kind: 'picture'; fields: infer F extends Shape }
    ? { readonly picture: UploadedPicture | null; readonly fields: z.output<F> }
    : null;

export function endpoint<Params extends Shape, Query extends Shape, Body extends BodyKind>(
  declared: Common<Params, Query> & {
    readonly body: Body;
    readonly handle: (
      parts: ApiParts,
      input: Input<z.output<Params>, z.output<Query>, BodyOf<Body>>,
    ) => unknown;
  },
): Endpoint {
  return declared;
}

export const NOTHING = z.strictObject({});
export const NO_BODY = { kind: 'none' } as const;

/** Strings of a URL as the schema's types; what cannot be converted is left for the schema to refuse. */
export function fromStrings(schema: Shape, raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => {
      const field = schema.shape[key];
      return [
        key,
        typeof value === 'string' && field !== undefined ? converted(field as z.ZodType, value) : value,
      ];
    }),
  );
}

function converted(field: z.ZodType, text: string): unknown {
  const { type } = z.toJSONSchema(field, { io: 'input' });
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && Number.isFinite(Number(text))) {
    return Number(text);
  }
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** The checked value; throws 400 that names every field that is wrong. */
export function checked<S extends Shape>(schema: S, value: unknown, where: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => {
    const name = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue.path.join('.');
    return `${name === '' ? where : `${where} ${name}`}: ${issue.message}`;
  });
  throw new HttpProblem(400, 'usage', wrong.join('; '), {
    hint: 'The document /openapi.json says what is taken.',
  });
}
