/** The verdict on a run: every rule at its border, in words, against what is usual and against nothing. */
import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../../src/config/schema.js';
import type { Finding, RunHealth, RunMeasures, WatchedField } from '../../../../src/domain/health.js';
import { WATCHED_FIELDS } from '../../../../src/domain/health.js';
import { isNoChance, tailBound } from '../../../../src/store/health/chance.js';
import { judge } from '../../../../src/store/health/judge.js';

const limits = configSchema.parse({}).health;
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 4, 10);
const PAGES = 200;

/** Pages that show a field; all of them where nothing is said. */
function found(missing: Partial<Record<WatchedField, number>> = {}, pages = PAGES): RunMeasures['found'] {
  const pairs = WATCHED_FIELDS.map((field) => [field, pages - (missing[field] ?? 0)]);
  return Object.fromEntries(pairs) as RunMeasures['found'];
}

function run(differs: Partial<RunMeasures> = {}): RunMeasures {
  return {
    startedAt: NOW,
    endedAt: NOW + 1000,
    failure: null,
    outcomes: { read: PAGES + 20 },
    productPages: PAGES,
    lost: 0,
    found: found(),
    encodingGuesses: 0,
    brokenMarkup: 0,
    items: PAGES,
    oldestSeen: NOW,
    decided: PAGES,
    unknown: 40,
    feeds: [],
    refusedLinks: [],
    ...differs,
  };
}

const USUAL = [run({ items: 210 }), run({ items: 190 }), run()];
const verdict = (
  differs: Partial<RunMeasures>,
  usual: readonly RunMeasures[] = USUAL,
  before: readonly Finding[] = [],
): RunHealth => judge(run(differs), usual, before, limits);
/** Level and words, without the time. */
const said = (health: RunHealth): string[] => health.findings.map(({ level, what }) => `${level}: ${what}`);

describe('a run like those before', () => {
  it('is green', () => {
    expect(verdict({})).toEqual({ level: 'green', findings: [] });
    expect(verdict({}, [])).toEqual({ level: 'green', findings: [] });
  });

  it('is green with ordinary variation', () => {
    const varied = {
      items: 182,
      outcomes: { read: 60, unchanged: 130, gone: 18, timeout: 6, throttled: 3, robots: 2, scope: 4 },
      found: found({ brand: 12, sku: 3, price: 5, currency: 5, availability: 9 }),
      lost: 2,
      unknown: 55,
      brokenMarkup: 3,
    };
    expect(verdict(varied)).toEqual({ level: 'green', findings: [] });
  });
});

