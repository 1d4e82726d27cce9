/** The view of feeds: how each was read last. */
import { iso } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

export const feedView: ViewDoc = {
  name: 'v_feeds',
  doc: 'Product feeds of the shops, and how each was read last.',
  columns: {
    shop: "the shop's id",
    url: 'address of the feed',
    active: '1 while the shop file names it',
    read_at: 'when it was last read, ISO 8601 UTC, or NULL',
    visited_at: 'when it was last visited, read or unchanged or neither, or NULL',
    items: 'rows of the last reading that are items',
    skipped: 'rows of it that are none',
    missing: 'items that the feed lacks and that are not confirmed gone yet',
    problem:
      'why it could not be read, why reading stopped, or why the first row was skipped; NULL without any',
  },
  types: {
    boolean: ['active'],
    time: ['read_at', 'visited_at'],
    integer: ['items', 'skipped', 'missing'],
  },
  select: `
SELECT s.key AS shop, f.url, f.active, ${iso('f.read_at')} AS read_at, ${iso('f.visited_at')} AS visited_at,
  f.items, f.skipped,
  (SELECT count(*) FROM feed_items i WHERE i.feed_id = f.id AND i.gone_count = 1) AS missing, f.problem
FROM feeds f JOIN shops s ON s.id = f.shop_id`,
};
