import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runCommand } from '../../support/run-command.js';
import { startShopServer } from '../../support/shop-server.js';
import type { ShopServer } from '../../support/shop-server.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();

function saved(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const PAGE = `<!doctype html><html lang="en-US"><head><title>Felt Hat | Brim</title>
<script type="application/ld+json">{"@type":"Product","name":"Felt Hat","sku":"FH-1","brand":{"name":"Brim"},
"image":"/i/hat.jpg","offers":{"@type":"Offer","price":"59.00","priceCurrency":"USD",
"availability":"https://schema.org/InStock"}}</script></head>
<body><h1>Felt Hat</h1><div class="info"><p class="price">$49.00</p><p class="code-line"><b>Lot</b> <i>QX/9</i></p>
<p class="mk">Montecarlo Works</p></div><button disabled>Sold out</button></body></html>`;

interface Output {
  readonly url: string;
  readonly product: Record<string, unknown> | null;
  readonly why: string | null;
  readonly sources: Record<string, { source: string; confidence: number }>;
  readonly missing: readonly string[];
  readonly contradictions: readonly { field: string; values: readonly { source: string; value: string }[] }[];
  readonly warnings: readonly string[];
  readonly fetch: Record<string, unknown> | null;
  readonly timing: Record<string, number | null>;
  readonly suggestions?: Record<string, string | null>;
}

async function inspectJson(...args: string[]): Promise<{ code: number; err: string; json: Output }> {
  const { code, out, err } = await runCommand('inspect', ...args, '--json');
  return { code, err, json: JSON.parse(out) as Output };
}

describe('inspect of a file', () => {
  test('names the fields as schema.org does, each with source and confidence', async () => {
    const { code, json } = await inspectJson(saved('hat.html', PAGE), '--url', 'https://brim.example/hat');
    expect(code).toBe(0);
    expect(json.product).toEqual({
      name: 'Felt Hat',
      sku: 'FH-1',
      gtin: null,
      mpn: null,
      brand: 'Brim',
      description: null,
      images: ['https://brim.example/i/hat.jpg'],
      breadcrumbs: [],
      offers: [{ price: '59.00', priceCurrency: 'USD', listPrice: null, availability: 'InStock' }],
      variants: [],
    });
    expect(json.sources['price']).toEqual({ source: 'json-ld', confidence: expect.any(Number) });
    expect(Object.keys(json.sources).sort()).toEqual([
      'availability',
      'brand',
      'images',
      'name',
      'price',
      'priceCurrency',
      'sku',
    ]);
    expect(json.missing).toEqual(['gtin', 'mpn', 'breadcrumbs', 'description']);
    expect(json.fetch).toBeNull();
  });

  test('reports what the page says against its own markup', async () => {
    const { json } = await inspectJson(saved('hat.html', PAGE), '--url', 'https://brim.example/hat');
    expect(json.contradictions).toEqual([
      {
        field: 'price',
        values: [
          { source: 'json-ld', value: 'USD 59.00' },
          { source: 'page', value: 'USD 49.00' },
        ],
      },
      {
        field: 'availability',
        values: [
          { source: 'json-ld', value: 'in-stock' },
          { source: 'page', value: 'sold-out' },
        ],
      },
    ]);
  });

  test('says why a page is none of a product', async () => {
    const { code, json } = await inspectJson(saved('about.html', '<h1>About us</h1><p>Since 1988.</p>'));
    expect(code).toBe(0);
    expect(json.product).toBeNull();
    expect(json.why).toMatch(/lacks a price.*, a control to order with/);
    expect(json.warnings[0]).toMatch(/--url/);
  });

  test('keeps a product without a price, and never guesses a currency', async () => {
    const page = `<html><h1>Linen Scarf</h1><div class="price">49.90</div><button>Add to cart</button></html>`;
    const { json } = await inspectJson(
      saved(
        'scarf.html',
        `<meta property="og:type" content="product"><meta property="og:title" content="Linen Scarf">${page}`,
      ),
    );
    expect(json.product?.['offers']).toEqual([
      { price: null, priceCurrency: null, listPrice: null, availability: 'InStock' },
    ]);
    expect(json.missing).toEqual(expect.arrayContaining(['price', 'priceCurrency']));
    expect(json.warnings).toContain('price: no currency for "49.90"');
  });

  test('takes selectors and currency of a shop file', async () => {
    const shop = saved(
      'brim.yaml',
      stringify({
        id: 'brim',
        name: 'Brim',
        start: ['https://brim.example/'],
        currency: 'CAD',
        selectors: { brand: '.mk', price: '.price' },
      }),
    );
    const { json } = await inspectJson(
      saved('hat.html', PAGE),
      '--url',
      'https://brim.example/hat',
      '--shop',
      shop,
    );
    expect(json.product).toMatchObject({ brand: 'Montecarlo Works' });
    expect(json.sources['brand']).toEqual({ source: 'selector', confidence: 0.99 });
  });

  test('is readable for people', async () => {
    const { out } = await runCommand('inspect', saved('hat.html', PAGE), '--url', 'https://brim.example/hat');
    expect(out).toMatch(/name +Felt Hat +json-ld +0\.95/);
    expect(out).toMatch(/^missing: gtin, mpn, breadcrumbs, description$/m);
    expect(out).toMatch(/^contradiction: price: json-ld says USD 59\.00, page says USD 49\.00$/m);
    expect(out).toMatch(/^read in \d+ ms/m);
  });
});

describe('inspect --suggest', () => {
  test('proposes selectors that read as expected, and none for what is read already', async () => {
    const expected = saved(
      'expected.json',
      JSON.stringify({ name: 'Felt Hat', brand: 'Montecarlo Works', sku: 'QX/9' }),
    );
    const { json } = await inspectJson(
      saved('hat.html', PAGE),
      '--url',
      'https://brim.example/hat',
      '--suggest',
      expected,
      '--expect',
      'price=49',
      'gtin=4006381333931',
    );
    expect(json.suggestions).toEqual({
      brand: '.mk',
      sku: 'b:contains("Lot") + i',
      price: '.price',
      gtin: null,
    });
    const shop = saved(
      'suggested.yaml',
      stringify({
        id: 'brim',
        name: 'Brim',
        start: ['https://brim.example/'],
        selectors: {
          brand: json.suggestions?.['brand'],
          sku: json.suggestions?.['sku'],
          price: json.suggestions?.['price'],
        },
      }),
    );
    const again = await inspectJson(
      saved('hat.html', PAGE),
      '--url',
      'https://brim.example/hat',
      '--shop',
      shop,
    );
    expect(again.json.product).toMatchObject({
      brand: 'Montecarlo Works',
      sku: 'QX/9',
      offers: [{ price: '49.00', priceCurrency: 'USD' }],
    });
  });

  test.each([
    [['--expect', 'prize=4'], /prize is no field[^]*price/],
    [['--expect', 'price'], /has no value/],
    [['--suggest', join(folder, 'none.json')], /none\.json/],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await runCommand('inspect', saved('hat.html', PAGE), ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
  });
});

describe('inspect of an address', () => {
  let server: ShopServer;
  beforeAll(async () => {
    server = await startShopServer({
      '/hat': { headers: { 'content-type': 'text/html' }, body: PAGE },
      '/private/hat': { body: PAGE },
      '/robots.txt': { body: 'User-agent: *\nDisallow: /private/' },
    });
  });
  afterAll(async () => server.close());

  test('asks once, after robots.txt, and says so', async () => {
    const { code, json } = await inspectJson(`${server.origin}/hat`);
    expect(code).toBe(0);
    expect(json.product).toMatchObject({ name: 'Felt Hat' });
    expect(json.fetch).toMatchObject({ robots: 'allowed', scope: 'no shop given', fault: null });
    expect(json.timing['fetch']).toBeGreaterThan(0);
    expect(server.paths()).toEqual(['/hat']);
  });

  test('does not fetch what robots.txt forbids', async () => {
    const { code, err, json } = await inspectJson(`${server.origin}/private/hat`);
    expect(code).toBe(1);
    expect(json).toMatchObject({
      product: null,
      why: 'not fetched: robots',
      fetch: { robots: 'disallowed' },
    });
    expect(err).toMatch(/not fetched: robots/);
    expect(server.paths()).not.toContain('/private/hat');
  });

  test('says when a page is out of the scope of its shop', async () => {
    const shop = saved(
      'scoped.yaml',
      stringify({
        id: 'scoped',
        name: 'S',
        start: [`${server.origin}/`],
        scope: { include: ['^/x/'] },
        allow_loopback: true,
      }),
    );
    const { code, json } = await inspectJson(`${server.origin}/hat`, '--shop', shop);
    expect(code).toBe(1);
    expect(json.fetch).toMatchObject({ scope: 'out of scope', robots: 'not asked' });
  });

  test.each([
    [['https://shop.example/hat'], 2, /must be able to reach you[^]*contact/],
    [['http://'], 2, /no address/],
    [[join(folder, 'none.html')], 1, /none\.html[^]*saved page/],
    [[join(folder, 'hat.html'), '--url', 'brim'], 2, /brim is no address/],
  ])('refuses %j', async (args, code, message) => {
    const result = await runCommand('inspect', ...args);
    expect({ code: result.code, err: result.err }).toEqual({ code, err: expect.stringMatching(message) });
  });
});
