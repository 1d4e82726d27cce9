/**
 * The HTTP server: API, web page, metrics and probes on one port.
 *
 * Every request passes the same gates in this order: is the Host ours, does it come from our own page, who asks, has
 * that caller asked too often. Only then is a route looked at. Closing lets requests in hand end.
 */
import multipart from '@fastify/multipart';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FashiondError, messageOf } from '../domain/errors.js';
import { Access, requireScope } from './access.js';
import type { Caller } from './access.js';
import { checked, fromStrings } from './endpoint.js';
import type { Endpoint, Upload } from './endpoint.js';
import { ENDPOINTS } from './endpoints/all.js';
import { Exports } from './exports.js';
import type { ExportAnswer } from './exports.js';
import { keptFacets } from './facets.js';
import { Metrics } from './metrics.js';
import type { MetricSources } from './metrics.js';
import { openApiDocument } from './openapi.js';
import { knownHosts, requireOwnOrigin } from './origin-guard.js';
import type { ConfigReload } from '../domain/serving.js';
import { shared } from '../platform/shared-work.js';
import type { ApiParts, ApiSettings } from './parts.js';
import { addRetryAfter, HttpProblem, logFault, PROBLEM_TYPE, problemOf } from './problem.js';
import { RateLimit } from './rate-limit.js';
import { Uploads } from './upload.js';
import { registerPages } from './web/register.js';
import type { ProblemSender } from './web/register.js';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
}

/** Probes are asked by address, from anywhere, and often; they tell nothing but yes or no. */
const PROBES = new Set(['/-/healthy', '/-/ready']);
const MOST_JSON_BYTES = 64 * 1024;
const CLOSE_GRACE_MS = 2000;

export interface ApiServer {
  /** Where it listens, such as `http://127.0.0.1:8420`. */
  readonly url: string;
  /** Takes effect with the next request. */
  replaceTokens(tokens: ApiSettings['tokens']): void;
  close(): Promise<void>;
}

/** Throws FashiondError `busy` where the port is taken, `refused` where the address cannot be had. */
export async function startApi(
  given: ApiParts,
  settings: ApiSettings,
  stages: MetricSources['stages'],
): Promise<ApiServer> {
  const { limits, address, version } = settings;
  const reads = {
    ...given.reads,
    facets: keptFacets(
      () => given.reads.facets(),
      () => performance.now(),
    ),
    shops: shared(() => given.reads.shops()),
    stats: shared(() => given.reads.stats()),
    waitingForReview: shared(() => given.reads.waitingForReview()),
  };
  const parts = { ...given, reads };
  const server = fastify({
    logger: false,
    bodyLimit: MOST_JSON_BYTES,
    requestTimeout: limits.request_timeout,
    trustProxy: limits.trust_proxy.length > 0 && [...limits.trust_proxy],
    // Otherwise a request that never ends is looked for every half minute only.
    http: { connectionsCheckingInterval: Math.max(250, Math.min(5000, limits.request_timeout / 4)) },
    keepAliveTimeout: 10_000,
    routerOptions: { maxParamLength: 300 },
    return503OnClosing: true,
  });
  const access = new Access(settings.tokens, Date.now);
  const { models, reload, hasRoom, lastBackup } = parts;
  const metrics = new Metrics(version, {
    stats: () => reads.stats(),
    shops: () => reads.shops(),
    stages,
    waitingForReview: () => reads.waitingForReview(),
    isConfigInForce: () => reload === null || reload.state.problem === null,
    hasRoom,
    lastBackup,
    renewal: () => models.renewal(),
  });
  addGates(server, access, settings);
  addAnswers(server, parts, metrics);
  await server.register(multipart);
  server.addContentTypeParser(/^(image\/|application\/octet-stream)/, (_request, payload, done) => {
    done(null, payload);
  });
  const uploads = new Uploads({ maxBytes: limits.max_picture, atOnce: limits.uploads_at_once });
  const exports = new Exports({ atOnce: limits.exports_at_once, stallMs: limits.request_timeout });
  for (const endpoint of ENDPOINTS) addEndpoint(server, endpoint, parts, { uploads, exports });
  addMachinery(server, parts, metrics, openApiDocument(ENDPOINTS, version));
  addNotFound(server, await registerPages(server, parts, { access, uploads }));
  // Node takes the shorter of the two for the headers alone; a body that trickles in would get the longer one.
  server.server.headersTimeout = limits.request_timeout;
  const url = await listen(server, address);
  return {
    url,
    replaceTokens: (tokens) => access.replaceTokens(tokens),
    close: () => closeGently(server),
  };
}

/** Requests in hand end; what then still holds a connection, such as an upload that trickles in, is cut off. */
async function closeGently(server: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_GRACE_MS);
  try {
    await server.close();
  } finally {
    clearTimeout(timer);
  }
}

