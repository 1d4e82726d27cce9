/** Bytes of a page -> PageReading. Pure; for any bytes it returns. */
import type { PageReading, ReadingHints } from '../domain/product.js';
import { cleanTrail, structuredTrail, visibleTrail } from './breadcrumbs.js';
import { decodePage } from './encoding.js';
import { embeddedHints } from './embedded.js';
import { absoluteUrl, nameKey } from './hints.js';
import type { PageContext, SourceHints } from './hints.js';
import { attribute, parseHtml } from './html.js';
import type { HtmlPage } from './html.js';
import { readJsonLd } from './json-ld.js';
import { pageLinks } from './links.js';
import { listedPrices } from './listed-prices.js';
import { mainProduct } from './main-product.js';
import { mergeHints } from './merge.js';
import type { Trail } from './merge.js';
import { readMicrodata, readRdfa } from './microdata.js';
import { metaTags, openGraphHints } from './open-graph.js';
import { documentTitle, headingNames, titleSegments } from './page-title.js';
import { readVisiblePage } from './page.js';
import type { PageHints } from './page.js';
import { selectorHints } from './selectors.js';

export interface PageFacts {
  /** After redirects. */
  readonly url: string;
  readonly contentType: string | null;
  readonly hints: ReadingHints;
}

type Tags = ReadonlyMap<string, readonly string[]>;

const MAX_WARNINGS = 20;

export function readPage(body: Uint8Array, facts: PageFacts): PageReading {
  const { text, encoding, warnings: encodingWarnings } = decodePage(body, facts.contentType);
  const warnings = new Set(encodingWarnings);
  const page = parseHtml(text);
  if (page.truncated) warnings.add('html: the page is nested too deep or too large; its end is not read');
  const tags = metaTags(page);
  const warn = (warning: string): void => {
    if (warnings.size < MAX_WARNINGS) warnings.add(warning);
  };
  const context = contextOf(page, tags, facts, encoding, warn);
  const read = readProduct(page, tags, context);
  const robots = [...(tags.get('robots') ?? []), ...(tags.get('fashiond') ?? [])].join(',');
  return {
    encoding,
    canonicalUrl: context.canonicalUrl,
    ...read,
    links: pageLinks(page, context.base, encoding),
    listed: read.product === null ? listedPrices(page, moneyOf(context), encoding) : [],
    nofollow: /(?:^|[\s,])(?:nofollow|none)(?:$|[\s,])/i.test(robots),
    warnings: [...warnings],
  };
}

/** What tells the currency of a price that stands on a listing. */
function moneyOf({ base, language, hints }: PageContext): Parameters<typeof listedPrices>[1] {
  return { base, language, markup: null, shop: hints.currency };
}

function contextOf(
  page: HtmlPage,
  tags: Tags,
  facts: PageFacts,
  encoding: string,
  warn: (warning: string) => void,
): PageContext {
  const url = absoluteUrl(facts.url, facts.url) ?? facts.url;
  const baseTag = page.named('base').find((element) => attribute(element, 'href') !== null);
  const base = absoluteUrl(baseTag === undefined ? null : attribute(baseTag, 'href'), url) ?? url;
  const titles = [tags.get('og:title')?.[0], documentTitle(page)].filter(
    (title) => title !== undefined && title !== '',
  );
  return {
    url,
    base,
    canonicalUrl: canonicalOf(page, base, url),
    language: languageOf(page, tags, encoding) ?? facts.hints.language,
    hints: facts.hints,
    currency: null,
    names: [...headingNames(page), ...titles.filter((title) => title !== undefined)],
    warn,
  };
}

function canonicalOf(page: HtmlPage, base: string, url: string): string | null {
  const link = page
    .named('link')
    .find((element) => /(?:^|\s)canonical(?:\s|$)/i.test(attribute(element, 'rel') ?? ''));
  const canonical = link === undefined ? null : absoluteUrl(attribute(link, 'href'), base);
  return canonical !== null && URL.canParse(url) && new URL(canonical).host === new URL(url).host
    ? canonical
    : null;
}

function languageOf(page: HtmlPage, tags: Tags, encoding: string): string | null {
  const [html] = page.named('html');
  const said = [
    html === undefined ? null : (attribute(html, 'lang') ?? attribute(html, 'xml:lang')),
    tags.get('og:locale')?.[0],
    tags.get('content-language')?.[0],
  ];
  const language = said.find(
    (tag) => tag !== null && tag !== undefined && /^[a-z]{2,3}(?:[-_][a-z0-9]+)*$/i.test(tag),
  );
  if (language !== undefined && language !== null) return language.replaceAll('_', '-');
  return /^(?:euc-jp|shift_jis|iso-2022-jp)$/.test(encoding) ? 'ja' : null;
}

