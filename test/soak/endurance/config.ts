/** The daemon of an endurance run as it is configured: nothing is spared, and each run visits every page. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { OpenShops } from './shops-process.js';

/** Pictures a second that a new model sees again. */
const RENEWAL_RATE = 40;

/** Writes it into `folder`, and returns the path of its main file. */
export function writeConfig(folder: string, { origins, hostile }: OpenShops): string {
  mkdirSync(join(folder, 'shops'));
  const everyMinute = { schedule: '* * * * *', allow_loopback: true };
  const shops = [
    ...origins.map((origin, at) => ({
      id: `shop-${at}`,
      name: `Shop ${at}`,
      start: [`${origin}/`],
      feeds: [{ url: `${origin}/feed.tsv` }],
      // Their navigation leads to thousands of pages that they do not have.
      scope: { include: ['^/$', '^/items/'] },
      pace: { delay: '0s', concurrency: 4 },
      ...everyMinute,
    })),
    {
      id: 'hostile',
      name: 'Hostile',
      start: hostile.start,
      scope: { hosts: hostile.hosts },
      pace: { delay: '0s', concurrency: 4 },
      ...everyMinute,
    },
  ];
  for (const shop of shops) writeFileSync(join(folder, 'shops', `${shop.id}.yaml`), stringify(shop));
  const config = join(folder, 'fashiond.yaml');
  const settings = {
    shops: ['shops/*.yaml'],
    // Every run visits every page, however short a time ago the last visit was.
    crawl: { revisit_min: '1ms', revisit_max: '1ms' },
    fetch: { pages_in_flight: 12, timeout: '5s', attempts: 2, backoff: '100ms' },
    api: { listen: '127.0.0.1:0', rate: 1000, burst: 1000 },
    model: { renewal_rate: RENEWAL_RATE },
    log: { format: 'json' },
  };
  writeFileSync(config, stringify(settings));
  return config;
}
