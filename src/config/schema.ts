/** The configuration: every key with its type, default and documentation, in one place. */
import { z } from 'zod';
import { MAX_PIXELS } from '../domain/picture.js';
import { apiSchema } from './api-schema.js';
import { crawlSchema } from './crawl-schema.js';
import { filePath } from './file-path.js';
import { healthSchema } from './health-schema.js';
import { feeds } from './feed-schema.js';
import { modelSchema } from './model-schema.js';
import { storeSchema } from './store-schema.js';
import { duration, size } from './units.js';

const MAX_ROBOTS_TTL_MS = 24 * 3_600_000;

const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least severe level logged'),
  format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('auto: readable on a terminal, JSON lines otherwise'),
});

/** Names of query parameters; what stands in a URL around a name cannot be part of it. */
const parameterNames = () =>
  z.array(
    z.string().regex(/^[^\s&=#?*]+\*?$/, {
      error: 'expected the name of a query parameter, such as sid or trk_*',
    }),
  );

const fetch = z.strictObject({
  client: z
    .enum(['got-scraping', 'undici'])
    .default('got-scraping')
    .describe('library that speaks HTTP; both keep the same promises'),
  timeout: duration().prefault('30s').describe('longest time for one request, body included'),
  max_page: size().prefault('8MiB').describe('largest page, decoded'),
  max_image: size().prefault('20MiB').describe('largest picture file'),
  max_feed: size().prefault('256MiB').describe('largest product feed, decoded and unpacked'),
  feed_timeout: duration().prefault('10m').describe('longest time for one product feed, body included'),
  max_redirects: z.int().min(0).max(20).default(5).describe('redirects followed for one URL'),
  attempts: z.int().min(1).max(20).default(4).describe('tries for one URL in one run'),
  backoff: duration().prefault('2s').describe('wait after the first failure; doubles each time'),
  max_backoff: duration().prefault('60s').describe('longest wait between two tries'),
  max_crawl_delay: duration()
    .prefault('30s')
    .describe('longest robots.txt Crawl-delay applied; longer ones are reported and capped'),
  robots_ttl: duration()
    .refine((ttl) => ttl <= MAX_ROBOTS_TTL_MS, { error: 'expected at most 24h (RFC 9309, section 2.4)' })
    .prefault('24h')
    .describe('how long a robots.txt is used before it is asked for again; 24h at most'),
  tracking_parameters: parameterNames()
    .default([])
    .describe(
      'query parameters that name a click, not a page, besides the usual ones; trk_* takes all that begin so',
    ),
  pages_in_flight: z.int().min(1).max(1000).default(32).describe('page requests at once, all shops together'),
  images_in_flight: z
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe('picture requests at once, all shops together'),
  sockets: z
    .int()
    .min(1)
    .max(10_000)
    .default(512)
    .describe('connections open at once, all shops together, those kept for the next request included'),
});

const compute = z.strictObject({
  runtime: z
    .enum(['auto', 'onnx', 'tensorflow'])
    .default('auto')
    .describe('auto takes TensorFlow where it loads and reports a GPU, else ONNX Runtime'),
  device: z
    .enum(['auto', 'cpu', 'webgpu', 'cuda'])
    .default('auto')
    .describe('where networks run; auto takes cuda where it works, else cpu; webgpu only when asked for'),
  workers: z
    .int()
    .min(1)
    .max(64)
    .nullable()
    .default(null)
    .describe('inference threads; null takes one for each core'),
  batch: z.int().min(1).max(256).default(32).describe('pictures per network call at most'),
  batch_wait: duration().prefault('4ms').describe('longest wait for a batch to fill'),
  max_pixels: z.int().min(1).default(MAX_PIXELS).describe('largest picture decoded, width x height'),
});

const search = z.strictObject({
  weights: z
    .strictObject({
      colour: z.number().min(0).default(0.4).describe('colour histogram'),
      shape: z.number().min(0).default(4).describe('histogram of oriented gradients'),
      pattern: z.number().min(0).default(0.8).describe('texture'),
      features: z.number().min(0).default(1).describe('what the lookalike model sees of the garment'),
    })
    .prefault({})
    .describe('how much each part counts in the blend'),
  sharpness: z
    .strictObject({
      colour: z.number().min(0).default(4).describe('colour histogram'),
      shape: z.number().min(0).default(100).describe('histogram of oriented gradients'),
      pattern: z.number().min(0).default(1).describe('texture'),
      features: z.number().min(0).default(6).describe('what the lookalike model sees of the garment'),
    })
    .prefault({})
    .describe('how near two pictures must be in a part for it to count: exp(-sharpness * (1 - cosine))'),
});

export const configSchema = z.strictObject({
  include: z
    .array(z.string())
    .default([])
    .describe(
      'files of the same keys; they hold where this one says nothing, and of two the later one counts; *.yaml as in shops',
    ),
  contact: z
    .string()
    .nullable()
    .default(null)
    .describe('URL or e-mail address in the user agent; required for shops outside loopback'),
  categories: filePath()
    .nullable()
    .default(null)
    .describe('category vocabulary file; null takes the one that ships'),
  shops: z
    .array(filePath())
    .default([])
    .describe('shop files; a last segment of *.yaml takes every such file of the folder'),
  store: storeSchema.prefault({}).describe('what is kept, and where'),
  log: log.prefault({}).describe('log lines on standard output'),
  fetch: fetch.prefault({}).describe('requests to shops'),
  crawl: crawlSchema.prefault({}).describe('how a crawl proceeds'),
  compute: compute.prefault({}).describe('the inference pool'),
  model: modelSchema.prefault({}).describe('the category model'),
  search: search.prefault({}).describe('lookalikes'),
  api: apiSchema.prefault({}).describe('REST API and web page'),
  health: healthSchema.prefault({}).describe('when a run of a shop counts as yellow or red'),
  shutdown_deadline: duration()
    .prefault('8s')
    .describe('after SIGTERM, time for work in hand before the process ends'),
});

