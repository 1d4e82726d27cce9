import { describe, expect, it } from 'vitest';
import type { Shop } from '../../../src/domain/shop.js';
import { kept } from '../../../src/fetch/kept-answers.js';
import { shopOf } from './fixtures.js';

describe('kept answers', () => {
  const [one, other] = [shopOf(['one.example']), shopOf(['other.example'])];
  const counted = (): { readonly asked: string[]; readonly answer: (shop: Shop, text: string) => string } => {
    const asked: string[] = [];
    const answer = kept((shop: Shop, text: string) => {
      asked.push(text);
      return `${shop.scope.hosts[0]} ${text}`;
    });
    return { asked, answer };
  };

  it('are worked out once, and for each shop by itself', () => {
    const { asked, answer } = counted();
    expect([answer(one, '/a'), answer(one, '/a'), answer(other, '/a')]).toEqual([
      'one.example /a',
      'one.example /a',
      'other.example /a',
    ]);
    expect(asked).toEqual(['/a', '/a']);
  });

  it('stay while they are asked for, however many others come', () => {
    const { asked, answer } = counted();
    for (let at = 0; at < 1500; at += 1) {
      expect(answer(one, `/product/${at}`)).toBe(`one.example /product/${at}`);
      answer(one, '/menu');
    }
    expect(asked.filter((text) => text === '/menu')).toHaveLength(1);
    answer(one, '/product/0');
    expect(asked.filter((text) => text === '/product/0')).toHaveLength(2);
  });

  it('keep what is none, and no text that is long', () => {
    let asked = 0;
    const answer = kept(() => {
      asked += 1;
      return null;
    });
    const long = `/${'x'.repeat(300)}`;
    expect([answer(one, '/a'), answer(one, '/a'), answer(one, long), answer(one, long)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(asked).toBe(3);
  });
});
