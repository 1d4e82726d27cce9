/** The review as the API and the forms of the page answer it, over a real store. */
import { describe, expect, it } from 'vitest';
import type { ReviewStore } from '../../../src/domain/review.js';
import { workbench } from '../store/builders.js';
import { far, pictureOf, showItems } from '../store/pictured-items.js';
import { serveStore } from './served-store.js';

const bench = workbench();
const standing = (reviews: ReviewStore) =>
  reviews.labels(100, null).filter(({ withdrawnAt }) => withdrawnAt === null);

const form = (fields: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  redirect: 'manual',
});

describe('an answer', () => {
  it('that is none of ours is refused, not a fault', async () => {
    const store = showItems(bench.open(), [{ sweater: 0.6, phash: far(0) }]);
    const url = await serveStore(store);
    const refused = await fetch(`${url}/review`, form({ items: '1', answer: 'foo' }));
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('answer')]);
    expect(standing(store.reviews)).toEqual([]);
  });

  it('of a bad picture marks the own picture of each item that was meant, once', async () => {
    // The last two show the same bytes.
    const shown = [0, 1, 2, 2].map((picture) => ({ sweater: 0.6, phash: far(0), picture }));
    const store = showItems(bench.open(), shown);
    const url = await serveStore(store);
    const [question] = store.reviews.queue(1);
    const items = [question!.product, ...question!.alike];
    expect(items).toHaveLength(4);
    const response = await fetch(`${url}/v1/labels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items, verdict: 'bad-picture', picture: question!.picture }),
    });
    const { labels } = (await response.json()) as { labels: { picture: string; product: null }[] };
    expect(labels.map(({ picture }) => picture)).toEqual([0, 1, 2].map(pictureOf));
    expect(store.reviews.queue(5)).toEqual([]);
    expect(store.reviews.waiting()).toBe(0);
  });

  it('of a bad picture is about items that there are', async () => {
    const url = await serveStore(showItems(bench.open(), [{ sweater: 0.6, phash: far(0) }]));
    const response = await fetch(`${url}/v1/labels`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [1, 99], verdict: 'bad-picture', picture: pictureOf(0) }),
    });
    expect(response.status).toBe(404);
  });

  it('passes over a large group of items alike, and all that was passed over stays away', async () => {
    const alike = Array.from({ length: 300 }, () => ({ sweater: 0.6, phash: far(0), picture: 0 }));
    const store = showItems(bench.open(), [...alike, { sweater: 0.7, phash: far(2) }]);
    const url = await serveStore(store);
    const page = await (await fetch(`${url}/review`)).text();
    const field = (name: string): string =>
      new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
    const skipped = await fetch(`${url}/review`, form({ items: field('items'), answer: 'skip' }));
    expect(skipped.status).toBe(303);
    const next = await (await fetch(url + skipped.headers.get('location'))).text();
    expect(next).toContain('data-item="301"');
    expect(next).not.toContain('data-item="1"');
  });
});

describe('without script', () => {
  const items = [0, 1].map((index) => ({ sweater: 0.6, phash: far(0), picture: index }));
  const undoForm = (page: string): Record<string, string> | null => {
    const [, whole = ''] =
      /<form method="post" action="\/labels\/withdraw"[^>]*>([\s\S]*?)<\/form>/.exec(page) ?? [];
    if (whole === '' || /<button[^>]* disabled/.test(whole)) return null;
    return Object.fromEntries(
      [...whole.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
  };

  it('the last answer is taken back by a button of the next page, with all that it was about', async () => {
    const store = showItems(bench.open(), items);
    const url = await serveStore(store);
    expect(undoForm(await (await fetch(`${url}/review`)).text())).toBeNull();
    const answered = await fetch(`${url}/review`, form({ items: '1,2', answer: 'category:beanie' }));
    expect(standing(store.reviews)).toHaveLength(2);
    const undo = undoForm(await (await fetch(url + answered.headers.get('location'))).text());
    expect(undo).toEqual({ labels: '1,2', to: '/review' });
    const back = await fetch(`${url}/labels/withdraw`, form(undo!));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/review']);
    expect(standing(store.reviews)).toEqual([]);
    // Twice is as once.
    expect((await fetch(`${url}/labels/withdraw`, form(undo!))).status).toBe(303);
  });

  it('an item shows what was said of it and of its pictures, and takes it back', async () => {
    const store = showItems(bench.open(), items);
    const url = await serveStore(store);
    const page = async () => (await fetch(`${url}/items/1`)).text();
    expect(undoForm(await page())).toBeNull();
    await fetch(`${url}/items/1/label`, form({ category: 'beanie', verdict: 'category' }));
    await fetch(`${url}/review`, form({ items: '1', answer: 'bad-picture', picture: pictureOf(0) }));
    expect(await page()).toMatch(/Bad picture[\s\S]*Beanies[\s\S]*local/);
    for (const label of ['2', '1']) {
      const undo = undoForm(await page());
      expect(undo).toEqual({ labels: label, to: '/items/1' });
      await fetch(`${url}/labels/withdraw`, form(undo!));
    }
    expect(undoForm(await page())).toBeNull();
    expect(standing(store.reviews)).toEqual([]);
  });
});