function readProduct(
  page: HtmlPage,
  tags: Tags,
  context: PageContext,
): Pick<PageReading, 'product' | 'traces' | 'noProduct' | 'contradictions'> {
  const bySyntax = [
    { source: 'json-ld', items: readJsonLd(page, context.warn) },
    { source: 'microdata', items: readMicrodata(page) },
    { source: 'rdfa', items: readRdfa(page) },
  ] as const;
  const marked = bySyntax.map(({ source, items }) => mainProduct(items, source, context));
  const shared = openGraphHints(tags, context);
  const currency = [...marked.map(({ hints }) => hints), shared].find((hints) => hints?.price?.price)?.price
    ?.price?.currency;
  const visible = readVisiblePage(page, tags, { ...context, currency: currency ?? null });
  const openGraph = withoutShopName(shared, visible);
  const selected = selectorHints(page, context);
  const markup = marked.map(({ hints }) => hints).filter((hints) => hints !== null);
  const embedded = embeddedHints(page, context);
  const isList = marked.some((main) => main.isList) && markup.length === 0;
  if (!isProductPage({ markup, embedded, openGraph, visible, selected, isList })) {
    return { product: null, traces: [], contradictions: [], noProduct: reasonOf(visible, isList) };
  }
  const sources = [selected, ...markup, embedded, openGraph, visible.hints].filter((hints) => hints !== null);
  const title = sources.find((hints) => hints.title !== null)?.title ?? '';
  const trails: Trail[] = [
    ...(selected === null
      ? []
      : [{ names: selected.breadcrumbs, source: 'selector' as const, confidence: 0.99 }]),
    ...bySyntax.map(({ source, items }) => ({
      names: cleanTrail(structuredTrail(items, context), title, context),
      source,
      confidence: 0.95,
    })),
    { names: cleanTrail(visibleTrail(page, context), title, context), source: 'breadcrumb', confidence: 0.8 },
    ...markup.map(({ source, breadcrumbs }) => ({ names: breadcrumbs, source, confidence: 0.7 })),
  ];
  const merged = mergeHints({
    url: context.canonicalUrl ?? context.url,
    sources,
    trails,
    titleConfidence: visible.titleConfidence,
    priceConfidence: visible.priceConfidence,
  });
  return { ...merged, noProduct: merged.product === null ? 'the page names no product' : null };
}

/** What is made for sharing often ends in the shop's name; the page itself knows which part is the product's. */
function withoutShopName(openGraph: SourceHints, { hints, titleConfidence }: PageHints): SourceHints {
  const { title } = openGraph;
  if (title === null || hints.title === null || titleConfidence < 0.6) return openGraph;
  const [first, ...rest] = titleSegments(title);
  const isProduct = rest.length > 0 && nameKey(first ?? '') === nameKey(hints.title);
  return isProduct ? { ...openGraph, title: hints.title } : openGraph;
}

/** Why a page is none of a product, for people. */
function reasonOf(visible: PageHints, isList: boolean): string {
  if (isList) return 'the page lists several products, and none of them is its subject';
  const { title, price } = visible.hints;
  const lacks = [
    title === null ? 'a title' : null,
    price === null ? 'a price that is not on a card of a list' : null,
    visible.isOrderPage ? null : 'a control to order with or a word about stock',
  ].filter((lack) => lack !== null);
  return `no markup describes a product, and the page shows no sign of one: it lacks ${lacks.join(', ')}`;
}

/** Markup or the shop's selectors say so, or Open Graph does, or the page itself reads like one. */
interface PageEvidence {
  readonly markup: readonly SourceHints[];
  readonly embedded: SourceHints | null;
  readonly openGraph: SourceHints;
  readonly visible: PageHints;
  readonly selected: SourceHints | null;
  readonly isList: boolean;
}

function isProductPage(evidence: PageEvidence): boolean {
  const { markup, embedded, openGraph, visible, selected, isList } = evidence;
  if (selected?.isProduct === true || markup.some(({ isProduct }) => isProduct)) return true;
  if (isList) return false;
  // Some shops give every page the type "product"; without any price it is believed of none with a list.
  if (
    openGraph.isProduct &&
    (openGraph.price !== null || visible.hints.price !== null || visible.isOrderPage)
  )
    return true;
  // Scripts may fill in the price later: state with the subject's name and a price is as good as seeing it.
  if (embedded?.isProduct === true && (visible.isOrderPage || visible.hints.price !== null)) return true;
  return visible.hints.isProduct || (openGraph.price !== null && visible.isOrderPage);
}
