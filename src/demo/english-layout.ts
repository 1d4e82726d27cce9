/** The frame around every page of the English shop: head, navigation, footer, styles and scripts. */
import type { Random } from '../platform/random.js';
import { escapeHtml } from './site.js';

export interface PageFrame {
  readonly origin: string;
  readonly title: string;
  readonly canonical: string;
  readonly sections: readonly string[];
  /** Further elements of the head: og tags, rel=next, JSON-LD. */
  readonly head: string;
  readonly body: string;
}

export function sectionTitle(section: string): string {
  const words = section.replaceAll('-', ' and ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function framePage(page: PageFrame): string {
  const links = page.sections
    .map(
      (section) =>
        `<li class="nav__item"><a class="nav__link" href="/c/${section}">${sectionTitle(section)}</a></li>`,
    )
    .join('\n        ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(page.title)} | Harbour Lane Clothing</title>
  <link rel="canonical" href="${page.canonical}">
  <link rel="icon" href="/static/favicon.svg">
  ${page.head}
  <style>${STYLES}</style>
</head>
<body>
  <a class="skip" href="#main">Skip to content</a>
  <div class="announcement" role="region">Free delivery on orders over $75. Returns within 30 days, from $0.</div>
  <header class="site-header">
    <a class="logo" href="/"><img src="/static/logo.png" width="180" height="40" alt="Harbour Lane Clothing"></a>
    <form class="search" action="/search" method="get"><input name="q" placeholder="Search sweaters, hats, bags"></form>
    <nav class="nav" aria-label="Main">
      <ul class="nav__list">
        ${links}
        <li class="nav__item"><a class="nav__link" href="/cart">Cart (0)</a></li>
      </ul>
    </nav>
  </header>
  <main id="main">
${page.body}
  </main>
  <footer class="site-footer">
    <div class="footer__column"><h2>Help</h2><ul><li><a href="/pages/delivery">Delivery</a></li><li><a href="/pages/returns">Returns</a></li><li><a href="/pages/sizes">Size guide</a></li></ul></div>
    <div class="footer__column"><h2>About us</h2><p>Harbour Lane is a small shop that sells knitwear, dresses and everything that goes with them. Gift cards from $25.</p></div>
    <div class="footer__column"><h2>Newsletter</h2><p>Ten percent off your first order over $50 when you sign up.</p></div>
    <p class="legal">Prices include tax where it applies. All items are subject to availability.</p>
  </footer>
  <script>${SCRIPT}</script>
</body>
</html>
`;
}

const STYLES = Object.entries({
  ':root': '--ink:#22262a;--paper:#fbfaf7;--accent:#7b2d26;--line:#d9d5cc;--space:8px',
  body: 'margin:0;font:16px/1.5 Georgia,serif;color:var(--ink);background:var(--paper)',
  '.skip': 'position:absolute;left:-999px',
  '.announcement': 'background:var(--ink);color:var(--paper);text-align:center;padding:6px 0;font-size:14px',
  '.site-header':
    'display:grid;grid-template-columns:200px 1fr auto;gap:24px;padding:16px 32px;border-bottom:1px solid var(--line)',
  '.nav__list': 'display:flex;gap:20px;list-style:none;margin:0;padding:0',
  '.nav__link': 'color:inherit;text-decoration:none;letter-spacing:.04em',
  '.nav__link:hover,.nav__link:focus': 'border-bottom:2px solid var(--accent)',
  '.breadcrumbs ol': 'display:flex;gap:8px;list-style:none;padding:0;font-size:14px;color:#666',
  '.product':
    'display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:48px;max-width:1200px;margin:0 auto;padding:32px',
  '.product__gallery img': 'width:100%;height:auto;background:#eee',
  '.product__title': 'font-size:32px;line-height:1.2;margin:0 0 12px',
  '.price': 'font-size:24px',
  '.price--was': 'color:#888;text-decoration:line-through;margin-left:12px',
  '.stock--sold-out': 'color:var(--accent);font-weight:bold',
  '.button':
    'display:inline-block;padding:14px 32px;background:var(--ink);color:#fff;border:0;cursor:pointer',
  '.sizes label': 'border:1px solid var(--line);padding:8px 14px;margin-right:6px',
  '.grid': 'display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:24px;padding:32px',
  '.card': 'border:1px solid transparent;padding:8px;transition:border-color .2s',
  '.card:hover': 'border-color:var(--line)',
  '.reviews': 'max-width:900px;margin:0 auto;padding:32px;border-top:1px solid var(--line)',
  '.size-table': 'border-collapse:collapse;width:100%;font-size:14px',
  '.size-table td,.size-table th': 'border:1px solid var(--line);padding:6px 10px;text-align:right',
  '.site-footer':
    'display:grid;grid-template-columns:repeat(3,1fr);gap:32px;padding:48px 32px;background:#efece4;margin-top:64px',
  '@media (max-width:800px)': '.product,.grid,.site-footer{grid-template-columns:1fr}',
})
  .map(([selector, rules]) => `\n    ${selector}{${rules}}`)
  .join('');

const SCRIPT = `
    (function () {
      var state = { currency: "USD", cart: [], freeDeliveryFrom: 75, locale: "en-US" };
      function each(selector, work) { Array.prototype.forEach.call(document.querySelectorAll(selector), work); }
      each(".product__thumb", function (thumb) {
        thumb.addEventListener("click", function () {
          document.querySelector(".product__main").src = thumb.getAttribute("data-large");
        });
      });
      each("form.buy", function (form) {
        form.addEventListener("submit", function (event) {
          event.preventDefault();
          var size = form.querySelector("input:checked");
          if (!size) { form.querySelector(".hint").hidden = false; return; }
          state.cart.push({ sku: form.getAttribute("data-sku"), size: size.value, quantity: 1, price: 0 });
          document.dispatchEvent(new CustomEvent("cart:changed", { detail: state.cart }));
        });
      });
      window.shopState = state;
    })();
  `;

const REVIEWERS = [
  'Anna',
  'Jo',
  'M. Laine',
  'Priya',
  'Tomás',
  'Ruth',
  'Kofi',
  'Ingrid',
  'Sam',
  'Lucía',
] as const;
const OPINIONS = [
  'Exactly the colour in the picture, and it fits just as the size guide says.',
  'I wear it with my old denim skirt and it looks as if they were made for each other.',
  'Took a week to arrive, worth the wait.',
  'Warmer than I expected. I would buy it again for $20 more.',
  'The sleeves of my last sweater from here were longer, but this one is a good length.',
  'A gift for my sister, who now wants one in every colour.',
  'Washed it three times so far and it has kept its shape.',
  'The bag it comes in is a nice touch.',
  'Runs a little large; I went one size down and am happy.',
  'Good cloth, neat seams, no loose threads.',
] as const;

/** Customers' reviews: words of other garments and prices that are not the item's. */
export function reviews(random: Random): string {
  const count = random.int(6, 14);
  const items = Array.from({ length: count }, () => {
    const stars = random.int(3, 5);
    const text = Array.from({ length: random.int(1, 3) }, () => random.pick(OPINIONS)).join(' ');
    return `<article class="review"><h3>${'★'.repeat(stars)}${'☆'.repeat(5 - stars)} ${random.pick(REVIEWERS)}</h3><p>${text}</p><p class="review__meta">Verified buyer, ${random.int(1, 28)} ${random.pick(['March', 'May', 'October', 'November'])} 2025. Was this helpful? <button type="button">Yes (${random.int(0, 19)})</button></p></article>`;
  });
  return `<section class="reviews"><h2>Reviews (${count})</h2>${items.join('\n')}</section>`;
}

export function sizeTable(): string {
  const rows = ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((size, index) => {
    const cells = [80, 62, 88, 58, 74].map(
      (base) => `<td>${base + index * 4} cm</td><td>${((base + index * 4) / 2.54).toFixed(1)} in</td>`,
    );
    return `<tr><th scope="row">${size}</th>${cells.join('')}</tr>`;
  });
  return `<details class="sizes-chart"><summary>Size chart</summary><table class="size-table"><thead><tr><th>Size</th><th colspan="2">Chest</th><th colspan="2">Waist</th><th colspan="2">Hip</th><th colspan="2">Sleeve</th><th colspan="2">Inseam</th></tr></thead><tbody>${rows.join('')}</tbody></table></details>`;
}
