import { describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Shop } from '../../../src/domain/shop.js';
import { claimedAtOnce, leaseFor } from '../../../src/pipeline/claims.js';

const shop = (delayMs: number, concurrency: number): Shop => ({
  id: 'a' as ShopId,
  name: 'A',
  start: [],
  sitemaps: [],
  feeds: [],
  scope: { hosts: [], imageHosts: [], include: [], exclude: [], maxDepth: 2, maxPages: 10 },
  urls: { dropParameters: [], keepParameters: null },
  schedule: null,
  timezone: 'UTC',
  pace: { delayMs, concurrency },
  language: null,
  currency: null,
  selectors: {},
  allowLoopback: true,
});

describe('a lease', () => {
  it.each([
    [1000, 2],
    [1000, 16],
    [90_000, 8],
  ])('outlasts the wait of the last claimed URL at a pace of %d ms by %d', (delayMs, concurrency) => {
    const leaseMs = 300_000;
    const slow = shop(delayMs, concurrency);
    for (const robotsDelayMs of [0, 30_000]) {
      const waitMs = (claimedAtOnce(slow) - 1) * Math.max(delayMs, robotsDelayMs);
      expect(leaseFor(slow, { leaseMs, maxCrawlDelayMs: 30_000 })).toBeGreaterThan(waitMs + leaseMs);
    }
  });
});
