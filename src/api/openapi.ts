/** The OpenAPI 3.1 document, made from the endpoints' declarations. */
import { z } from 'zod';
import type { BodyKind, Endpoint } from './endpoint.js';
import { EXPORT_TYPES } from './exports.js';
import { ANSWERS, PARTS } from './schemas.js';
import type { AnswerName } from './schemas.js';

type Json = Record<string, unknown>;

const DESCRIPTION = `The catalogue of a fashiond daemon: items with prices and stock, their categories, lookalikes, shops and their
health, and the review. Lists are paged by cursors: pass \`next\` of a page as \`after\`. Errors are problem details
(RFC 9457) with a stable \`code\`. Where tokens are set up, send one as a bearer token; each endpoint names the scope it
needs (read, review, admin: each may do what those before it may).`;

/** Refusals that any endpoint may answer with. */
const EVERYWHERE = [400, 401, 403, 421, 429, 500, 503] as const;
const MEANING: Readonly<Record<number, string>> = {
  400: 'something asked for is wrong; the detail names it',
  401: 'a token is needed, or this one is not known',
  403: 'the token does not reach so far, or the request comes from another web site',
  404: 'there is no such thing',
  409: 'not in this state',
  413: 'larger than is taken',
  415: 'a content type that is not taken',
  421: 'the server is not known by this Host',
  422: 'what was sent cannot be used; the detail says why',
  429: 'too many requests; Retry-After says when to come again',
  500: 'a fault of the service; its log names it',
  503: 'busy, ending, or without room on the disk; Retry-After says when to come again',
};

export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'fashiond',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, {}],
    tags: [...new Set(endpoints.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: answerSchemas(),
    },
  };
}

/** Each once: where one is part of another, that refers to it, so that generated clients have one type of it. */
function answerSchemas(): Json {
  const named = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...ANSWERS, ...PARTS })) named.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(named, { target: 'draft-2020-12', io: 'output', uri });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, inDocument(schema)]));
}

/** Without what a schema that stands alone says of itself. */
function inDocument(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}

function operationOf(endpoint: Endpoint): Json {
  const { name, summary, tag, scope, params, query, body } = endpoint;
  return {
    operationId: name,
    summary,
    description: `Scope: ${scope}.`,
    tags: [tag],
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body.kind === 'none' ? {} : { requestBody: bodyOf(body) }),
    responses: responsesOf(endpoint),
  };
}

function parametersOf(schema: z.ZodObject, place: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

function bodyOf(body: Exclude<BodyKind, { kind: 'none' }>): Json {
  if (body.kind === 'json') {
    return { required: true, content: { 'application/json': { schema: jsonSchema(body.schema, 'input') } } };
  }
  const { properties = {}, required = [] } = jsonSchema(body.fields, 'input') as {
    properties?: Json;
    required?: string[];
  };
  const bytes = { schema: {} };
  return {
    required: true,
    content: {
      'image/jpeg': bytes,
      'image/png': bytes,
      'image/webp': bytes,
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: { ...properties, picture: { description: 'a JPEG, PNG or WebP file' } },
          required: body.required ? [...required, 'picture'] : required,
        },
      },
    },
  };
}

function responsesOf({ answer, status, refusals }: Endpoint): Json {
  const good = status ?? 200;
  const content = contentOf(answer);
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const statuses = [...new Set([...EVERYWHERE, ...refusals])].toSorted((a, b) => a - b);
  return {
    [good]: { description: good === 202 ? 'begun; ask on for its end' : 'the answer', content },
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        {
          description: MEANING[status] ?? 'refused',
          ...(status === 429 || status === 503
            ? { headers: { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } } }
            : {}),
          content: problem,
        },
      ]),
    ),
  };
}

function contentOf(answer: AnswerName): Json {
  if (answer === 'Picture') return { 'image/webp': { schema: {} } };
  if (answer === 'Export') {
    const text = { schema: { type: 'string' } };
    return {
      [EXPORT_TYPES.csv]: text,
      [EXPORT_TYPES.jsonl]: text,
      [EXPORT_TYPES.parquet]: { schema: {} },
    };
  }
  return { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  return inDocument(z.toJSONSchema(schema, { target: 'draft-2020-12', io }));
}
