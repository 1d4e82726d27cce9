/**
 * A sitemap as large as the protocol allows, streamed: entries a second, and how far the process's memory peaks above
 * what it was before. The file is gzipped, as large ones are, and lists three pictures for each page.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { MAX_SITEMAP_ENTRIES, sitemapEntries } from '../../src/fetch/sitemap-parser.js';
import type { SitemapReport } from '../../src/fetch/sitemap-parser.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const DEFAULT_ROUNDS = 5;
/** What a shop of 50,000 items may add to the process; all entries at once take more. */
const MOST_MIB = 60;

export async function benchSitemap(rounds: number = DEFAULT_ROUNDS): Promise<readonly BenchBar[]> {
  const body = await sitemap();
  console.log(
    `a sitemap of ${MAX_SITEMAP_ENTRIES} entries, ${(body.byteLength / 1024).toFixed(0)} KiB gzipped; ${machineText()}`,
  );
  const before = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const rates: number[] = [];
  let most = before;
  for (let round = 0; round < rounds; round += 1) {
    const report: SitemapReport = { entries: 0, skipped: 0, images: 0, stopped: null };
    const start = performance.now();
    let listed = 0;
    for await (const batch of sitemapEntries(body, report)) {
      listed += batch.length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    if (listed !== MAX_SITEMAP_ENTRIES) throw new Error(`${listed} entries were read: ${report.stopped}`);
    rates.push(listed / ((performance.now() - start) / 1000));
  }
  const cpuSeconds = cpuMsSince(cpu) / 1000;
  const peak = (most - before) / 1024 ** 2;
  console.log(`${median(rates).toFixed(0)} entries/s (slowest ${Math.min(...rates).toFixed(0)})`);
  console.log(`${((rounds * MAX_SITEMAP_ENTRIES) / cpuSeconds).toFixed(0)} entries per second of CPU`);
  console.log(`peak RSS ${(most / 1024 ** 2).toFixed(0)} MiB`);
  const what = 'MiB of memory more than before, at the highest';
  const bar: BenchBar = { what, measured: peak, required: MOST_MIB, atMost: true };
  console.log(barText(bar));
  return [bar];
}

/** Piece by piece: what is left of making it would hide what reading it takes. */
function sitemap(): Promise<Uint8Array> {
  return buffer(Readable.from(pieces()).pipe(createGzip()));
}

function* pieces(): Generator<string> {
  const image = (n: number, i: number): string =>
    `<image:image><image:loc>https://cdn.shop.example/pictures/${n}-${i}.jpg</image:loc></image:image>`;
  yield '<?xml version="1.0" encoding="UTF-8"?><urlset>';
  for (let n = 0; n < MAX_SITEMAP_ENTRIES; n += 1) {
    const images = [0, 1, 2].map((i) => image(n, i)).join('');
    yield `<url><loc>https://shop.example/products/item-${n}?color=navy&amp;size=m</loc><lastmod>2026-02-01T10:00:00+09:00</lastmod>${images}</url>\n`;
  }
  yield '</urlset>';
}
