/** The API over a crawled catalogue: each endpoint answers what the document says, and the document is OpenAPI 3.1. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { DocumentedApi } from '../support/documented-api.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { tinyVariant, writeTinyModelTo } from '../support/tiny-network.js';
import { serveCatalogue } from '../support/served-catalogue.js';
import type { ServedCatalogue } from '../support/served-catalogue.js';
import { picture, smallItems } from '../support/small-shop.js';

let served: ServedCatalogue;
let api: DocumentedApi;
beforeAll(async () => {
  served = await serveCatalogue();
  api = await DocumentedApi.of(served.url);
}, 120_000);
afterAll(() => served.close());
const call: DocumentedApi['call'] = (operationId, asked) => api.call(operationId, asked);

/** Pages are visited in no certain order, so items are numbered in none. */
async function numberOf(sku: string): Promise<number> {
  const { body } = await call('listItems', { query: { q: sku } });
  return (body as { items: { id: number }[] }).items[0]!.id;
}

const jpegOf = (number: number) => picture(smallItems(20)[number - 1]!);
const json = (value: unknown) => ({ body: JSON.stringify(value), type: 'application/json' });

describe('the document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(api.document) as never);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(JSON.stringify(api.document)).toContain('"openapi":"3.1.1"');
  });

  it('names each operation and every parameter of its path', () => {
    const names = api.operations().map(({ operationId }) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { path, parameters } of api.operations()) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(named);
    }
  });
});

