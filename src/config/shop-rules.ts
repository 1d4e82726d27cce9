/** What a schema cannot say about a shop: cron, time zone, patterns, selectors, hosts that fit together. */
import { CronExpressionParser } from 'cron-parser';
import { compile } from 'css-select';
import { messageOf } from '../domain/errors.js';
import { didYouMean } from '../platform/did-you-mean.js';
import type { ConfigProblem } from './problems.js';
import type { ShopFile } from './schema.js';
import { checkFeeds } from './feed-rules.js';
import type { YamlSource } from './yaml-source.js';

/** Reports one broken rule at a key of the shop file. */
type Report = (path: readonly PropertyKey[], message: string, hint: string | null) => void;

export function checkShop(shop: ShopFile, source: YamlSource): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const report: Report = (path, message, hint) => problems.push(source.problem(path, message, { hint }));
  checkSchedule(shop, report);
  checkAddresses(shop, report);
  checkProxy(shop, report);
  checkPatterns(shop, report);
  checkSelectors(shop, report);
  checkLanguage(shop, report);
  return problems;
}

/** The hosts, with port where not the default, that a shop's pages may come from. */
export function hostsOf(shop: ShopFile): string[] {
  if (shop.scope.hosts.length > 0) return shop.scope.hosts;
  const feeds = shop.feeds.map(({ url }) => url);
  const seeds = [shop.start, shop.sitemaps, feeds].find((urls) => urls.length > 0) ?? [];
  return [...new Set(seeds.map((url) => new URL(url).host))];
}

const CRON_HINT = 'five fields: minute hour day month weekday, such as "30 3 * * *" for 03:30 every day';
const CRON_NAMES = new Set(['@hourly', '@daily', '@weekly', '@monthly', '@yearly']);

function checkSchedule(shop: ShopFile, report: Report): void {
  const known = isTimeZone(shop.timezone);
  if (!known) {
    report(
      ['timezone'],
      `unknown time zone ${shop.timezone}`,
      didYouMean(shop.timezone, ['UTC', ...Intl.supportedValuesOf('timeZone')]) ??
        'an IANA name such as Asia/Tokyo',
    );
  }
  if (shop.schedule === null) return;
  const fault = cronFault(shop.schedule);
  if (fault !== null) report(['schedule'], `not a cron expression: ${fault}`, CRON_HINT);
}

/** What is wrong with a cron expression, or null. Seconds and random fields are not part of the format. */
function cronFault(expression: string): string | null {
  if (CRON_NAMES.has(expression)) return null;
  const fields = expression.trim().split(/\s+/);
  if (expression.startsWith('@')) return `unknown name ${expression}`;
  if (fields.length !== 5 || fields[0] === '')
    return `expected 5 fields, got ${fields[0] === '' ? 0 : fields.length}`;
  if (/(^|[\s,])H/.test(expression)) return 'H is not supported';
  try {
    // Asking for a time finds dates that never come, such as 31 February.
    CronExpressionParser.parse(expression, { tz: 'UTC', currentDate: new Date(0) }).next();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function checkAddresses(shop: ShopFile, report: Report): void {
  if (shop.start.length === 0 && shop.sitemaps.length === 0 && shop.feeds.length === 0) {
    report(['start'], 'the shop has neither start pages nor sitemaps nor feeds', 'add start: [https://...]');
  }
  let hostsSound = true;
  for (const key of ['hosts', 'image_hosts'] as const) {
    for (const [index, host] of shop.scope[key].entries()) {
      if (isHost(host)) continue;
      hostsSound = hostsSound && key !== 'hosts';
      report(
        ['scope', key, index],
        `not a host: ${host}`,
        'lower-case, without scheme or path: shop.example or shop.example:8080',
      );
    }
  }
  const hosts = new Set(hostsOf(shop));
  checkFeeds(shop, report);
  for (const key of ['start', 'sitemaps'] as const) {
    for (const [index, text] of shop[key].entries()) {
      const url = new URL(text);
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        report([key, index], `expected an http or https address, got ${url.protocol}`, null);
      } else if (url.username !== '' || url.password !== '') {
        report([key, index], 'an address must not carry a user name or password', null);
      } else if (hostsSound && key === 'start' && !hosts.has(url.host)) {
        report([key, index], `${url.host} is not among scope.hosts`, `add ${url.host} to scope.hosts`);
      }
    }
  }
}

/** What is wrong is said without the value: a proxy's address may hold a password that somebody put there. */
function checkProxy({ proxy }: ShopFile, report: Report): void {
  if (proxy === null) return;
  const url = URL.canParse(proxy.url) ? new URL(proxy.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    report(
      ['proxy', 'url'],
      'not the address of an http or https proxy',
      'such as http://proxy.example:3128',
    );
  } else if (url.username !== '' || url.password !== '') {
    report(
      ['proxy', 'url'],
      'user and password have keys of their own',
      'write them under user and password',
    );
  } else if (url.pathname !== '/' || url.search !== '') {
    report(['proxy', 'url'], 'a proxy has no path', `write ${url.origin}`);
  }
  if (proxy.user === null && proxy.password !== null) {
    report(['proxy', 'user'], 'a password without a user', 'name the user as well');
  }
}

function isHost(text: string): boolean {
  try {
    // http's default port would be dropped by the URL parser, so both schemes are tried.
    return ['http', 'https'].some((scheme) => new URL(`${scheme}://${text}/`).host === text);
  } catch {
    return false;
  }
}

function checkPatterns(shop: ShopFile, report: Report): void {
  for (const key of ['include', 'exclude'] as const) {
    for (const [index, pattern] of shop.scope[key].entries()) {
      try {
        RegExp(pattern);
      } catch (error) {
        report(
          ['scope', key, index],
          messageOf(error),
          'a JavaScript regular expression on the path, such as ^/products/',
        );
      }
    }
  }
}

function checkSelectors(shop: ShopFile, report: Report): void {
  for (const [key, selector] of Object.entries(shop.selectors)) {
    if (selector === undefined) continue;
    const fault = selectorFault(selector);
    if (fault !== null) report(['selectors', key], `not a CSS selector: ${fault}`, 'such as .product h1');
  }
}

function selectorFault(selector: string): string | null {
  if (selector.trim() === '') return 'it is empty';
  try {
    compile(selector);
    return null;
  } catch (error) {
    return messageOf(error).trim();
  }
}

function checkLanguage(shop: ShopFile, report: Report): void {
  if (shop.language !== null) {
    try {
      Intl.getCanonicalLocales(shop.language);
    } catch {
      report(['language'], `not a language tag: ${shop.language}`, 'such as ja, en or en-GB');
    }
  }
  if (shop.currency !== null && !Intl.supportedValuesOf('currency').includes(shop.currency)) {
    report(['currency'], `unknown currency ${shop.currency}`, 'an ISO 4217 code such as JPY');
  }
}
