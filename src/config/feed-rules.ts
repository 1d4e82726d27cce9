/** What a schema cannot say about the feeds of a shop. */
import type { ShopFile } from './schema.js';

/** Reports one broken rule at a key of the shop file. */
type Report = (path: readonly PropertyKey[], message: string, hint: string | null) => void;

export function checkFeeds(shop: ShopFile, report: Report): void {
  const seen = new Set<string>();
  for (const [index, { url: text, encoding, format }] of shop.feeds.entries()) {
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      report(['feeds', index, 'url'], `expected an http or https address, got ${url.protocol}`, null);
    } else if (url.username !== '' || url.password !== '') {
      report(['feeds', index, 'url'], 'an address must not carry a user name or password', null);
    } else if (seen.has(text)) {
      report(['feeds', index, 'url'], 'the shop names this feed twice', 'leave one of them out');
    }
    seen.add(text);
    if (encoding !== null && !isEncoding(encoding)) {
      report(
        ['feeds', index, 'encoding'],
        `unknown encoding ${encoding}`,
        'such as utf-8, shift_jis or euc-jp',
      );
    }
    if (format === 'shopify-json' && shop.currency === null) {
      report(['feeds', index, 'format'], 'this format names no currency', 'add currency: to the shop file');
    }
  }
}

function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}
