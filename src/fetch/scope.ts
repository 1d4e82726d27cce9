/**
 * What belongs to a shop: hosts with their ports, and patterns on the path.
 *
 * Patterns decide about pages only; a picture is in scope by its host, and so is a feed. A start page needs no `include`, since
 * naming it is the include.
 */
import { FashiondError, messageOf, unreachable } from '../domain/errors.js';
import type { ResourceKind } from '../domain/ports.js';
import type { Shop } from '../domain/shop.js';
import { parseHttpUrl } from './url.js';
import { shopUrl } from './url-rules.js';

interface ScopeRules {
  readonly pageHosts: ReadonlySet<string>;
  readonly imageHosts: ReadonlySet<string>;
  /** Hosts of the feeds that the shop names, as the URL has them. */
  readonly feedHosts: ReadonlySet<string>;
  readonly start: ReadonlySet<string>;
  readonly include: readonly RegExp[];
  readonly exclude: readonly RegExp[];
}

const compiled = new WeakMap<Shop, ScopeRules>();

export function inScope(shop: Shop, url: string, kind: ResourceKind): boolean {
  const parsed = parseHttpUrl(url);
  return parsed !== null && urlInScope(shop, parsed, kind);
}

export function urlInScope(shop: Shop, url: URL, kind: ResourceKind): boolean {
  const rules = rulesOf(shop);
  switch (kind) {
    case 'image':
      return isListed(rules.pageHosts, url) || isListed(rules.imageHosts, url);
    case 'feed':
      return isListed(rules.pageHosts, url) || rules.feedHosts.has(url.host);
    case 'page':
      return isListed(rules.pageHosts, url) && pathCounts(shop, rules, url);
    default:
      return unreachable(kind);
  }
}

/** Whether the URL's host is one the shop lists by name, for pages or for pictures. */
export function isShopHost(shop: Shop, url: URL): boolean {
  return urlInScope(shop, url, 'image');
}

/** Loopback is open only to a shop that asks for it, and only on the hosts it lists. */
export function mayUseLoopback(shop: Shop, url: URL): boolean {
  return shop.allowLoopback && isShopHost(shop, url);
}

function pathCounts(shop: Shop, rules: ScopeRules, url: URL): boolean {
  if (rules.exclude.some((pattern) => pattern.test(url.pathname))) return false;
  if (rules.include.length === 0 || rules.include.some((pattern) => pattern.test(url.pathname))) return true;
  return rules.start.has(shopUrl(shop, url.href) ?? '');
}

function rulesOf(shop: Shop): ScopeRules {
  const known = compiled.get(shop);
  if (known !== undefined) return known;
  const { scope } = shop;
  const rules: ScopeRules = {
    pageHosts: new Set(scope.hosts.flatMap(hostKeys)),
    imageHosts: new Set(scope.imageHosts.flatMap(hostKeys)),
    feedHosts: new Set(shop.feeds.flatMap(({ url }) => parseHttpUrl(url)?.host ?? [])),
    start: new Set(shop.start.flatMap((url) => shopUrl(shop, url) ?? [])),
    include: scope.include.map((source) => pattern(shop, source)),
    exclude: scope.exclude.map((source) => pattern(shop, source)),
  };
  compiled.set(shop, rules);
  return rules;
}

/** A host listed without a port stands for the default ports of both schemes. */
function hostKeys(listed: string): string[] {
  const port = /:(\d+)$/.exec(listed)?.[1];
  const url = parseHttpUrl(`http://${port === undefined ? listed : listed.slice(0, -port.length - 1)}/`);
  if (url === null) return [];
  return port === undefined
    ? [`${url.hostname}:80`, `${url.hostname}:443`]
    : [`${url.hostname}:${Number(port)}`];
}

function isListed(hosts: ReadonlySet<string>, url: URL): boolean {
  const defaultPort = url.protocol === 'https:' ? '443' : '80';
  return hosts.has(`${url.hostname}:${url.port === '' ? defaultPort : url.port}`);
}

function pattern(shop: Shop, source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw new FashiondError('config', `shop ${shop.id}: bad pattern ${source}: ${messageOf(error)}`, {
      hint: 'Write a regular expression in scope.include and scope.exclude of the shop file.',
      cause: error,
    });
  }
}