/** Validated, with defaults filled in; durations in milliseconds, sizes in bytes, paths absolute. */
export type Config = z.output<typeof configSchema>;

export const shopSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: 'expected lower-case letters, digits and hyphens' })
    .describe('short name, unique among shops'),
  name: z.string().min(1).describe('name for people'),
  start: z.array(z.url()).default([]).describe('pages a crawl starts from'),
  sitemaps: z.array(z.url()).default([]).describe('sitemaps besides those robots.txt names'),
  feeds: feeds.default([]).describe('product feeds; gzipped ones are unpacked'),
  scope: z
    .strictObject({
      hosts: z
        .array(z.string())
        .default([])
        .describe('hosts whose pages may be fetched, port included; empty takes those of start'),
      image_hosts: z.array(z.string()).default([]).describe('further hosts pictures may come from'),
      include: z.array(z.string()).default([]).describe('regular expressions on the path; empty means all'),
      exclude: z.array(z.string()).default([]).describe('regular expressions on the path'),
      max_depth: z.int().min(0).default(10).describe('links from a start page, next pages not counted'),
      max_pages: z.int().min(1).default(200_000).describe('pages fetched in one run'),
    })
    .prefault({})
    .describe('what belongs to the shop'),
  url: z
    .strictObject({
      drop_parameters: parameterNames()
        .default([])
        .describe('query parameters that name no page, such as sid; * at the end stands for any rest'),
      keep_parameters: parameterNames()
        .nullable()
        .default(null)
        .describe('the only query parameters that name a page; null takes all that are not dropped'),
    })
    .prefault({})
    .describe('which addresses are the same page'),
  schedule: z.string().nullable().default(null).describe('cron expression; null means by hand only'),
  timezone: z.string().default('UTC').describe('time zone of the schedule, such as Asia/Tokyo'),
  pace: z
    .strictObject({
      delay: duration().prefault('1s').describe('shortest time between two requests to one host'),
      concurrency: z.int().min(1).max(64).default(2).describe('requests to one host at once'),
      auto: z
        .boolean()
        .default(true)
        .describe('a longer delay while the host takes more than half a second to answer'),
      target_concurrency: z
        .number()
        .min(0.1)
        .max(64)
        .default(1)
        .describe('requests that a slow host should have in hand on average; less is more polite'),
      max_delay: duration().prefault('30s').describe('longest delay that slow answers lead to'),
    })
    .prefault({})
    .describe('politeness'),
  proxy: z
    .strictObject({
      url: z.string().describe('such as http://proxy.example:3128; it must allow CONNECT'),
      user: z.string().nullable().default(null).describe('where the proxy asks for one'),
      password: z
        .string({ error: 'expected text, in quotes where it looks like a number' })
        .nullable()
        .default(null)
        .describe('best as ${FASHIOND_PROXY_PASSWORD}'),
      password_file: z
        .string()
        .nullable()
        .default(null)
        .describe('file whose first line is the password, such as ${CREDENTIALS_DIRECTORY}/proxy'),
      resolve: z
        .enum(['here', 'proxy'])
        .default('here')
        .describe(
          'here: names are resolved and judged by this machine, and the proxy gets the address; proxy: it gets the ' +
            'name, and may reach any network it is in',
        ),
    })
    .nullable()
    .default(null)
    .describe("proxy for the shop's requests; null goes straight to it"),
  language: z.string().nullable().default(null).describe('language of the pages, such as ja'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'expected an ISO 4217 code such as JPY' })
    .nullable()
    .default(null)
    .describe('currency where a page names none'),
  selectors: z
    .strictObject({
      title: z.string().optional(),
      description: z.string().optional(),
      brand: z.string().optional(),
      sku: z.string().optional(),
      gtin: z.string().optional(),
      mpn: z.string().optional(),
      price: z.string().optional(),
      list_price: z.string().optional(),
      availability: z.string().optional(),
      breadcrumbs: z.string().optional(),
      images: z.string().optional(),
    })
    .prefault({})
    .describe('CSS selectors that win over everything else a page says'),
  usual_from: z.iso
    .date({ error: 'expected a date such as 2026-05-31' })
    .nullable()
    .default(null)
    .describe('health takes no run before this date for the usual; for a shop that has really changed'),
  allow_loopback: z.boolean().default(false).describe('allow loopback addresses; for tests and the demo'),
});

export type ShopFile = z.output<typeof shopSchema>;

export const categoriesSchema = z.strictObject({
  categories: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z][a-z0-9-]*$/),
      shopify: z.string().regex(/^aa(-\d+)+$/),
      google: z.int().nullable().default(null),
      en: z.string().min(1),
      ja: z.string().min(1),
      seen_as: z.string().nullable().default(null),
      synonyms: z.array(z.string()).default([]),
    }),
  ),
});
