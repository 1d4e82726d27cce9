/** The health of every shop, the worst first. */
import type { ShopState } from '../../domain/browse.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { bar } from './item-card.js';
import { page } from './layout.js';
import { findingText, quoted, wordOf } from './said.js';
import type { View } from './view.js';

const ORDER = ['red', 'yellow', 'green', null] as const;

export function shopsPage(states: readonly ShopState[], view: View): string {
  const shops = states.toSorted((one, other) => ORDER.indexOf(one.health) - ORDER.indexOf(other.health));
  const { words } = view;
  const main = html`<h1>${words.shops}</h1>
    <ul class="panels" data-refresh="30">
      ${shops.map((shop) => panel(view, shop))}
    </ul>`;
  return page(view, 'shops', words.shops, main);
}

export function healthBadge({ words }: View, health: ShopState['health']): Html {
  return health === null
    ? html`<span class="badge">${words.neverRun}</span>`
    : html`<span class="badge ${health}">${words[health]}</span>`;
}

function fieldName({ words }: View, field: string): string {
  return wordOf(words, `field_${field}`) ?? field;
}

function panel(view: View, shop: ShopState): Html {
  const { words } = view;
  const share = shop.unknownShare === null ? '–' : `${(shop.unknownShare * 100).toFixed(1)} %`;
  const fields = Object.entries(shop.fields);
  return html`<li class="panel ${shop.health ?? ''}">
    <div class="head">
      <h2>${shop.name}</h2>
      ${healthBadge(view, shop.health)}
      ${!shop.active && html`<span class="badge">${words.notInConfig}</span>`}
    </div>
    ${
      shop.problems.length > 0 &&
      html`<ul class="problems">
        ${shop.problems.map(
          ({ level, what, since }) =>
            html`<li class="${level}">
              ${findingText(view, what)} <small>(${words.since} ${view.date(since)})</small>
            </li>`,
        )}
      </ul>`
    }
    <dl class="numbers">
      <div>
        <dt>${words.itemsOnSale}</dt>
        <dd><a href="/?shop=${shop.shop}">${view.number(shop.items)}</a></dd>
      </div>
      <div>
        <dt>${words.vanished}</dt>
        <dd>${view.number(shop.vanished)}</dd>
      </div>
      <div>
        <dt>${words.unknownShare}</dt>
        <dd>${share}</dd>
      </div>
      <div>
        <dt>${words.lastRun}</dt>
        <dd>${shop.lastRun === null ? '–' : view.date(shop.lastRun)}</dd>
      </div>
    </dl>
    ${
      fields.length > 0 &&
      html`<h3>${words.fields}</h3>
        <dl class="parts">
          ${fields.map(([field, found]) => {
            const name = fieldName(view, field);
            return html`<div>
              <dt>${name}</dt>
              <dd>
                ${bar(found, `${name} ${Math.round(found * 100)} %`)}<span aria-hidden="true"
                  >${Math.round(found * 100)}</span
                >
              </dd>
            </div>`;
          })}
        </dl>`
    }
    ${shop.lastError !== null && html`<p class="note">${words.lastError}: ${quoted(view, shop.lastError)}</p>`}
  </li>`;
}
