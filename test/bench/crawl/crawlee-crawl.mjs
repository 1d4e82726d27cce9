/**
 * Reads ten fields from the JSON-LD of product pages with Crawlee's CheerioCrawler, its storage in memory. Arguments: a
 * folder with node_modules/crawlee, and a file with one address a line. Prints what scrapy-crawl.py prints.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [folder, addresses] = process.argv.slice(2);
const requireThere = createRequire(join(resolve(folder), 'package.json'));
const { CheerioCrawler, Configuration, log, LogLevel } = requireThere('crawlee');
const { version } = requireThere('crawlee/package.json');
log.setLevel(LogLevel.ERROR);

let pages = 0;
const crawler = new CheerioCrawler(
  {
    maxConcurrency: 64,
    minConcurrency: 16,
    maxRequestRetries: 0,
    // Sessions stand for people; a crawler that says who it is needs none.
    useSessionPool: false,
    requestHandler: ({ $, request }) => {
      const data = JSON.parse($('script[type="application/ld+json"]').first().text());
      const item = {
        title: data.name,
        sku: data.sku,
        mpn: data.mpn,
        gtin: data.gtin13,
        brand: data.brand.name,
        description: data.description,
        images: data.image.map((image) => new URL(image, request.loadedUrl).href),
        price: data.offers.price,
        currency: data.offers.priceCurrency,
        availability: data.offers.availability,
      };
      if (Object.values(item).every(Boolean)) pages += 1;
    },
  },
  new Configuration({ persistStorage: false, availableMemoryRatio: 0.75 }),
);
let memory = 0;
const sampler = setInterval(() => (memory = Math.max(memory, process.memoryUsage.rss())), 200);
const urls = readFileSync(addresses, 'utf8').trim().split('\n');
const cpu = process.cpuUsage();
const startedAt = performance.now();
await crawler.run(urls);
const { user, system } = process.cpuUsage(cpu);
const seconds = (performance.now() - startedAt) / 1000;
clearInterval(sampler);
process.stdout.write(
  `${JSON.stringify({ version, pages, seconds, cpuMs: (user + system) / 1000, memory })}\n`,
);
process.exit();
