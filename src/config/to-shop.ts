/** A checked shop file -> the shop as the stages know it. */
import type { ProxyRoute } from '../domain/fetch.js';
import type { ShopId } from '../domain/ids.js';
import type { Shop, ShopPace } from '../domain/shop.js';
import type { Config, ShopFile } from './schema.js';
import { hostsOf } from './shop-rules.js';

/** With its defaults filled in, and what the config says of all shops. */
export function toShop(file: ShopFile, config: Config): Shop {
  const { list_price: listPrice, ...selectors } = file.selectors;
  const given = Object.entries({ ...selectors, listPrice }).filter(([, selector]) => selector !== undefined);
  return {
    id: file.id as ShopId,
    name: file.name,
    start: file.start,
    sitemaps: file.sitemaps,
    feeds: file.feeds.map(({ visit_pages: visitPages, ...feed }) => ({ ...feed, visitPages })),
    scope: {
      hosts: hostsOf(file),
      imageHosts: file.scope.image_hosts,
      include: file.scope.include,
      exclude: file.scope.exclude,
      maxDepth: file.scope.max_depth,
      maxPages: file.scope.max_pages,
    },
    urls: {
      dropParameters: [...config.fetch.tracking_parameters, ...file.url.drop_parameters],
      keepParameters: file.url.keep_parameters,
    },
    schedule: file.schedule,
    timezone: file.timezone,
    pace: paceOf(file),
    ...(file.proxy === null ? {} : { proxy: proxyOf(file.proxy) }),
    language: file.language,
    currency: file.currency,
    selectors: Object.fromEntries(given),
    ...(file.usual_from === null ? {} : { usualFrom: Date.parse(file.usual_from) }),
    allowLoopback: file.allow_loopback,
  };
}

function paceOf({ pace }: ShopFile): ShopPace {
  const auto = { targetConcurrency: pace.target_concurrency, maxDelayMs: pace.max_delay };
  return { delayMs: pace.delay, concurrency: pace.concurrency, ...(pace.auto ? { auto } : {}) };
}

function proxyOf({ url, user, password, resolve }: NonNullable<ShopFile['proxy']>): ProxyRoute {
  const whole = new URL(url);
  whole.username = encodeURIComponent(user ?? '');
  whole.password = encodeURIComponent(password ?? '');
  return { url: whole.href, resolve };
}