function addGates(server: FastifyInstance, access: Access, { address, limits }: ApiSettings): void {
  const hosts = knownHosts(address, limits.hosts);
  const rates = new RateLimit({ rate: limits.rate, burst: limits.burst, monotonic: () => performance.now() });
  const pass = (key: string): void => {
    const wait = rates.take(key);
    if (wait === 0) return;
    throw new HttpProblem(429, 'too-many-requests', `more than ${limits.rate} requests a second`, {
      retryAfter: Math.max(1, Math.ceil(wait)),
    });
  };
  server.decorateRequest('caller', null);
  server.addHook('onRequest', async (request) => {
    if (PROBES.has(request.url)) return;
    requireOwnOrigin(request.method, request.headers, hosts);
    try {
      const { authorization, cookie } = request.headers;
      request.caller = access.callerOf({
        ...(authorization === undefined ? {} : { authorization }),
        ...(cookie === undefined ? {} : { cookie }),
      });
    } catch (error) {
      // Whoever guesses at tokens is slowed down by the address.
      pass(`address ${request.ip}`);
      throw error;
    }
    const { caller } = request;
    pass(caller === null || access.isOpen ? `address ${request.ip}` : `token ${caller.name}`);
  });
}

function addAnswers(server: FastifyInstance, { log }: ApiParts, metrics: Metrics): void {
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    // Not no-referrer: browsers would name no origin with the page's own forms, which are then another site's.
    reply.header('referrer-policy', 'same-origin');
    reply.header('cross-origin-resource-policy', 'same-origin');
    reply.header('x-frame-options', 'DENY');
    if (!reply.hasHeader('content-security-policy')) {
      reply.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.observe(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
  server.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    logFault(log, request, error, problem);
    return sendProblem(reply, error, problem);
  });
}

/** People get a page, programs the problem alone. */
function addNotFound(server: FastifyInstance, page: ProblemSender): void {
  server.setNotFoundHandler((request, reply) => {
    const detail = `there is nothing at ${request.method} ${request.url.slice(0, 200)}`;
    const error = new HttpProblem(404, 'not-found', detail, { hint: '/openapi.json lists what there is.' });
    const isPerson = request.headers.accept?.includes('text/html') ?? false;
    return isPerson ? page(request, reply, error) : sendProblem(reply, error, problemOf(error));
  });
}

function sendProblem(
  reply: FastifyReply,
  error: unknown,
  problem: ReturnType<typeof problemOf>,
): FastifyReply {
  addRetryAfter(reply, error, problem);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  // The rest of an upload that is refused is not waited for.
  if (problem.status === 413) reply.header('connection', 'close');
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

function addEndpoint(
  server: FastifyInstance,
  endpoint: Endpoint,
  parts: ApiParts,
  { uploads, exports }: { readonly uploads: Uploads; readonly exports: Exports },
): void {
  const { method, path, scope, params, query, body, status = 200, answer, handle } = endpoint;
  server.route({
    method: method.toUpperCase(),
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    preParsing: async (request) => {
      requireScope(request.caller, scope);
    },
    handler: async (request, reply) => {
      const caller = requireScope(request.caller, scope);
      const input = {
        caller,
        params: checked(params, fromStrings(params, request.params as Record<string, unknown>), 'path'),
        query: checked(query, fromStrings(query, request.query as Record<string, unknown>), 'query'),
      };
      const call = (of: unknown): unknown => handle(parts, { ...input, body: of } as never);
      const result = await (body.kind === 'picture'
        ? uploads.receive(request, ({ picture, fields }: Upload) =>
            call({ picture, fields: checked(body.fields, fields, 'field') }),
          )
        : call(body.kind === 'json' ? checked(body.schema, request.body, 'body') : null));
      if (answer === 'Picture') return sendPicture(reply, result as Uint8Array);
      if (answer === 'Export') return exports.send(reply, caller.name, result as ExportAnswer);
      return reply.code(status).send(result);
    },
  });
}

/** Named by their content, pictures never change. */
function sendPicture(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  reply.header('cache-control', 'private, max-age=31536000, immutable');
  return reply.type('image/webp').send(Buffer.from(bytes));
}

function addMachinery(
  server: FastifyInstance,
  { browse, reload }: ApiParts,
  metrics: Metrics,
  document: unknown,
): void {
  const reader = async (request: FastifyRequest): Promise<void> => {
    requireScope(request.caller, 'read');
  };
  const text = JSON.stringify(document);
  server.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(text));
  server.get('/metrics', { preHandler: reader }, async (_request, reply) => {
    const body = await metrics.text();
    return reply.type(metrics.contentType).send(body);
  });
  if (reload !== null) addReload(server, reload);
  server.get('/-/healthy', (_request, reply) => reply.type('text/plain').send('healthy\n'));
  server.get('/-/ready', (_request, reply) => {
    // A read of the database, or the error that it answers with.
    browse.probe();
    return reply.type('text/plain').send('ready\n');
  });
}

async function listen(server: FastifyInstance, { host, port }: ApiSettings['address']): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    await server.close();
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') {
      throw new FashiondError('busy', `the port ${port} of ${host} is taken`, {
        hint: 'Stop the program that has it, or choose another in api.listen.',
        cause: error,
      });
    }
    // Not `config`: an address that the machine has a moment later mends it. See config/fashiond.service for how often.
    throw new FashiondError('refused', `cannot listen on ${host}:${port}: ${messageOf(error)}`, {
      hint: 'Check api.listen.',
      cause: error,
    });
  }
}

function addReload(server: FastifyInstance, reload: ConfigReload): void {
  const admin = async (request: FastifyRequest): Promise<void> => {
    requireScope(request.caller, 'admin');
  };
  server.post('/-/reload', { preHandler: admin }, async () => {
    const { problem, waiting } = await reload.now();
    if (problem === null) return { waitingForRestart: waiting };
    throw new HttpProblem(422, 'bad-config', problem, { hint: 'The config that was in force still is.' });
  });
}
