/** The two demo shops as a crawler meets them. */
import { gunzipSync } from 'node:zlib';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoShops } from '../../../src/demo/shops.js';
import type { DemoShops, WantedPicture } from '../../../src/demo/shops.js';
import { bytesOverNewConnection, eucJp, targetsIn, textOf, walk } from './read-shop.js';

const COUNT = 60;
const rendered: WantedPicture[] = [];
const renderPicture = (picture: WantedPicture): Promise<Uint8Array> => {
  rendered.push(picture);
  return Promise.resolve(Buffer.from(JSON.stringify(picture)));
};

let demo: DemoShops;
let en: string;
let ja: string;
beforeAll(async () => {
  demo = await startDemoShops({ seed: 3, productsPerShop: COUNT, renderPicture });
  [en = '', ja = ''] = demo.shops.map((shop) => shop.start[0]!.replace(/\/$/, ''));
});
afterAll(() => demo.close());

describe('both shops', () => {
  it('are described so that a crawler can start at once', () => {
    expect(demo.shops.map((shop) => shop.id)).toEqual(['demo-en', 'demo-ja']);
    for (const shop of demo.shops) {
      expect(shop.allowLoopback).toBe(true);
      expect(shop.scope.hosts).toEqual([new URL(shop.start[0]!).host]);
      expect(shop.schedule).toBeNull();
    }
    expect(demo.truth.size).toBe(2 * COUNT);
  });

  it('link to every product, to no dead page, and pages have the size of real ones', async () => {
    for (const origin of [en, ja]) {
      const pages = await walk(origin);
      const products = [...demo.truth.keys()].filter((url) => url.startsWith(origin));
      expect(products).toHaveLength(COUNT);
      for (const url of products) {
        const html = pages.get(url.slice(origin.length));
        expect(html).toBeDefined();
        expect(html!.length).toBeGreaterThan(6_000);
        expect(html!.length).toBeLessThan(60_000);
      }
    }
  });

  it('show each item with its own picture, rendered once', async () => {
    for (const [url, { title }] of [...demo.truth].filter((_, index) => index % 15 === 0)) {
      const html = await textOf(url);
      expect(html).toContain(title.replaceAll('&', '&amp;'));
      const photo = targetsIn(html, 'src').find((target) => /\/(media|photo)\//.test(target))!;
      const first = await fetch(new URL(photo, url));
      expect(first.headers.get('content-type')).toBe('image/jpeg');
      const { look, view } = (await first.json()) as WantedPicture;
      expect({ kind: look.kind, view }).toEqual({ kind: demo.truth.get(url)!.category, view: 0 });
      await (await fetch(new URL(photo, url))).arrayBuffer();
      expect(
        rendered.filter((picture) => picture.look.seed === look.seed && picture.view === 0),
      ).toHaveLength(1);
    }
  });

  it('answer 404 to what they do not have and 405 to what they do not do', async () => {
    for (const target of [
      '/nothing',
      '/c/knitwear?page=99',
      '/list.cgi?cat=%EF%BF%BD',
      '/goods/detail.cgi?no=X',
    ]) {
      expect((await fetch(en + target)).status).toBe(404);
      expect((await fetch(ja + target)).status).toBe(404);
    }
    expect((await fetch(`${en}/`, { method: 'DELETE' })).status).toBe(405);
    const head = await fetch(`${en}/`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('write down who asked for what', async () => {
    const before = demo.accessLog.length;
    await fetch(`${en}/robots.txt`, { headers: { 'user-agent': 'probe/1', 'if-none-match': '"x"' } });
    expect(demo.accessLog[before]).toMatchObject({
      shop: 'demo-en',
      method: 'GET',
      path: '/robots.txt',
      status: 200,
      userAgent: 'probe/1',
      ifNoneMatch: '"x"',
    });
  });
});

describe('the English shop', () => {
  it('forbids the cart and names its sitemap, whose compressed part lists every product', async () => {
    const robots = await textOf(`${en}/robots.txt`);
    expect(robots).toMatch(/^Disallow: \/cart$/m);
    const index = await textOf(/^Sitemap: (.*)$/m.exec(robots)![1]!);
    const [products = ''] = [...index.matchAll(/<loc>(.*?)<\/loc>/g)].map((match) => match[1]!);
    const part = gunzipSync(Buffer.from(await (await fetch(products)).arrayBuffer())).toString();
    const listed = [...part.matchAll(/<loc>(.*?)<\/loc>/g)].map((match) => match[1]!);
    expect(new Set(listed)).toEqual(new Set([...demo.truth.keys()].filter((url) => url.startsWith(en))));
  });

  it('says the same in JSON-LD, og tags and on the page', async () => {
    for (const url of [...demo.truth.keys()].filter((key) => key.startsWith(en)).slice(0, 12)) {
      const html = await textOf(url);
      const blocks = [...html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/g)]
        .map((match) => JSON.parse(match[1]!) as Record<string, unknown>)
        .flatMap((block) => (block['@graph'] as Record<string, unknown>[] | undefined) ?? [block]);
      const product = blocks.find((block) => block['@type'] === 'Product')!;
      const offers = product['offers'] as Record<string, string | number>;
      const price = Number(offers['price']).toFixed(2);
      expect(html).toContain(`<span class="price">$${price}</span>`);
      expect(html).toContain(`product:price:amount" content="${price}"`);
      expect(product['name']).toBe(demo.truth.get(url)!.title);
      expect(blocks.some((block) => block['@type'] === 'BreadcrumbList')).toBe(true);
      expect(html).toContain(`<link rel="canonical" href="${url}">`);
    }
  });

  it('pages its listings with rel=next', async () => {
    const large = await startDemoShops({ seed: 3, productsPerShop: 200, renderPicture });
    const origin = large.shops[0]!.start[0]!.replace(/\/$/, '');
    const pages = [...(await walk(origin))].filter(([, html]) => html.includes('<link rel="next"'));
    expect(pages.length).toBeGreaterThan(2);
    for (const [target, html] of pages) {
      const next = /<link rel="next" href="([^"]+)"/.exec(html)![1]!;
      expect(next).not.toBe(target);
      expect(await textOf(origin + next)).toContain('<link rel="prev"');
    }
    await large.close();
  });
});

describe('the Japanese shop', () => {
  it('has EUC-JP pages without any structured data, with taxed prices', async () => {
    const lists = (await textOf(`${ja}/`)).match(/cat=(%[0-9A-F]{2}[\w.%-]*)/g)!;
    expect(lists).toContain('cat=%A5%CB%A5%C3%A5%C8');
    const all: string[] = [];
    for (const url of [...demo.truth.keys()].filter((key) => key.startsWith(ja))) {
      const html = await textOf(url);
      expect(html).not.toMatch(/ld\+json|og:|itemprop|typeof=/);
      expect(html).toMatch(/<SPAN class="price">(税込 |￥)?[\d,]+(円)?/);
      expect(html).toMatch(/商品番号：[A-Z]{2}-\d+/);
      all.push(html);
    }
    const text = all.join('');
    for (const word of ['円（税込）', '税抜 ', '通常価格 <S', '在庫あり', '残りわずか', '売り切れ']) {
      expect(text).toContain(word);
    }
  });

  it('has neither a sitemap nor entity tags', async () => {
    expect(await textOf(`${ja}/robots.txt`)).not.toMatch(/sitemap/i);
    for (const target of ['/', '/img/logo.png', '/robots.txt']) {
      const response = await fetch(ja + target);
      expect(response.headers.get('etag')).toBeNull();
      expect(response.headers.get('last-modified')).not.toBeNull();
    }
  });
});

describe('the second day', () => {
  it('changes what it says it changes; every other product is 304, and so are pictures', async () => {
    const validators = new Map<string, Record<string, string>>();
    const before = new Map<string, string>();
    for (const url of demo.truth.keys()) {
      const response = await fetch(url);
      const etag = response.headers.get('etag');
      const modified = response.headers.get('last-modified')!;
      validators.set(url, etag === null ? { 'if-modified-since': modified } : { 'if-none-match': etag });
      before.set(url, await textOf(url));
    }
    demo.setDay(2);
    const seen = new Set<string>();
    for (const [url, { change }] of demo.truth) {
      const response = await fetch(url, { headers: validators.get(url)! });
      const expected = change === null ? 304 : change === 'vanished' ? 404 : 200;
      expect([url, response.status]).toEqual([url, expected]);
      const bytes = await response.arrayBuffer();
      if (change === null) continue;
      seen.add(`${url.startsWith(en) ? 'en' : 'ja'} ${change}`);
      if (change !== 'sold-out') continue;
      const html = (url.startsWith(en) ? new TextDecoder() : eucJp).decode(bytes);
      expect(html).toMatch(/Sold out|売り切れ/);
      expect(before.get(url)).not.toMatch(/Sold out|売り切れ<\/FONT>/);
    }
    expect(seen.size).toBe(6);
    for (const [url, html] of [...before].filter((_, index) => index % 20 === 0)) {
      const photo = new URL(
        targetsIn(html, 'src').find((target) => /\/(media|photo)\//.test(target))!,
        url,
      );
      const first = await fetch(photo);
      await first.arrayBuffer();
      const etag = first.headers.get('etag');
      const modified = first.headers.get('last-modified')!;
      const headers = etag === null ? { 'if-modified-since': modified } : { 'if-none-match': etag };
      expect((await fetch(photo, { headers })).status).toBe(304);
    }
    demo.setDay(1);
  });

  it('leaves the vanished item out of listings, which then differ', async () => {
    const [url] = [...demo.truth].find(([key, { change }]) => key.startsWith(ja) && change === 'vanished')!;
    const target = url.slice(ja.length);
    const listings = [...(await walk(ja))].filter(([page]) => page.startsWith('/list.cgi'));
    const [page] = listings.find(([, html]) => targetsIn(html, 'href').includes(target))!;
    const modified = (await fetch(ja + page)).headers.get('last-modified')!;
    demo.setDay(2);
    const response = await fetch(ja + page, { headers: { 'if-modified-since': modified } });
    expect(response.status).toBe(200);
    expect(targetsIn(eucJp.decode(await response.arrayBuffer()), 'href')).not.toContain(target);
    demo.setDay(1);
  });
});

describe('startDemoShops', () => {
  it('gives the same bytes on the same ports', async () => {
    const options = { seed: 9, productsPerShop: 20, renderPicture };
    const first = await startDemoShops(options);
    const urls = [...first.truth.keys()];
    const read = (): Promise<string[]> => Promise.all(urls.map((url) => bytesOverNewConnection(url)));
    const pages = await read();
    await first.close();
    const again = await startDemoShops({ ...options, ports: first.ports });
    expect([...again.truth.keys()]).toEqual(urls);
    expect(await read()).toEqual(pages);
    const busy = startDemoShops({ ...options, ports: first.ports });
    await expect(busy).rejects.toMatchObject({ code: 'busy' });
    await again.close();
  });

  it('sells the pictures of class folders, in turns, and reports folders it cannot place', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pictures-'));
    const files = [
      'dress/a.jpg',
      'dress/b.PNG',
      'dress/notes.txt',
      'pants/c.webp',
      'pants/d.jpg',
      'mystery/e.jpg',
    ];
    for (const file of files) {
      await mkdir(join(folder, file, '..'), { recursive: true });
      await writeFile(join(folder, file), file);
    }
    const categories = new Map([
      ['dress', 'dress'],
      ['pants', 'trousers'],
    ]);
    const options = { seed: 1, renderPicture, picturesFolder: folder };
    const categoryOfFolder = (name: string): string | null => categories.get(name) ?? null;
    const shops = await startDemoShops({ ...options, categoryOfFolder });
    expect(shops.unmappedFolders).toEqual(['mystery']);
    const truths = [...shops.truth.values()].map(({ shop, category, title }) => [shop, category, title]);
    expect(truths).toEqual([
      ['demo-en', 'dress', 'Item 0001'],
      ['demo-en', 'trousers', 'Item 0002'],
      ['demo-ja', 'dress', '商品 0001'],
      ['demo-ja', 'trousers', '商品 0002'],
    ]);
    const bodies: string[] = [];
    for (const url of shops.truth.keys()) {
      const photo = targetsIn(await textOf(url), 'src').find((target) => /\/(media|photo)\//.test(target))!;
      const response = await fetch(new URL(photo, url));
      bodies.push(`${response.headers.get('content-type')} ${await response.text()}`);
    }
    expect(bodies).toEqual([
      'image/jpeg dress/a.jpg',
      'image/webp pants/c.webp',
      'image/png dress/b.PNG',
      'image/jpeg pants/d.jpg',
    ]);
    await shops.close();
    await expect(startDemoShops({ ...options, categoryOfFolder: () => null })).rejects.toMatchObject({
      code: 'not-found',
    });
    await rm(folder, { recursive: true });
  });
});
