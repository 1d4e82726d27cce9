/** An API asked as its OpenAPI document says, each answer held to what the document promises of it. */
import { deepEqual, ok } from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';

type Json = Record<string, unknown>;

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { schema: Json }>> }>
  >;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Json;
}

export class DocumentedApi {
  /** Operations that answered, each with the status. */
  readonly called = new Set<string>();
  readonly document: ApiDocument;
  readonly #url: string;
  readonly #ajv = new Ajv2020({ strict: false, code: { optimize: false } });
  /** By the text of the schema. */
  readonly #validators = new Map<string, ValidateFunction>();

  private constructor(url: string, document: ApiDocument) {
    this.#url = url;
    this.document = document;
    this.#ajv.addSchema({ $id: 'doc', components: document.components });
  }

  /** `url`: of the service, without a final slash. */
  static async of(url: string): Promise<DocumentedApi> {
    return new DocumentedApi(url, (await (await fetch(`${url}/openapi.json`)).json()) as ApiDocument);
  }

  operations() {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    );
  }

  /** Asks as the document says, and holds the answer to it. */
  async call(
    operationId: string,
    asked: {
      readonly path?: Readonly<Record<string, string | number>>;
      readonly query?: Readonly<Record<string, string>>;
      readonly body?: NonNullable<RequestInit['body']>;
      readonly type?: string;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<{ readonly status: number; readonly body: never; readonly headers: Headers }> {
    const operation = this.operations().find((one) => one.operationId === operationId)!;
    const path = Object.entries(asked.path ?? {}).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, String(value)),
      operation.path,
    );
    const query = new URLSearchParams(asked.query ?? {}).toString();
    const response = await fetch(`${this.#url}${path}${query === '' ? '' : `?${query}`}`, {
      method: operation.method.toUpperCase(),
      headers: { ...asked.headers, ...(asked.type === undefined ? {} : { 'content-type': asked.type }) },
      ...(asked.body === undefined ? {} : { body: asked.body }),
    });
    const content = operation.responses[String(response.status)]?.content;
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    const said = `${operationId} ${response.status}`;
    ok(content !== undefined && type in content, `${said}: the document does not promise ${type}`);
    const isJson = /^application\/(problem\+)?json$/.test(type);
    const body: unknown = isJson ? await response.json() : Buffer.from(await response.arrayBuffer());
    const errors = isJson ? this.#problemsWith(content[type]!.schema, body) : [];
    deepEqual(errors, [], said);
    this.called.add(said);
    return { status: response.status, body: body as never, headers: response.headers };
  }

  #problemsWith(schema: Json, value: unknown): string[] {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components');
    const validate = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text) as Json);
    this.#validators.set(text, validate);
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  }
}
