/** One item: pictures, price and its history, why it has its category, and what looks like it. */
import type { BrowsedItem, ItemDetail } from '../../domain/browse.js';
import type { CategoryId, ProductId } from '../../domain/ids.js';
import type { KeptLabel } from '../../domain/review.js';
import { similarFilter } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { html, outward } from './html.js';
import type { Html } from './html.js';
import { availabilityBadge, lookalikeCard, pictureOf, priceOf } from './item-card.js';
import { page } from './layout.js';
import { pricePlot } from './price-plot.js';
import type { View } from './view.js';

const LOOKALIKES = 12;

/** Null where there is no such item. */
export async function itemPage(
  parts: ApiParts,
  view: View,
  id: ProductId,
  cheaper: boolean,
): Promise<string | null> {
  const item = parts.browse.item(id);
  if (item === null) return null;
  const { words } = view;
  const main = html`<article class="item">
      <div class="gallery">
        <div class="large">${pictureOf(view, item.picture, item.title, 960)}</div>
        ${
          item.pictures.length > 1 &&
          html`<ul class="thumbs">
            ${item.pictures.slice(1, 9).map((sha) => html`<li>${pictureOf(view, sha, item.title, 320)}</li>`)}
          </ul>`
        }
      </div>
      <div class="facts">
        <p class="maker">${item.brand ?? view.shopName(item.shop)}</p>
        <h1>${item.title}</h1>
        <p class="offer">${priceOf(view, item)} ${availabilityBadge(view, item)}</p>
        <p>
          <a class="button" href="${outward(item.url)}" rel="noreferrer noopener" target="_blank"
            >${words.toShop}</a
          >
        </p>
        ${decision(view, item)} ${palette(view, item)}
        <section>
          <h2>${words.history}</h2>
          ${
            item.history.length > 1
              ? html`${pricePlot(view, item.history, Date.parse(item.vanishedAt ?? item.lastSeen))}
                ${changes(view, item)}`
              : html`<p class="note">${words.historyOne}</p>`
          }
          <p class="note">
            ${words.firstSeen} ${view.date(item.firstSeen)} · ${words.lastSeen} ${view.date(item.lastSeen)}
          </p>
        </section>
        ${variants(view, item)}
        ${
          item.description !== null &&
          html`<section>
            <h2>${words.description}</h2>
            <p class="prose">${item.description}</p>
          </section>`
        }
        ${view.mayReview && html`${labelForm(parts, view, item)} ${labels(parts, view, item)}`}
      </div>
    </article>
    ${await lookalikes(parts, view, item, cheaper)}`;
  return page(view, null, item.title, main);
}

