import { describe, expect, it } from 'vitest';
import { readPage } from '../../../src/extract/read-page.js';

/** The prices of a page by the paths that they stand beside. */
function listed(body: string, lang = 'en'): Record<string, string> {
  const page = `<!DOCTYPE html><html lang="${lang}"><meta charset="utf-8"><title>All</title><body>${body}</body></html>`;
  const facts = {
    url: 'https://moda.example/list',
    contentType: 'text/html',
    hints: { currency: null, language: null, selectors: {} },
  };
  const { listed: found = [] } = readPage(Buffer.from(page), facts);
  return Object.fromEntries(
    found.map(({ url, price }) => [new URL(url).pathname, `${price.currency} ${price.minor}`]),
  );
}

const card = (n: number, price: string): string =>
  `<li class="card"><a href="/p/${n}"><img src="/${n}.png" alt=""></a><h3><a href="/p/${n}">Item ${n}</a></h3>${price}</li>`;

describe('a listing', () => {
  it('says what each of its items costs, the price and not what it was reduced from', () => {
    const cards = [card(1, '<p>EUR 12.50</p>'), card(2, '<p><del>EUR 30.00</del> <b>EUR 24.00</b></p>')];
    expect(listed(`<ul>${cards.join('')}</ul>`)).toEqual({ '/p/1': 'EUR 1250', '/p/2': 'EUR 2400' });
  });

  it('of a Japanese shop, in a table of links', () => {
    const row = (n: number, price: string): string =>
      `<tr><td><a href="/p/${n}">ニット</a></td><td>${price}円(税込)</td></tr>`;
    expect(listed(`<table>${row(1, '3,900')}${row(2, '１２，０００')}</table>`, 'ja')).toEqual({
      '/p/1': 'JPY 3900',
      '/p/2': 'JPY 12000',
    });
  });

  it('gives no link the price of another, and none where there is none', () => {
    const menu = '<nav><a href="/new">New in 2031</a><a href="/sale">Up to 50 % off</a></nav>';
    const cards = `<ul>${card(1, '')}${card(2, '<p>EUR 9.00</p>')}</ul>`;
    expect(listed(`${menu}${cards}<p>Delivery EUR 4.90</p>`)).toEqual({ '/p/2': 'EUR 900' });
  });
});
