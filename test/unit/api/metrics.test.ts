import { expect, it } from 'vitest';
import { Metrics } from '../../../src/api/metrics.js';
import type { MetricSources } from '../../../src/api/metrics.js';
import type { CatalogueStats, ShopState } from '../../../src/domain/browse.js';

const STATS: CatalogueStats = {
  items: 1,
  vanished: 0,
  undecided: 0,
  labels: 0,
  picturesWanted: 0,
  picturesWaiting: 0,
  textsWaiting: 0,
  picturesRefused: 0,
  picturesQuarantined: 0,
  model: null,
};
const AT = '2026-01-01T00:00:10Z';

function metrics(shop: Partial<ShopState>, lastBackup: number | null): Promise<string> {
  const sources: MetricSources = {
    stats: async () => STATS,
    shops: async () => [
      { shop: 'moda', items: 1, pagesWaiting: 0, unknownShare: null, health: null, ...shop } as ShopState,
    ],
    stages: () => [],
    waitingForReview: async () => 0,
    isConfigInForce: () => true,
    hasRoom: () => true,
    lastBackup: () => lastBackup,
    renewal: () => null,
  };
  return new Metrics('1.0.0', sources).text();
}

it('say when a shop was last crawled with success, and when the last backup was made', async () => {
  const text = await metrics({ lastRun: AT, lastSuccess: AT }, Date.parse(AT));
  const seconds = Date.parse(AT) / 1000;
  expect(text).toContain(`fashiond_shop_last_success_timestamp_seconds{shop="moda"} ${seconds}\n`);
  expect(text).toContain(`fashiond_last_backup_timestamp_seconds ${seconds}\n`);
  const before = await metrics({ lastRun: AT, lastSuccess: null }, null);
  expect(before).toMatch(/^fashiond_shop_last_run_timestamp_seconds\{shop="moda"\} \d+$/m);
  expect(before).not.toMatch(/^fashiond_(shop_last_success|last_backup)_timestamp_seconds.* \d+$/m);
});