describe('a run that is not', () => {
  it.each<readonly [string, Partial<RunMeasures>, readonly string[]]>([
    ['some items', { items: 160 }, ['yellow: items: 160 on sale, usually 200']],
    ['half the items', { items: 100 }, ['red: items: 100 on sale, usually 200']],
    [
      'many pages that are gone',
      { outcomes: { read: 80, gone: 20 } },
      ['yellow: 20 of 100 pages are gone, usually 0 %'],
    ],
    [
      'half the pages gone, though few were visited',
      { outcomes: { read: 20, gone: 20 } },
      ['red: 20 of 40 pages are gone, usually 0 %'],
    ],
    ['no item', { items: 0 }, ['red: no item is on sale']],
    ['too many items', { items: 401 }, ['yellow: items: 401 on sale, usually 200']],
    [
      'prices on fewer pages',
      { found: found({ price: 30 }) },
      ['yellow: price: found on 85 % of 200 product pages, usually 100 %'],
    ],
    [
      'no prices',
      { found: found({ price: PAGES, currency: PAGES }) },
      [
        'red: price: found on 0 % of 200 product pages, usually 100 %',
        'red: currency: found on 0 % of 200 product pages, usually 100 %',
      ],
    ],
    [
      'one price left',
      { productPages: 300, found: found({ price: 299 }, 300) },
      ['red: price: found on under 1 % of 300 product pages, usually 100 %'],
    ],
    [
      'pages that are products no longer',
      { lost: 30, found: found({ title: 10 }) },
      ['yellow: 30 of 200 product pages no longer read as products, usually 0 %'],
    ],
    [
      'errors',
      { outcomes: { read: 150, 'server-error': 30, timeout: 45 } },
      ['yellow: errors: 75 of 225 visits (timeout 45, server-error 30), usually 0 %'],
    ],
    [
      'throttling alone',
      {
        outcomes: { throttled: 20 },
        failure: '20 failed requests in a row',
        productPages: 0,
        found: found({}, 0),
      },
      [
        'red: the run failed: 20 failed requests in a row',
        'red: errors: 20 of 20 visits (throttled 20), usually 0 %',
      ],
    ],
    [
      'a robots.txt that forbids most',
      { outcomes: { read: 20, robots: 200 } },
      ['red: robots.txt forbids 200 of 220 pages, usually 0 %'],
    ],
    [
      'categories that nobody knows',
      { unknown: 180 },
      ['red: unknown category: 90 % of 200 decided items, usually 20 %'],
    ],
    [
      'pages in another encoding than they claim',
      { encodingGuesses: 220 },
      ['yellow: encoding: 220 pages are not in the one they claim, of 220 read, usually 0 %'],
    ],
    ['broken markup', { brokenMarkup: 110 }, ['yellow: broken markup: 110 pages of 220 read, usually 0 %']],
    [
      'an item nobody has looked at',
      { oldestSeen: NOW - 31 * DAY },
      ['yellow: an item was last seen on 2026-04-09'],
    ],
  ])('%s', (_, differs, expected) => {
    const health = verdict(differs);
    expect(said(health)).toEqual(expected);
    expect(health.level).toBe(expected[0]!.startsWith('red') ? 'red' : 'yellow');
  });

  it('is compared with the median: one odd run among the usual changes nothing', () => {
    const odd = run({ items: 20, found: found({ price: PAGES }) });
    expect(verdict({}, [...USUAL, odd]).level).toBe('green');
    expect(verdict({ items: 100 }, [...USUAL, odd]).level).toBe('red');
  });

  it('does not complain of what the shop never had', () => {
    const without = {
      found: found({ brand: PAGES, breadcrumbs: PAGES }),
      outcomes: { read: 100, robots: 100 },
    };
    expect(verdict(without, [run(without)]).level).toBe('green');
    expect(verdict(without, []).level).toBe('green');
  });
});

describe('a first run', () => {
  it.each<readonly [string, Partial<RunMeasures>, readonly string[]]>([
    ['without items', { items: 0, productPages: 0, found: found({}, 0) }, ['red: no item is on sale']],
    ['without prices', { found: found({ price: 150 }) }, ['red: price: found on 25 % of 200 product pages']],
    [
      'that robots.txt forbids',
      { outcomes: { robots: 9 }, failure: 'no page could be visited', items: 0, productPages: 0 },
      ['red: the run failed: no page could be visited', 'red: robots.txt forbids 9 of 9 pages'],
    ],
    ['of errors', { outcomes: { read: 50, dns: 50 } }, ['red: errors: 50 of 100 visits (dns 50)']],
    ['of unknown things', { unknown: 190 }, ['yellow: unknown category: 95 % of 200 decided items']],
  ])('%s', (_, differs, expected) => {
    expect(said(verdict(differs, []))).toEqual(expected);
  });
});

describe('since when', () => {
  const bare = { found: found({ price: PAGES }) };
  const first = verdict({ ...bare, startedAt: NOW - 3 * DAY });
  const code = 'field:price';

  it('is the first run in a row', () => {
    expect(first.findings).toMatchObject([{ code, since: NOW - 3 * DAY }]);
    expect(verdict(bare, USUAL, first.findings).findings).toMatchObject([{ code, since: NOW - 3 * DAY }]);
    expect(verdict(bare, USUAL, []).findings).toMatchObject([{ code, since: NOW }]);
  });

  it('is the first red run, not the first yellow one', () => {
    const yellow = verdict({ found: found({ price: 30 }), startedAt: NOW - DAY });
    expect(yellow.level).toBe('yellow');
    expect(verdict(bare, USUAL, yellow.findings).findings).toMatchObject([{ level: 'red', since: NOW }]);
    expect(verdict({ found: found({ price: 30 }) }, USUAL, first.findings).findings).toMatchObject([
      { level: 'yellow', since: NOW - 3 * DAY },
    ]);
  });

  it('is kept over a run that saw no product page', () => {
    const silent = { outcomes: { timeout: 20 }, failure: 'silence', productPages: 0, found: found({}, 0) };
    const between = verdict(silent, USUAL, first.findings);
    expect(between.findings).toContainEqual(first.findings[0]);
    expect(verdict(bare, USUAL, between.findings).findings).toMatchObject([{ code, since: NOW - 3 * DAY }]);
    expect(verdict({}, USUAL, between.findings).level).toBe('green');
  });
});

