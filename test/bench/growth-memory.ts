/**
 * Memory of a process that opens a store and reads of it as the daemon does; prints its resident megabytes. A process of its
 * own, as one that did something else before holds memory of that.
 */
import type { ProductId } from '../../src/domain/ids.js';
import { createLog } from '../../src/platform/log.js';
import { openReaders } from '../../src/store/browse/readers.js';
import { openStore } from '../../src/store/store.js';
import { EVERY_ITEM } from '../support/every-item.js';

const [path = '', items = '1'] = process.argv.slice(2);
const store = openStore(path, {
  log: createLog({ level: 'error', format: 'auto', destination: process.stderr }),
});
const reads = openReaders(path);
for (let nth = 0; nth < 1000; nth += 1) store.browse.item((1 + ((nth * 7919) % Number(items))) as ProductId);
for (let nth = 0; nth < 20; nth += 1) await reads.list(EVERY_ITEM, 50, null);
await reads.review(20, new Set());
await reads.facets();
await reads.shops();
console.log(process.memoryUsage.rss() / 1e6);
await reads.close();
store.close();
