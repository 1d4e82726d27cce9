/**
 * Feeds of every format -> items, in batches, as a stream: memory does not grow with the feed. What is no item is
 * counted and skipped; a feed that breaks off yields what came before and says so in the report.
 */
import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../domain/errors.js';
import type { FeedFormat, FeedItem, FeedReport } from '../../domain/feed.js';
import type { FeedDocument, FeedReader } from '../../domain/feed-ports.js';
import { assembleProduct } from './assemble.js';
import { feedItem } from './feed-item.js';
import type { RowContext } from './feed-item.js';
import { feedText } from './feed-text.js';
import { jsonLineRows } from './json-rows.js';
import { isRow } from './row.js';
import type { FoundRow } from './row.js';
import { shopifyItems, wooCommerceItems } from './shop-platform.js';
import { delimiterOf, tableRows } from './table-rows.js';
import { xmlRows } from './xml-rows.js';

type Found = FeedItem | { readonly fault: string };

/** Items of one batch; a batch is one transaction, and nothing else runs while it does. */
const BATCH = 100;

export const feedReader: FeedReader = { items, assemble: assembleProduct };

async function* items(feed: FeedDocument, report: FeedReport): AsyncGenerator<readonly FeedItem[]> {
  const context: RowContext = { hints: feed.hints, base: feed.url, now: feed.now };
  let batch: FeedItem[] = [];
  try {
    for await (const found of foundItems(feed, context)) {
      for (const item of found) {
        if ('fault' in item) {
          report.skipped += 1;
          report.firstFault ??= item.fault;
          continue;
        }
        report.items += 1;
        batch.push(item);
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
        // A large feed must not hold up everything else on the thread.
        await setImmediate();
      }
    }
  } catch (error) {
    report.stopped = messageOf(error);
  }
  if (batch.length > 0) yield batch;
}

async function* foundItems(feed: FeedDocument, context: RowContext): AsyncGenerator<readonly Found[]> {
  const text = feedText(feed);
  if (feed.format === 'shopify-json' || feed.format === 'woocommerce-json') {
    const json: unknown = JSON.parse((await wholeText(text)).replace(/^\ufeff/, ''));
    yield feed.format === 'shopify-json' ? shopifyItems(json, context) : wooCommerceItems(json, context);
    return;
  }
  for await (const rows of rowsOf(text, feed.format)) {
    yield rows.map((row) => (isRow(row) ? feedItem(row, context) : row));
  }
}

async function* rowsOf(
  text: AsyncGenerator<string>,
  format: FeedFormat | null,
): AsyncGenerator<readonly FoundRow[]> {
  let head = await headOf(text, /\S/);
  const known = format ?? formatOf(head);
  // A table's first line tells what its columns are set apart by.
  if (known === 'csv' && !/[\r\n]/.test(head.trimStart())) head += await headOf(text, /[\r\n]/);
  const all = async function* all(): AsyncGenerator<string> {
    yield head;
    yield* text;
  };
  switch (known) {
    case 'google-xml':
      return yield* xmlRows(all());
    case 'json-lines':
      return yield* jsonLineRows(all());
    case 'tsv':
      return yield* tableRows(all(), '\t');
    default:
      return yield* tableRows(all(), delimiterOf(head.trimStart()));
  }
}

/** Up to and with the part that holds what is looked for. Joined once: a feed may be one line of many megabytes. */
async function headOf(text: AsyncGenerator<string>, wanted: RegExp): Promise<string> {
  const parts: string[] = [];
  for (let found = false; !found;) {
    const next = await text.next();
    if (next.done === true) break;
    parts.push(next.value);
    found = wanted.test(next.value);
  }
  return parts.join('');
}

function formatOf(head: string): FeedFormat {
  const start = head.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('<')) return 'google-xml';
  return /^[{[]/.test(start) ? 'json-lines' : 'csv';
}

async function wholeText(text: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const part of text) parts.push(part);
  return parts.join('');
}
