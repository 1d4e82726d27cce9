/** `fashiond inspect URL|FILE`: what would be read of a page, from which hint, and what is missing. */
import { loadShop } from '../config/load.js';
import type { LoadedConfig } from '../config/load.js';
import { requireSecrets } from '../config/missing-secrets.js';
import { configSchema } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { PageReading, ReadingHints } from '../domain/product.js';
import type { Shop } from '../domain/shop.js';
import { readPage } from '../extract/read-page.js';
import type { PageFacts } from '../extract/read-page.js';
import { suggestSelectors } from '../extract/suggest-selectors.js';
import type { ExpectedValues } from '../extract/suggest-selectors.js';
import type { CliContext } from './context.js';
import { expectedValues } from './inspect-expected.js';
import { missingOf, productJson, sourcesJson } from './inspect-json.js';
import type { InspectJson } from './inspect-json.js';
import { pageOfFile, pageOfUrl } from './inspect-source.js';
import type { FetchReport, InspectedPage } from './inspect-source.js';
import { inspectText } from './inspect-text.js';

export interface InspectFlags {
  readonly url?: string;
  readonly json?: boolean;
  readonly shop?: string;
  readonly suggest?: string;
  readonly expect?: readonly string[];
}

/** Relative addresses of a saved page need some base; RFC 2606 keeps this name free. */
const NOWHERE = 'https://page.invalid/';

/** `loaded`: null without --config. Throws FashiondError where nothing could be read. */
export async function inspect(
  target: string,
  flags: InspectFlags,
  loaded: LoadedConfig | null,
  context: CliContext,
): Promise<void> {
  const expected = await expectedValues(flags.suggest, flags.expect ?? []);
  const address = /^https?:\/\//i.test(target) ? addressOf(target) : null;
  if (address !== null && loaded !== null) requireSecrets(loaded, 'proxies');
  const base = flags.url === undefined ? NOWHERE : addressOf(flags.url).href;
  const shop = await shopFor(address ?? new URL(base), flags.shop, loaded);
  const config = loaded?.config ?? configSchema.parse({});
  const { page, report } =
    address === null
      ? { page: await pageOfFile(target, base), report: null }
      : await pageOfUrl(address, shop, config, context.signal);
  const result =
    page === null
      ? nothingRead(address?.href ?? target, report)
      : resultOf(page, hintsOf(shop), report, expected);
  if (flags.json === true) context.print(JSON.stringify(result, null, 2));
  else for (const line of inspectText(result)) context.print(line);
  if (page === null) {
    throw new FashiondError('network', `cannot inspect ${target}: ${report?.fault ?? 'no page'}`, {
      hint: 'If a browser shows the page, save it and inspect the file with --url.',
    });
  }
}

function addressOf(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new FashiondError('usage', `${text} is no address of a page`, {
    hint: 'Write it as https://shop.example/item/1.',
  });
}

/** The shop that was named, else the one of the configuration to which the address belongs, else none. */
async function shopFor(
  url: URL,
  name: string | undefined,
  loaded: LoadedConfig | null,
): Promise<Shop | null> {
  if (name !== undefined) return loaded?.shops.find(({ id }) => id === name) ?? (await loadShop(name));
  return loaded?.shops.find(({ scope }) => scope.hosts.includes(url.host)) ?? null;
}

function hintsOf(shop: Shop | null): ReadingHints {
  if (shop === null) return { currency: null, language: null, selectors: {} };
  return { currency: shop.currency, language: shop.language, selectors: shop.selectors };
}

function resultOf(
  { body, url, contentType }: InspectedPage,
  hints: ReadingHints,
  report: FetchReport | null,
  expected: ExpectedValues | null,
): InspectJson {
  const facts: PageFacts = { url, contentType, hints };
  const { reading, ms, cpuMs } = timed(() => readPage(body, facts));
  const { product, noProduct, traces, contradictions, encoding } = reading;
  const isNowhere =
    url === NOWHERE ? ['url: without --url, relative addresses stand under page.invalid'] : [];
  return {
    url: product?.url ?? url,
    product: product === null ? null : productJson(product),
    why: noProduct,
    sources: sourcesJson(traces),
    missing: missingOf(reading),
    contradictions,
    warnings: [...isNowhere, ...reading.warnings],
    encoding,
    fetch: report,
    timing: { fetch: report === null ? null : Math.round(report.elapsedMs), read: ms, readCpu: cpuMs },
    ...(expected === null ? {} : { suggestions: suggestSelectors(body, facts, expected) }),
  };
}

/** Of one reading in a process that has just started: the first page of a crawl costs as much, the next far less. */
function timed(read: () => PageReading): { reading: PageReading; ms: number; cpuMs: number } {
  const start = performance.now();
  const cpu = process.cpuUsage();
  const reading = read();
  const { user, system } = process.cpuUsage(cpu);
  return { reading, ms: Math.round(performance.now() - start), cpuMs: Math.round((user + system) / 1000) };
}

function nothingRead(url: string, report: FetchReport | null): InspectJson {
  return {
    url,
    product: null,
    why: report?.fault ?? null,
    sources: {},
    missing: [],
    contradictions: [],
    warnings: [],
    encoding: null,
    fetch: report,
    timing: { fetch: report === null ? null : Math.round(report.elapsedMs), read: null, readCpu: null },
  };
}
