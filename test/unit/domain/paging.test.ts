import { describe, expect, it } from 'vitest';
import { furtherPagesOf } from '../../../src/domain/paging.js';

const shop = 'https://moda.example';

const isFurtherPage = (from: string, link: string): boolean => furtherPagesOf(from)(link);

describe('furtherPagesOf', () => {
  it.each([
    ['/sweaters', '/sweaters?page=2'],
    ['/sweaters?page=2', '/sweaters?page=3'],
    ['/sweaters?page=2', '/sweaters?page=1'],
    ['/sweaters?sort=new', '/sweaters?sort=new&p=2'],
    ['/sweaters?p=9&sort=new', '/sweaters?p=10&sort=new'],
    ['/sweaters/', '/sweaters/page/2/'],
    ['/sweaters/page/2/', '/sweaters/page/3'],
    ['/sweaters/p2', '/sweaters/p3'],
    ['/sweaters', '/sweaters/page-2'],
    ['/list.cgi?cat=%A5%CB%A5%C3%A5%C8', '/list.cgi?cat=%A5%CB%A5%C3%A5%C8&page=2'],
    ['/s?offset=40', '/s?offset=60'],
    ['/s?pageNo=1', '/s?pageNo=2'],
  ])('%s leads to %s', (from, to) => {
    expect(isFurtherPage(shop + from, shop + to)).toBe(true);
  });

  it.each([
    ['/sweaters', '/sweaters'],
    ['/sweaters?page=2', '/sweaters?page=2'],
    // Back to the first page is a step like any other: it is known.
    ['/sweaters?page=2', '/sweaters'],
    ['/sweaters', '/beanies?page=2'],
    ['/sweaters?sort=new', '/sweaters?sort=price&page=2'],
    ['/sweaters', '/sweaters/17'],
    ['/sweaters/17', '/sweaters/18'],
    ['/2031/05/17', '/2031/05/18'],
    ['/p/17', '/p/18'],
    ['/products/p-17-red', '/products/p-18-red'],
    ['/s?from=tokyo', '/s?from=osaka'],
    ['/s', '/s?page=all'],
  ])('%s does not lead to %s', (from, to) => {
    expect(isFurtherPage(shop + from, shop + to)).toBe(false);
  });

  it('is no link to another shop', () => {
    expect(isFurtherPage(`${shop}/sweaters`, 'https://other.example/sweaters?page=2')).toBe(false);
  });
});
