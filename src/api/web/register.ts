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
import { addAnswers, exceptItems } from '../endpoints/review.js';
import { noItem } from '../endpoints/items.js';
import { lookalikesOfPicture } from '../endpoints/similar.js';
import { itemQuery } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem, problemOf } from '../problem.js';
import { verdict as verdictSchema } from '../schemas.js';
import type { Uploads } from '../upload.js';
import { loadAssets } from './assets.js';
import { cataloguePage } from './catalogue-page.js';
import { crawlPage } from './crawl-page.js';
import { itemPage } from './item-page.js';
import { addModels } from './model-routes.js';
import { loginPage, problemPage } from './plain-pages.js';
import { reviewPage } from './review-page.js';
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

export async function registerPages(server: FastifyInstance, parts: ApiParts, web: Web): Promise<void> {
  const assets = await loadAssets();
  const view = (request: FastifyRequest): View =>
    viewOf(request, {
      categories: parts.categories,
      hasTokens: !web.access.isOpen,
      assets,
      shopName: (shop) => parts.browse.shopName(shop),
    });
  await server.register(async (pages) => {
    addForms(pages);
    addPageAnswers(pages, view);
    addSigningIn(pages, web.access, view);
    for (const { path, type, bytes } of assets.all) {
      pages.get(path, (_request, reply) =>
        reply.header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`).type(type).send(bytes),
      );
    }
    addReading(pages, parts, view);
    addSearch(pages, parts, web.uploads, view);
    addReviewing(pages, parts, view);
    addModels(pages, parts, view, send);
  });
}

/** Forms of pages are small: fields of text. */
function addForms(pages: FastifyInstance): void {
  const options = { parseAs: 'string', bodyLimit: 16 * 1024 } as const;
  pages.addContentTypeParser<string>('application/x-www-form-urlencoded', options, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body)));
  });
}

function addPageAnswers(pages: FastifyInstance, view: (request: FastifyRequest) => View): void {
  pages.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status === 401) return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 303);
    if (problem.status >= 500) throw error;
    if (error instanceof HttpProblem && error.retryAfter !== null)
      reply.header('retry-after', error.retryAfter);
    return send(reply.code(problem.status), problemPage(view(request), problem));
  });
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

/** A path of this server, whatever a link says: `//evil.example` and `/\evil.example` are other hosts to a browser. */
function inside(to: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/';
}

const itemParams = z.object({ id: z.int().min(1) });
const pageQuery = itemQuery.extend({ after: z.string().max(200).optional() });

function addReading(pages: FastifyInstance, parts: ApiParts, view: (request: FastifyRequest) => View): void {
  const reading = {
    preHandler: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/', reading, async (request, reply) => {
    const query = checked(pageQuery, fromStrings(pageQuery, filled(request.query)), 'query');
    return send(reply, cataloguePage(parts, await parts.counts.facets(), view(request), query));
  });
  pages.get('/items/:id', reading, async (request, reply) => {
    const { id } = checked(
      itemParams,
      fromStrings(itemParams, request.params as Record<string, unknown>),
      'path',
    );
    const cheaper = (request.query as { cheaper?: unknown }).cheaper === 'true';
    const page = await itemPage(parts, view(request), id as ProductId, cheaper);
    if (page === null) throw noItem(id);
    return send(reply, page);
  });
  pages.get('/shops', reading, async (request, reply) =>
    send(reply, shopsPage(await parts.counts.shops(), view(request))),
  );
  pages.get('/crawl', reading, async (request, reply) =>
    send(reply, crawlPage(parts, await parts.counts.shops(), view(request))),
  );
}

const searchFields = z.object({
  category: z.string().max(100).optional(),
  inStock: z.boolean().optional(),
  maxPrice: z.number().min(0).max(1e12).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});

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
    send(reply, searchPage(parts, await parts.counts.facets(), view(request), {}, null)),
  );
  pages.post('/search', reading, async (request, reply) => {
    const { form, answer } = await uploads.receive(request, async ({ picture, fields }) => {
      const form = checked(searchFields, fromStrings(searchFields, fields), 'field');
      return { form, answer: await search(parts, form, picture) };
    });
    return send(reply, searchPage(parts, await parts.counts.facets(), view(request), form, answer));
  });
}

async function search(
  parts: ApiParts,
  form: SearchForm,
  picture: { readonly path: string } | null,
): Promise<SearchAnswer> {
  try {
    const { maxPrice, currency, category, inStock } = form;
    const query = {
      limit: FOUND,
      category,
      inStock,
      maxPrice,
      currency: maxPrice === undefined ? undefined : currency,
    };
    const { prediction, found } = await lookalikesOfPicture(parts, picture, query);
    return { kind: 'found', prediction, found };
  } catch (error) {
    if (error instanceof HttpProblem && error.status === 422) return { kind: 'refused', why: error.message };
    throw error;
  }
}

const answerFields = z.object({
  items: z.string().regex(/^\d{1,15}(,\d{1,15}){0,99}$/),
  picture: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  sample: z.enum(['uncertain', 'random']).optional(),
  other: z.string().max(100).optional(),
  answer: z.string().max(110),
  except: exceptItems.optional(),
});
const answered = z.object({ answer: verdictSchema });
const reviewQuery = z.object({ except: exceptItems.optional() });
const labelFields = z.object({
  picture: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  category: z.string().max(100),
  verdict: z.enum(['category', 'none']),
});

function addReviewing(
  pages: FastifyInstance,
  parts: ApiParts,
  view: (request: FastifyRequest) => View,
): void {
  const reading = {
    preHandler: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/review', reading, (request, reply) => {
    const { except } = checked(reviewQuery, filled(request.query), 'query');
    return send(reply, reviewPage(parts, view(request), except));
  });
  pages.post('/review', (request, reply) => {
    const caller = requireScope(request.caller, 'review');
    const { items, picture, sample, other, answer, except } = checked(answerFields, request.body, 'field');
    if (answer === 'skip') return reply.redirect(`/review?except=${withMore(except, items)}`, 303);
    const [verdict, named] = answer === 'other' ? ['category', other] : answer.split(':');
    const category = verdict === 'category' ? named : undefined;
    const said = checked(answered, { answer: verdict }, 'field').answer;
    const ids = items.split(',').map(Number);
    addAnswers(parts, { items: ids, verdict: said, category, picture, sample }, caller.name);
    return reply.redirect(except === undefined ? '/review' : `/review?except=${except}`, 303);
  });
  pages.post('/items/:id/label', (request, reply) => {
    const caller = requireScope(request.caller, 'review');
    const { id } = checked(
      itemParams,
      fromStrings(itemParams, request.params as Record<string, unknown>),
      'path',
    );
    const { picture, category, verdict } = checked(labelFields, request.body, 'field');
    const named = verdict === 'category' ? category : undefined;
    addAnswers(parts, { items: [id], verdict, category: named, picture }, caller.name);
    return reply.redirect(`/items/${id}`, 303);
  });
}

/** Fields of a form that were left empty are not asked for. */
function filled(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== ''),
  );
}

/** The last ones, where they are more than an address holds. */
function withMore(except: string | undefined, items: string): string {
  return [except ?? [], items].join(',').split(',').filter(Boolean).slice(-400).join(',');
}
