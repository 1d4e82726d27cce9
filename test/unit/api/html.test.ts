import { describe, expect, it } from 'vitest';
import type { PricePoint } from '../../../src/domain/browse.js';
import { cardHtml } from '../../../src/api/web/card-html.js';
import { html, outward } from '../../../src/api/web/html.js';
import { pricePlot } from '../../../src/api/web/price-plot.js';
import type { View } from '../../../src/api/web/view.js';

describe('a template', () => {
  it('takes what is put in for text, and only its own HTML for HTML', () => {
    const hostile = `"><script>alert('1')</script>&`;
    const inner = html`<b>${hostile}</b>`;
    expect(html`<p title="${hostile}">${inner}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
        '<b>&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</b></p>',
    );
    expect(html`${['<', html`<i></i>`, null, false, undefined, 0]}`.text).toBe('&lt;<i></i>0');
  });

  it('leads out by http only', () => {
    expect(outward('https://shop.example/a')).toBe('https://shop.example/a');
    for (const url of ['javascript:alert(1)', ' javascript:alert(1)', 'data:text/html,x', '//shop.example']) {
      expect(outward(url)).toBe('#');
    }
  });
});

describe('the plot of prices', () => {
  const view = {
    words: { history: 'History' },
    money: (money: { minor: number }) => `${money.minor}`,
    day: (iso: string) => iso.slice(0, 10),
  } as unknown as View;
  const at = (
    day: number,
    minor: number | null,
    availability: PricePoint['availability'] = 'in-stock',
  ): PricePoint => ({
    at: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`,
    price: minor === null ? null : { minor, currency: 'EUR' },
    listPrice: null,
    availability,
  });
  const xs = (text: string) =>
    [...text.matchAll(/d="M([\d.]+) [\d.]+H([\d.]+)"/g)].map((found) => [Number(found[1]), Number(found[2])]);

  it('draws a step for each price, as long as it stood, and gaps where there was none', () => {
    const history = [at(1, 5000), at(6, 4000), at(9, null), at(10, 3000, 'sold-out')];
    const { text } = pricePlot(view, history, Date.parse('2026-01-11T00:00:00Z'))!;
    // Three steps of 5, 3 and 1 of 10 days, and the jump from the first to the second price.
    expect(xs(text)).toEqual([
      [8, 500],
      [500, 795.2],
      [893.6, 992],
    ]);
    expect(text.match(/M500\.0 [\d.]+V[\d.]+/g)).toHaveLength(1);
    expect(text).toMatch(/2026-01-01.*2026-01-11/s);
    expect(text).toContain('aria-label="History: 5000 → 3000"');
    expect(text.match(/class="line out"/g)).toHaveLength(1);
  });

  it('is not there without a price', () => {
    expect(pricePlot(view, [at(1, null)], 0)).toBeNull();
  });
});

describe('a model card', () => {
  it('shows as headings, lists, tables and code, with all text escaped', () => {
    const card =
      '# Model <x>\n\nOne\nline, `--flag`.\n\n- first\n  goes on\n- second\n\n| a | b |\n|---|---|\n| 1 | <b> |\n';
    const text = cardHtml(card).text.replaceAll(/>\s+/g, '>').replaceAll(/\s+</g, '<');
    expect(text).toContain('<h3>Model &lt;x&gt;</h3><p>One line,<code>--flag</code>.</p>');
    expect(text).toContain('<li>first goes on</li><li>second</li>');
    expect(text).toContain('<th scope="col">b</th></tr></thead><tbody><tr><td>1</td><td>&lt;b&gt;</td></tr>');
  });
});
