/**
 * The web page's routes. Pages are made on the server and work without script; what they change goes through the same
 * functions as the API's endpoints.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ProductId } from '../../domain/ids.js';
import { cookie, requireScope, sessionCookie } from '../access.js';
import type { Access } from '../access.js';
import { checked, fromStrings } from '../endpoint.js';
import type { UploadedPicture } from '../endpoint.js';
import { noItem } from '../endpoints/items.js';
import { lookalikesOfPicture } from '../endpoints/similar.js';
import { itemQuery, similarQuery } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { addRetryAfter, HttpProblem, logFault, problemOf } from '../problem.js';
import type { Uploads } from '../upload.js';
import { filled, inside, itemOf } from './asked.js';
import { loadAssets } from './assets.js';
import { cataloguePage } from './catalogue-page.js';
import { crawlPage } from './crawl-page.js';
import { itemPage } from './item-page.js';
import { addModels } from './model-routes.js';
import { loginPage, problemPage } from './plain-pages.js';
import { addReviewing } from './review-routes.js';
import { searchPage } from './search-page.js';
import type { SearchAnswer, SearchForm } from './search-page.js';
import { shopsPage } from './shops-page.js';
import { LANGUAGE_COOKIE, viewOf } from './view.js';
import type { View } from './view.js';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');
const FOUND = 24;
const YEAR_SECONDS = 31_536_000;
interface Web {
  readonly access: Access;
  readonly uploads: Uploads;
}

/** Answers with a page that says what went wrong. */
export type ProblemSender = (request: FastifyRequest, reply: FastifyReply, error: unknown) => FastifyReply;

export async function registerPages(
  server: FastifyInstance,
  parts: ApiParts,
  web: Web,
): Promise<ProblemSender> {
  const assets = await loadAssets();
  const view = (request: FastifyRequest): View =>
    viewOf(request, {
      categories: parts.categories,
      hasTokens: !web.access.isOpen,
      assets,
      shopName: (shop) => parts.browse.shopName(shop),
    });
  const problem = problemSender(parts, view);
  await server.register(async (pages) => {
    addForms(pages);
    pages.setErrorHandler((error, request, reply) => problem(request, reply, error));
    addSigningIn(pages, web.access, view);
    for (const { path, type, bytes } of assets.all) {
      pages.get(path, (_request, reply) =>
        reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(type).send(bytes),
      );
    }
    addReading(pages, parts, view);
    addSearch(pages, parts, web.uploads, view);
    addReviewing(pages, parts, view, send);
    addModels(pages, parts, view, send);
  });
  return problem;
}

/** Forms of pages are small: fields of text. */
function addForms(pages: FastifyInstance): void {
  const options = { parseAs: 'string', bodyLimit: 16 * 1024 } as const;
  pages.addContentTypeParser<string>('application/x-www-form-urlencoded', options, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body)));
  });
}

function problemSender({ log }: ApiParts, view: (request: FastifyRequest) => View): ProblemSender {
  return (request, reply, error) => {
    const problem = problemOf(error);
    if (problem.status === 401) return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 303);
    logFault(log, request, error, problem);
    addRetryAfter(reply, error, problem);
    return send(reply.code(problem.status), problemPage(view(request), problem));
  };
}

function send(reply: FastifyReply, page: string): FastifyReply {
  return reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(page);
}

const signIn = z.object({ token: z.string().max(1000), to: z.string().max(2000).default('/') });

function addSigningIn(pages: FastifyInstance, access: Access, view: (request: FastifyRequest) => View): void {
  pages.get('/login', (request, reply) => {
    const { to } = request.query as { to?: unknown };
    return send(reply, loginPage(view(request), typeof to === 'string' ? to : '/', false));
  });
  pages.post('/login', (request, reply) => {
    const { token, to } = checked(signIn, request.body, 'field');
    const value = access.logIn(token);
    if (value === null) return send(reply.code(401), loginPage(view(request), to, true));
    reply.header('set-cookie', sessionCookie(request.headers, value));
    return reply.redirect(inside(to), 303);
  });
  pages.post('/logout', (request, reply) => {
    access.logOut(request.headers.cookie ?? '');
    reply.header('set-cookie', sessionCookie(request.headers, null));
    return reply.redirect('/login', 303);
  });
  pages.get('/language/:language', (request, reply) => {
    const { language } = request.params as { language: string };
    const { to } = request.query as { to?: unknown };
    reply.header('set-cookie', cookie(LANGUAGE_COOKIE, language === 'ja' ? 'ja' : 'en', YEAR_SECONDS));
    return reply.redirect(inside(typeof to === 'string' ? to : '/'), 303);
  });
}

const pageQuery = itemQuery.extend({ after: z.string().max(200).optional() });

function addReading(pages: FastifyInstance, parts: ApiParts, view: (request: FastifyRequest) => View): void {
  const reading = {
    preHandler: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/', reading, async (request, reply) => {
    const query = checked(pageQuery, fromStrings(pageQuery, filled(request.query)), 'query');
    return send(reply, await cataloguePage(parts, await parts.reads.facets(), view(request), query));
  });
  pages.get('/items/:id', reading, async (request, reply) => {
    const id = itemOf(request);
    const cheaper = (request.query as { cheaper?: unknown }).cheaper === 'true';
    const page = await itemPage(parts, view(request), id as ProductId, cheaper);
    if (page === null) throw noItem(id);
    return send(reply, page);
  });
  pages.get('/shops', reading, async (request, reply) =>
    send(reply, shopsPage(await parts.reads.shops(), view(request))),
  );
  pages.get('/crawl', reading, async (request, reply) => {
    const [shops, stats] = await Promise.all([parts.reads.shops(), parts.reads.stats()]);
    return send(reply, crawlPage(parts, { shops, stats }, view(request)));
  });
}

const searchFields = similarQuery
  .pick({ category: true, inStock: true, shop: true, minPrice: true, maxPrice: true, currency: true })
  .strip();

function addSearch(
  pages: FastifyInstance,
  parts: ApiParts,
  uploads: Uploads,
  view: (request: FastifyRequest) => View,
): void {
  const reading = {
    preParsing: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/search', reading, async (request, reply) =>
    send(reply, searchPage(parts, await parts.reads.facets(), view(request), {}, null)),
  );
  pages.post('/search', reading, async (request, reply) => {
    const { form, answer } = await uploads.receive(request, async ({ picture, fields }) => {
      const form = checked(searchFields, fromStrings(searchFields, fields), 'field');
      return { form, answer: await search(parts, form, picture) };
    });
    return send(reply, searchPage(parts, await parts.reads.facets(), view(request), form, answer));
  });
}

async function search(
  parts: ApiParts,
  form: SearchForm,
  picture: UploadedPicture | null,
): Promise<SearchAnswer> {
  try {
    // The form always has a currency: it is that of the prices, and without one it says nothing.
    const hasPrice = form.minPrice !== undefined || form.maxPrice !== undefined;
    const query = { ...form, limit: FOUND, currency: hasPrice ? form.currency : undefined };
    const { prediction, found } = await lookalikesOfPicture(parts, picture, query);
    return { kind: 'found', prediction, found };
  } catch (error) {
    if (error instanceof HttpProblem && error.picture !== null)
      return { kind: 'refused', why: error.picture };
    throw error;
  }
}
