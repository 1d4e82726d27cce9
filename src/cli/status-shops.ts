/** The shops as `fashiond status` shows them: which of them are listed, how they are, and why their pages wait. */
import Table from 'cli-table3';
import type { Config } from '../config/schema.js';
import type { ShopId } from '../domain/ids.js';
import type { Shop } from '../domain/shop.js';
import { parseRobots } from '../fetch/robots.js';
import { createSchedule } from '../scheduler/due.js';
import type { ReadOnlyStore } from '../store/store.js';
import type { ShopSummary } from '../store/summary.js';

/** A shop with what its config says of the time to come. */
export interface ShopOutlook extends ShopSummary {
  /** The next slot of its schedule, ISO 8601 UTC; null without a schedule. */
  readonly nextSlot: string | null;
  /** What its waiting pages wait for; null where none waits. */
  readonly waitsFor: string | null;
}

export interface OutlookParts {
  readonly config: Config;
  readonly shops: readonly Shop[];
  readonly store: Pick<ReadOnlyStore, 'query'>;
  readonly hasRoom: boolean;
  readonly isDaemonAlive: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Rows of the table, and lines below it, before the rest is only counted: the status is to fit one screen. */
const LISTED_SHOPS = 12;
const LISTED_LINES = 24;
const ERROR_LENGTH = 120;

export function outlooks(summaries: readonly ShopSummary[], parts: OutlookParts): ShopOutlook[] {
  const known = new Map<ShopId, Shop>(parts.shops.map((shop) => [shop.id, shop]));
  return summaries.map((summary) => {
    const shop = known.get(summary.shop);
    const nextSlot = shop === undefined ? null : nextSlotOf(shop, parts.now);
    return { ...summary, nextSlot, waitsFor: waitsFor(summary, shop, nextSlot, parts) };
  });
}

function nextSlotOf({ id, schedule, timezone }: Shop, now: number): string | null {
  if (schedule === null) return null;
  return seconds(new Date(createSchedule(id, schedule, timezone).nextSlot(now)).toISOString());
}

function waitsFor(
  { pagesWaiting, lastStatus }: ShopSummary,
  shop: Shop | undefined,
  nextSlot: string | null,
  parts: OutlookParts,
): string | null {
  if (pagesWaiting === 0) return null;
  if (shop === undefined) return 'its shop file, which the config does not name';
  if (!parts.hasRoom) return 'room on the disk';
  if (!parts.isDaemonAlive) return 'a daemon: none runs';
  if (lastStatus === 'running') return paceOf(shop, parts);
  return nextSlot === null ? 'somebody who crawls it: it has no schedule' : `its next run, at ${nextSlot}`;
}

/** How quickly it may be asked, and who says so. */
function paceOf(shop: Shop, { config, store }: OutlookParts): string {
  const { delayMs, concurrency } = shop.pace;
  const robotsMs = Math.min(robotsDelayOf(shop, store), config.fetch.max_crawl_delay);
  if (robotsMs > delayMs) return `its turn: robots.txt allows a request every ${robotsMs / 1000} s`;
  const pace = delayMs > 0 ? `a request every ${delayMs / 1000} s` : `${concurrency} requests at once`;
  return `its turn: the pace of the shop is ${pace}`;
}

/** The longest delay that the copies of its hosts' robots.txt ask for, in milliseconds. */
function robotsDelayOf(shop: Shop, store: OutlookParts['store']): number {
  const origins = [...new Set(shop.start.map((url) => new URL(url).origin))];
  const copies = store.query<{ text: string }>(
    'SELECT text FROM robots WHERE text IS NOT NULL AND origin IN (SELECT value FROM json_each(?))',
    [JSON.stringify(origins)],
  );
  return Math.max(0, ...copies.map(({ text }) => parseRobots(text).crawlDelayMs ?? 0));
}

/** The table, and what is to be said of the shops in it. Without `all` those that need somebody come first, and few others. */
export function shopLines(shops: readonly ShopOutlook[], all: boolean): string[] {
  const sorted = shops.toSorted((a, b) => urgency(a) - urgency(b));
  const listed = all ? sorted : sorted.slice(0, LISTED_SHOPS);
  const said = listed.flatMap(linesOf);
  const lines = all ? said : said.slice(0, LISTED_LINES);
  const more = said.length - lines.length;
  return [
    tableOf(listed),
    ...restLine(sorted.slice(listed.length)),
    ...lines,
    ...(more > 0 ? [`and ${more} more lines about these shops: --all`] : []),
  ];
}

const URGENCY = ['red', 'failed', 'yellow', 'running', 'fine', 'inactive'] as const;

function urgency(shop: ShopSummary): number {
  return URGENCY.indexOf(stateOf(shop));
}

function stateOf({ active, health, lastStatus }: ShopSummary): (typeof URGENCY)[number] {
  if (!active) return 'inactive';
  if (health?.level === 'red') return 'red';
  if (lastStatus === 'failed') return 'failed';
  if (health?.level === 'yellow') return 'yellow';
  return lastStatus === 'running' ? 'running' : 'fine';
}

function restLine(rest: readonly ShopSummary[]): string[] {
  if (rest.length === 0) return [];
  const states = rest.map(stateOf);
  const counts = URGENCY.flatMap((state) => {
    const count = states.filter((one) => one === state).length;
    return count === 0 ? [] : [`${count} ${state === 'inactive' ? 'not in the config' : state}`];
  });
  return [`and ${rest.length} more shops: ${counts.join(', ')} (--all lists them)`];
}

function tableOf(shops: readonly ShopOutlook[]): string {
  const table = new Table({
    head: [
      'shop',
      'last run',
      'status',
      'last success',
      'next run',
      'health',
      'items',
      'vanished',
      'unknown',
      'waiting',
      'dropped',
    ],
    colAligns: [...Array<'left'>(6).fill('left'), ...Array<'right'>(5).fill('right')],
    style: { head: [], border: [], compact: true },
  });
  for (const shop of shops) {
    table.push([
      shop.active ? shop.shop : `${shop.shop} (not in the config)`,
      shop.lastRun ?? 'never',
      shop.lastStatus ?? '-',
      shop.lastSuccess ?? 'never',
      shop.nextSlot ?? '-',
      shop.health?.level ?? '-',
      String(shop.items),
      String(shop.vanished),
      shop.unknownShare === null ? '-' : `${(shop.unknownShare * 100).toFixed(1)} %`,
      String(shop.pagesWaiting),
      String(shop.pagesDropped),
    ]);
  }
  return table.toString();
}

/** What is wrong with a shop, one line for each thing, and what its run waits for; for other shops the table says it. */
function linesOf({ shop, health, lastError, lastStatus, pagesWaiting, waitsFor }: ShopOutlook): string[] {
  return [
    ...(health?.problems ?? []).map(
      ({ level, what, since }) => `${shop} is ${level}: ${what} (since the run of ${since})`,
    ),
    ...(lastError === null ? [] : [`${shop} failed last: ${cut(lastError)}`]),
    ...(waitsFor === null || lastStatus !== 'running'
      ? []
      : [`${shop}: ${pagesWaiting} pages wait for ${waitsFor}`]),
  ];
}

function cut(text: string): string {
  return text.length <= ERROR_LENGTH ? text : `${text.slice(0, ERROR_LENGTH - 1)}…`;
}

function seconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}
