import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/extract/read-page.js';
import type { Product } from '../../../src/domain/product.js';

/** What is read from a page without structured data. */
function productOf(body: string): Product | null {
  const html = `<html lang="ja"><head><title>Moda</title></head><body>${body}</body></html>`;
  const hints = { currency: 'JPY', language: 'ja', selectors: {} };
  const facts = { url: 'https://moda.example/here', contentType: 'text/html; charset=utf-8', hints };
  return readPage(new TextEncoder().encode(html), facts).product;
}

const card = (name: string): string =>
  `<article class="card"><a href="/p/${name}"><img src="/i/${name}.jpg" width="280" height="280" alt="${name}"></a>
   <h3><a href="/p/${name}">${name}</a></h3><p class="price">¥3,980</p><p class="stock">在庫あり</p></article>`;

const page = (picture: string, title = 'トートバッグ'): string =>
  `<h1>${title}</h1><div class="gallery"><img src="${picture}" width="400" height="400" alt=""></div>
   <p class="price">¥3,980</p><button>カートに入れる</button>`;

describe('a list', () => {
  it.each([0, 1, 2, 3])('of %d items is no product', (count) => {
    const cards = ['tote', 'clutch', 'pouch'].slice(0, count).map(card).join('');
    expect(productOf(`<main><h1>バッグ</h1><p>2 / 2</p><div class="grid">${cards}</div></main>`)).toBeNull();
  });

  it('of one item without a heading is no product', () => {
    const cell = `<td><a href="/p/tote"><img src="/i/tote.jpg" width="140" height="140" alt="トート"></a><br>
      <a href="/p/tote">トート</a><br><span class="price">税込 3,980円</span><br>在庫あり</td>`;
    expect(productOf(`<h1>バッグ</h1><table><tr>${cell}</tr></table>`)).toBeNull();
  });

  it('is not what a picture with a larger view makes of a sold-out product', () => {
    const cell = `<td><a href="/zoom/tote"><img src="/i/tote.jpg" width="300" height="300" alt=""></a><br>
      <a href="/zoom/tote">拡大する</a></td><td><span class="price">税込 3,980円</span><br>在庫切れ</td>`;
    expect(productOf(`<h1>トート</h1><table><tr>${cell}</tr></table>`)?.title).toBe('トート');
  });

  it('of one related item does not hide the product of the page', () => {
    expect(productOf(`${page('/i/tote.jpg')}<div class="grid">${card('clutch')}</div>`)?.title).toBe(
      'トートバッグ',
    );
  });
});

describe('a picture', () => {
  it.each([
    ['/i/BG-1003.jpg', 1],
    ['/i/bg_100345_2.jpg', 1],
    ['/bg-wide/tote.jpg', 1],
    ['/i/bg_01.jpg', 0],
    ['/i/bg-main.jpg', 0],
    ['/i/title.png', 0],
  ])('%s counts %d times', (source, count) => {
    expect(productOf(page(source))?.images).toHaveLength(count);
  });
});

describe('a trail', () => {
  it.each([
    ['ホーム > バッグ > ≪SALE≫ トートバッグ', ['バッグ']],
    ['ホーム ≫ バッグ ≫ 革 ≫ トートバッグ', ['バッグ', '革']],
    ['ホーム ≫ ≪SALE≫ ≫ トートバッグ', ['≪SALE≫']],
    ['ホーム » バッグ » トートバッグ', ['バッグ']],
  ])('%s', (trail, names) => {
    expect(productOf(`<div class="breadcrumb">${trail}</div>${page('/i/tote.jpg')}`)?.breadcrumbs).toEqual(
      names,
    );
  });
});