describe('the API', () => {
  it('lists items by filter, page after page', async () => {
    const ids: number[] = [];
    let next: string | null = null;
    do {
      const query: Record<string, string> = { limit: '4', ...(next === null ? {} : { after: next }) };
      const page: { items: { id: number }[]; next: string | null } = (await call('listItems', { query }))
        .body;
      ids.push(...page.items.map(({ id }) => id));
      ({ next } = page);
    } while (next !== null);
    expect(ids.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    const titles = async (query: Record<string, string>) =>
      ((await call('listItems', { query })).body as { items: { title: string }[] }).items.map(
        ({ title }) => title,
      );
    const beanies = await titles({ category: 'beanie' });
    expect(beanies.toSorted()).toEqual(['Item 2 of this shop', 'Item 5 of this shop', 'Item 8 of this shop']);
    expect(await titles({ category: 'beanie', order: 'cheapest', currency: 'EUR', limit: '2' })).toEqual([
      'Item 2 of this shop',
      'Item 5 of this shop',
    ]);
    expect(await titles({ maxPrice: '22.74', currency: 'EUR', order: 'dearest' })).toEqual([
      'Item 3 of this shop',
      'Item 2 of this shop',
      'Item 1 of this shop',
    ]);
    expect(await titles({ q: 'S7' })).toEqual(['Item 7 of this shop']);
    expect(await titles({ q: '100%_' })).toEqual([]);
    expect(await titles({ shop: 'small', inStock: 'true', category: 'unknown' })).toEqual([]);
  });

  it('shows an item whole, its history and its picture', async () => {
    const id = await numberOf('S1');
    const detail: {
      picture: string;
      price: Record<string, unknown>;
      history: Record<string, unknown>[];
      pictures: string[];
    } = (await call('readItem', { path: { id } })).body;
    expect(detail.price).toEqual({ amount: '20.00', minor: 2000, currency: 'EUR' });
    expect(detail.history).toMatchObject([{ price: { minor: 2000 }, availability: 'in-stock' }]);
    const { history }: { history: Record<string, unknown>[] } = (await call('readHistory', { path: { id } }))
      .body;
    expect(history).toEqual(detail.history);
    const shown = await call('readPicture', { path: { sha256: detail.picture }, query: { width: '160' } });
    expect((shown.body as Buffer).subarray(8, 12).toString()).toBe('WEBP');
    await call('readItem', { path: { id: 999 } });
    await call('readPicture', { path: { sha256: 'a'.repeat(64) } });
  });

  it('finds lookalikes of an item and of a picture, and cheaper ones only where asked', async () => {
    type Found = { category: string | null; results: { item: { id: number; price: { minor: number } } }[] };
    const id = await numberOf('S8');
    const all: Found = (await call('similarToItem', { path: { id } })).body;
    expect(all.results).toHaveLength(8);
    const cheaper: Found = (await call('similarToItem', { path: { id }, query: { cheaper: 'true' } })).body;
    expect(cheaper.category).toBe('beanie');
    const price = (await call('readItem', { path: { id } })).body as { price: { minor: number } };
    expect(cheaper.results.length).toBeGreaterThan(0);
    for (const { item } of cheaper.results) expect(item.price.minor).toBeLessThan(price.price.minor);
    const body = await jpegOf(5);
    const seen: Found = (await call('similarToPicture', { body, type: 'image/png', query: { limit: '1' } }))
      .body;
    expect(seen.results).toHaveLength(1);
    const form = new FormData();
    form.set('picture', new Blob([body]), '../../etc/passwd');
    const sent: Found = (await call('similarToPicture', { body: form, query: { limit: '1' } })).body;
    expect(sent.results).toEqual(seen.results);
    await call('similarToPicture', { body, type: 'image/png', query: { cheaper: 'true' } });
    await call('similarToItem', { path: { id: 999 } });
  });

  it('keeps lookalikes to each filter', async () => {
    type Found = { results: { item: { id: number; sku: string }; score: number }[] };
    const id = await numberOf('S8');
    const found = async (query: Record<string, string>) =>
      ((await call('similarToItem', { path: { id }, query })).body as Found).results;
    const skus = async (query: Record<string, string>) =>
      (await found(query)).map(({ item }) => item.sku).toSorted();
    const all = await found({});
    expect(await skus({ minPrice: '22', maxPrice: '25' })).toEqual(['S3', 'S4']);
    expect(await skus({ minPrice: '22.74', category: 'beanie' })).toEqual(['S5']);
    expect(await skus({ shop: 'small', currency: 'EUR' })).toHaveLength(8);
    for (const none of [{ currency: 'JPY' }, { shop: 'other' }, { brand: 'Nordlys' }])
      expect(await skus(none)).toEqual([]);
    const least = all[3]!.score;
    expect((await found({ minScore: String(least) })).map(({ score }) => score)).toEqual(
      all.map(({ score }) => score).filter((score) => score >= least),
    );
    const shown = await Promise.all(
      all.map(async ({ item }) => (await call('readItem', { path: { id: item.id } })).body),
    );
    const named = (shown as { sku: string; palette: { name: string }[] }[]).map(({ sku, palette }) => ({
      sku,
      colour: palette[0]!.name,
    }));
    const { colour } = named.find(({ sku }) => sku === 'S1')!;
    const alike = named.filter((one) => one.colour === colour).map(({ sku }) => sku);
    expect(alike.length).toBeLessThan(8);
    expect(await skus({ colour })).toEqual(alike.toSorted());
  });

  it('exports the items that pass the filters, in each format', async () => {
    const query = { category: 'beanie', inStock: 'true' };
    const exported = async (format: string) =>
      (await call('exportItems', { query: { ...query, format } })).body as Buffer;
    const { items }: { items: { id: number; title: string }[] } = (await call('listItems', { query })).body;
    const titles = items.map(({ title }) => title).toReversed();
    expect(titles.length).toBeGreaterThan(1);
    const csv = parse<{ title: string }>(await exported('csv'), { columns: true });
    expect(csv.map(({ title }) => title)).toEqual(titles);
    const lines = (await exported('jsonl')).toString().trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { title: string }).title)).toEqual(titles);
    // Each ends whole, not by chance.
    for (let again = 0; again < 20; again += 1)
      expect(await exported('jsonl')).toHaveLength(lines.join('\n').length + 1);
    const { buffer, byteOffset, byteLength } = await exported('parquet');
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    expect((await parquetReadObjects({ file })).map(({ title }) => title as string)).toEqual(titles);
    await call('exportItems', { query: { format: 'xlsx' } });
  });

  it('exports to so many at once, and takes the place of one that leaves', async () => {
    const begin = () => fetch(`${served.url}/v1/export?format=jsonl`);
    const answers = await Promise.all([begin(), begin(), begin(), begin()]);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]!.headers.get('retry-after')).toBe('5');
    await Promise.all(answers.map(async ({ body }) => body?.cancel()));
    await expect.poll(async () => (await begin()).status, { timeout: 20_000 }).toBe(200);
  });

  it('classifies a picture', async () => {
    const { picture: seen }: { picture: { best: string } } = (
      await call('classify', { body: await jpegOf(2), type: 'image/png' })
    ).body;
    expect(seen.best).toBe('beanie');
    await call('classify', { body: new FormData() });
  });

  it('tells of categories, shops, runs, models and counts', async () => {
    const { categories }: { categories: { id: string; items: number }[] } = (await call('listCategories'))
      .body;
    expect(categories.filter(({ items }) => items > 0).map(({ id, items }) => [id, items])).toEqual([
      ['sweater', 3],
      ['shorts', 3],
      ['beanie', 3],
    ]);
    expect((await call('listShops')).body).toMatchObject({
      shops: [{ shop: 'small', items: 9, health: 'green' }],
    });
    await call('readShop', { path: { shop: 'small' } });
    await call('readShop', { path: { shop: 'nowhere' } });
    expect((await call('listRuns', { query: { shop: 'small' } })).body).toMatchObject({
      runs: [{ status: 'finished' }],
    });
    expect((await call('listModels')).body).toMatchObject({ models: [{ role: 'current', pictures: 9 }] });
    expect((await call('readModel', { path: { model: 'current' } })).body).toMatchObject({
      role: 'current',
      events: [{ step: 'registered', by: 'config' }],
    });
    await call('readModel', { path: { model: 'nowhere' } });
    expect((await call('readStats')).body).toMatchObject({ items: 9, picturesWaiting: 0 });
  });

  it('takes a label, which changes the item at once, and takes it back', async () => {
    const queue: { waiting: number; questions: { item: { id: number }; picture: string; sample: string }[] } =
      (await call('readReviewQueue', { query: { limit: '5' } })).body;
    expect(queue.waiting).toBe(9);
    const { item, picture: seen, sample } = queue.questions[0]!;
    const before = (await call('readItem', { path: { id: item.id } })).body as { category: string };
    const said = before.category === 'shorts' ? 'sweater' : 'shorts';
    const answer = { items: [item.id], verdict: 'category', category: said, picture: seen, sample };
    const { labels }: { labels: { id: number; by: string }[] } = (await call('addLabels', json(answer))).body;
    expect(labels).toMatchObject([{ by: 'local', category: said, withdrawnAt: null }]);
    const changed = await call('readItem', { path: { id: item.id } });
    expect(changed.body).toMatchObject({ category: said, decidedBy: 'person', evidence: { by: 'person' } });
    const like = await call('similarToItem', {
      path: { id: item.id === 1 ? 2 : 1 },
      query: { category: said },
    });
    expect(
      (like.body as { results: { item: { id: number } }[] }).results.map((one) => one.item.id),
    ).toContain(item.id);
    expect((await call('readReviewQueue')).body).toMatchObject({ waiting: 8 });
    await call('withdrawLabel', { path: { id: labels[0]!.id } });
    await call('withdrawLabel', { path: { id: labels[0]!.id } });
    expect((await call('readItem', { path: { id: item.id } })).body).toEqual(before);
    expect((await call('listLabels')).body).toMatchObject({ labels: [{ withdrawnAt: expect.any(String) }] });
    await call('addLabels', json({ ...answer, items: [999] }));
  });

  it(
    'promotes a model past a gate that is against it only by force, and rolls it back',
    { timeout: 120_000 },
    async () => {
      const { models } = served.app.store;
      const folder = await writeTinyModelTo(join(temporaryFolder(), 'next'), { network: tinyVariant(1) });
      const { manifest } = await loadModelFolder(folder);
      const { fingerprint } = models.addCandidate(
        { manifest, path: folder },
        { kind: 'imported', by: 'test' },
      );
      const check = {
        name: 'precision',
        passed: false,
        candidate: 0.8,
        required: 0.95,
        says: '0.8, floor 0.95',
      };
      const against = models.current()!.fingerprint;
      models.recordGate(
        fingerprint,
        { against, passed: false, checks: [check], data: 'test', pictures: 9 },
        'test',
      );
      const path = { model: fingerprint };
      expect((await call('promoteModel', { path, ...json({}) })).body).toMatchObject({
        status: 409,
        detail: expect.stringContaining('0.8, floor 0.95'),
        gate: { checks: [{ candidate: 0.8, required: 0.95 }] },
      });
      expect(models.current()!.fingerprint).toBe(against);
      const begun = (await call('promoteModel', { path, ...json({ force: true, note: 'a try' }) })).body;
      // One change at a time.
      expect((await call('rollBackModel', json({}))).status).toBe(409);
      expect(await ended(begun)).toMatchObject({ step: 'done', model: fingerprint, problem: null });
      const { events } = (await call('readModel', { path: { model: 'current' } })).body as {
        events: Record<string, unknown>[];
      };
      expect(events[0]).toMatchObject({ step: 'forced', model: fingerprint, note: 'a try', by: 'local' });
      expect((await call('listModels')).body).toMatchObject({
        change: { step: 'done' },
        renewal: { items: 9 },
      });
      expect((await call('promoteModel', { path, ...json({}) })).status).toBe(409);
      const stale = await call('rollBackModel', json({ to: fingerprint }));
      expect(stale.body).toMatchObject({ status: 409, detail: expect.stringContaining('not the previous') });
      expect(await ended((await call('rollBackModel', json({ to: against }))).body)).toMatchObject({
        step: 'done',
      });
      expect(models.current()!.fingerprint).toBe(against);
      await call('readModelChange', { path: { id: 99 } });
      await call('promoteModel', { path: { model: 'nowhere' }, ...json({}) });
    },
  );

  async function ended({ id }: { readonly id: number }): Promise<Record<string, unknown>> {
    for (;;) {
      const change = (await call('readModelChange', { path: { id } })).body as Record<string, unknown>;
      if (change['endedAt'] !== null) return change;
      await sleep(50);
    }
  }

  it.each([
    ['listItems', { query: { colour: 'red' } }, /colour/],
    ['listItems', { query: { limit: '0' } }, /limit/],
    ['listItems', { query: { after: 'bm9uc2Vuc2U' } }, /cursor/],
    ['listItems', { query: { category: 'spaceship' } }, /spaceship/],
    ['listItems', { query: { maxPrice: '5' } }, /currency/],
    ['listItems', { query: { order: 'cheapest' } }, /currency/],
    ['similarToItem', { path: { id: 1 }, query: { minPrice: '9', maxPrice: '5' } }, /from 9 to 5/],
    ['similarToItem', { path: { id: 1 }, query: { cheaper: 'true', currency: 'JPY' } }, /EUR, not in JPY/],
    ['similarToItem', { path: { id: 1 }, query: { colour: 'octarine' } }, /colour/],
    ['readItem', { path: { id: 'one' } }, /id/],
    ['addLabels', json({ items: [1], verdict: 'category' }), /category/],
    ['addLabels', { body: '{', type: 'application/json' }, /JSON/],
  ] as const)('says of %s %j what is wrong', async (operation, asked, message) => {
    const { status, body } = await call(operation, asked);
    expect([status, (body as { detail: string }).detail]).toEqual([400, expect.stringMatching(message)]);
  });

  it('was asked for every operation that the document names, and answered each well', () => {
    for (const { operationId, responses } of api.operations()) {
      expect(api.called).toContain(
        `${operationId} ${Object.keys(responses).find((status) => status < '300')}`,
      );
    }
  });

  it('tells Prometheus and the probes how it is', async () => {
    const text = await (await fetch(`${served.url}/metrics`)).text();
    expect(text).toMatch(/^fashiond_items 9$/m);
    expect(text).toMatch(/^fashiond_renewal_items_waiting \d$/m);
    expect(text).toMatch(/^fashiond_shop_health\{shop="small",level="green"\} 1$/m);
    expect(text).toMatch(
      /^fashiond_http_request_duration_seconds_count\{route="\/v1\/items\/:id",method="GET",status="200"\}/m,
    );
    expect(text).toMatch(/^fashiond_stage_calls_total\{stage="fetch pages"\} 1\d$/m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    for (const probe of ['healthy', 'ready']) {
      expect((await fetch(`${served.url}/-/${probe}`, { headers: { host: 'probe' } })).status).toBe(200);
    }
  });
});