/** The history in words, the latest change first. */
function changes(view: View, { history }: ItemDetail): Html {
  const { words } = view;
  const vanishedAt = null;
  return html`<details>
    <summary>${words.allChanges} (${history.length})</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.allChanges}">
      <table>
        <thead>
          <tr>
            <th scope="col">${words.when}</th>
            <th scope="col" class="number">${words.price}</th>
            <th scope="col">${words.stock}</th>
          </tr>
        </thead>
        <tbody>
          ${history.toReversed().map(
            ({ at, price, listPrice, availability }) =>
              html`<tr>
                <td>${view.date(at)}</td>
                <td class="number">${priceOf(view, { price, listPrice })}</td>
                <td>${availabilityBadge(view, { availability, vanishedAt })}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function decision(view: View, item: ItemDetail): Html {
  const { words } = view;
  const { evidence } = item;
  const percent = (probability: number): string => `${(probability * 100).toFixed(1)} %`;
  return html`<section>
    <h2>${words.why}</h2>
    <p>
      <span class="chip ${item.category === null && 'unsure'}">${view.categoryName(item.category)}</span>
      ${item.category === null && item.best !== null && html`${words.notSure} ${view.categoryName(item.best)}`}
      ${item.probability !== null && percent(item.probability)}
      ${item.reason !== null && view.codes.reason[item.reason]}
    </p>
    ${
      evidence !== null &&
      html`<ul class="plain">
        ${evidence.by === 'person' && html`<li>${words.decidedByPerson}</li>`}
        ${
          evidence.text !== null &&
          html`<li>
            ${words.wordsSay} ${view.categoryName(evidence.text.class)}
            (${percent(evidence.text.probability)})
          </li>`
        }
        ${
          evidence.pictures !== null &&
          html`<li>
            ${words.picturesSay} ${view.categoryName(evidence.pictures.category)}
            (${percent(evidence.pictures.probability)})
          </li>`
        }
        ${
          evidence.words.length > 0 &&
          html`<li>
            ${words.telling}:
            ${evidence.words.map(({ word }) => html`<span class="chip plain">${word}</span> `)}
          </li>`
        }
      </ul>`
    }
  </section>`;
}

function palette(view: View, item: ItemDetail): Html | false {
  if (item.palette.length === 0) return false;
  const swatches = item.palette.map(
    ({ name, hex, share }) =>
      html`<li>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="11" fill="${hex}" class="swatch" />
        </svg>
        ${view.codes.colour[name]} ${Math.round(share * 100)} %
      </li>`,
  );
  return html`<section>
    <h2>${view.words.colours}</h2>
    <ul class="palette">
      ${swatches}
    </ul>
  </section>`;
}

function variants(view: View, { variants: all }: ItemDetail): Html | false {
  if (all.length === 0) return false;
  const { words } = view;
  const named = all.map(({ colour, title }) => colour ?? title);
  const hasNames = named.some((name) => name !== null);
  return html`<section>
    <h2>${words.variants}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="${words.variants}">
      <table>
        <thead>
          <tr>
            ${hasNames && html`<th scope="col">${words.colour}</th>`}
            <th scope="col">${words.size}</th>
            <th scope="col">${words.price}</th>
            <th scope="col">${words.stock}</th>
          </tr>
        </thead>
        <tbody>
          ${all.map(
            (one, index) =>
              html`<tr>
                ${hasNames && html`<td>${named[index]}</td>`}
                <td>${one.size}</td>
                <td>${view.money(one.price)}</td>
                <td>${availabilityBadge(view, { availability: one.availability, vanishedAt: null })}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Works without script: the answer is kept and the page shown again. */
function labelForm(parts: ApiParts, view: View, item: BrowsedItem): Html {
  const { words } = view;
  return html`<section>
    <h2>${words.labelIt}</h2>
    <form method="post" action="/items/${item.id}/label" class="inline">
      ${item.picture !== null && html`<input type="hidden" name="picture" value="${item.picture}" />`}
      <label
        >${words.category}
        <select name="category">
          ${parts.categories.map(
            ({ id }) =>
              html`<option value="${id}" ${id === (item.category ?? item.best) && html`selected`}>
                ${view.categoryName(id)}
              </option>`,
          )}
        </select></label
      >
      <button name="verdict" value="category">${words.label}</button>
      <button name="verdict" value="none" class="quiet">${words.none}</button>
    </form>
  </section>`;
}

/** What people said that stands, each to be taken back. */
function labels(parts: ApiParts, view: View, { id }: BrowsedItem): Html | false {
  const { words } = view;
  const said = parts.reviews.labelsOf(id);
  if (said.length === 0) return false;
  return html`<section>
    <h2>${words.labelsKept}</h2>
    <ul class="plain">
      ${said.map(
        ({ id: label, verdict, category, by, at }) =>
          html`<li>
            <form method="post" action="/labels/withdraw" class="inline">
              <input type="hidden" name="labels" value="${label}" />
              <input type="hidden" name="to" value="/items/${id}" />
              <span class="chip">${saidOf(view, verdict, category)}</span> ${by}, ${view.date(at)}
              <button class="quiet" aria-label="${words.undo}: ${saidOf(view, verdict, category)}">
                ${words.undo}
              </button>
            </form>
          </li>`,
      )}
    </ul>
  </section>`;
}

function saidOf(view: View, verdict: KeptLabel['verdict'], category: CategoryId | null): string {
  if (verdict === 'bad-picture') return view.words.badPicture;
  return verdict === 'none' ? view.words.none : view.categoryName(category);
}

async function lookalikes(parts: ApiParts, view: View, item: ItemDetail, cheaper: boolean): Promise<Html> {
  const { words } = view;
  const canBeCheaper = item.price !== null && item.category !== null;
  const filter = similarFilter(
    { cheaper: cheaper && canBeCheaper, limit: LOOKALIKES },
    item,
    parts.categories,
  );
  const found = await parts.lookalikes.ofItem(item.id, filter);
  const items = new Map(
    parts.browse.items((found ?? []).map((one) => one.item.productId)).map((one) => [one.id, one]),
  );
  const cards = (found ?? []).flatMap((one) => {
    const now = items.get(one.item.productId);
    return now === undefined ? [] : [lookalikeCard(view, now, one, item.price)];
  });
  const way = (on: boolean, href: string, name: string): Html =>
    html`<a href="${href}" ${on && html`aria-current="true"`}>${name}</a>`;
  return html`<section id="lookalikes" class="lookalikes">
    <div class="head">
      <h2>${words.lookalikes}</h2>
      ${
        canBeCheaper &&
        html`<div class="switch" role="group" aria-label="${words.price}">
          ${way(!cheaper, `/items/${item.id}#lookalikes`, words.allPrices)}
          ${way(cheaper, `/items/${item.id}?cheaper=true#lookalikes`, words.cheaperOnly)}
        </div>`
      }
    </div>
    ${
      cards.length === 0
        ? html`<p class="empty">${found === null ? words.notYet : words.noLookalikes}</p>`
        : html`<ul class="grid">
            ${cards}
          </ul>`
    }
  </section>`;
}