describe('chance', () => {
  it('is bounded as the binomial distribution says', () => {
    /** P(X <= k), summed term by term. */
    const exact = (k: number, n: number, p: number): number => {
      let term = (1 - p) ** n;
      let sum = term;
      for (let i = 0; i < k; i += 1) {
        term *= ((n - i) / (i + 1)) * (p / (1 - p));
        sum += term;
      }
      return sum;
    };
    assert(
      property(integer({ min: 1, max: 60 }), double({ min: 0.05, max: 0.95, noNaN: true }), (n, p) => {
        for (let k = 0; k / n < p; k += 1) {
          expect(tailBound(k / n, n, p)).toBeGreaterThanOrEqual(exact(k, n, p) - 1e-12);
        }
        expect(tailBound(0, n, p)).toBeCloseTo((1 - p) ** n, 12);
      }),
    );
  });

  it('explains two of three, and not none of three', () => {
    expect(isNoChance(2 / 3, 3, 0.95)).toBe(false);
    expect(isNoChance(0, 3, 1)).toBe(true);
    expect(isNoChance(0, 1, 1)).toBe(false);
    expect(said(verdict({ productPages: 3, found: found({ brand: 1 }, 3) }))).toEqual([]);
  });
});

describe('feeds', () => {
  const feed = (name: string, outcome: 'read' | 'broken' | 'failed', problem: string | null = null) => ({
    url: `https://a.example/${name}`,
    outcome,
    problem,
  });

  it('that were read are no finding', () => {
    expect(said(verdict({ feeds: [feed('all', 'read'), feed('sale', 'read', 'row 7 has no id')] }))).toEqual(
      [],
    );
  });

  it('are red where not one could be read, however well the pages are', () => {
    const feeds = [feed('all', 'failed', 'server-error: HTTP 500'), feed('sale', 'broken', 'no item in it')];
    expect(said(verdict({ feeds }))).toEqual([
      'red: feed https://a.example/all was not read: server-error: HTTP 500',
      'yellow: feed https://a.example/sale was not read to its end: no item in it',
    ]);
  });

  it('are yellow beside one that was read, each since its own first time', () => {
    const feeds = [feed('all', 'read'), feed('sale', 'failed', 'gone: HTTP 404')];
    const before = verdict({ feeds }, USUAL).findings;
    const next = judge(run({ feeds, startedAt: NOW + DAY }), USUAL, before, limits);
    expect(next).toMatchObject({
      level: 'yellow',
      findings: [{ code: 'feed:https://a.example/sale', since: NOW }],
    });
  });
});

describe('links that the guards keep out', () => {
  const refusedLinks = (guard: 'depth' | 'pattern', links: number) => [
    { guard, links, example: 'https://a.example/2031/05/17' },
  ];

  it('are as they are in a first run, and where they are usual', () => {
    const some = { refusedLinks: refusedLinks('depth', 150) };
    expect(said(verdict(some, []))).toEqual([]);
    expect(said(verdict(some, [run(some), run(some), run(some)]))).toEqual([]);
  });

  it('are yellow where they have become many', () => {
    expect(said(verdict({ refusedLinks: refusedLinks('depth', 150) }))).toEqual([
      'yellow: links not followed: 150 (depth 150), such as https://a.example/2031/05/17',
    ]);
  });

  it('are yellow wherever a pattern is full, since items may hide behind it', () => {
    expect(said(verdict({ refusedLinks: refusedLinks('pattern', 1) }, []))).toEqual([
      'yellow: links not followed: 1 (pattern 1), such as https://a.example/2031/05/17',
    ]);
  });
});
