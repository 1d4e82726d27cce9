/** Search by a picture: a place to drop one, and what looks like it. */
import type { Prediction } from '../../domain/prediction.js';
import type { Lookalike } from '../../domain/serving.js';
import type { ApiParts } from '../parts.js';
import type { RefusedPicture } from '../problem.js';
import { options } from './catalogue-page.js';
import type { Facets } from '../../domain/browse.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { lookalikeCard } from './item-card.js';
import { page } from './layout.js';
import { quoted } from './said.js';
import type { View } from './view.js';

/** What was asked, as the form gives it. */
export interface SearchForm {
  readonly category?: string | undefined;
  readonly inStock?: boolean | undefined;
  readonly shop?: string | undefined;
  readonly minPrice?: number | undefined;
  readonly maxPrice?: number | undefined;
  readonly currency?: string | undefined;
}

export type SearchAnswer =
  | { readonly kind: 'found'; readonly prediction: Prediction; readonly found: readonly Lookalike[] }
  | { readonly kind: 'refused'; readonly why: RefusedPicture };

/** `answer`: null before anything was asked. */
export function searchPage(
  parts: ApiParts,
  facets: Facets,
  view: View,
  form: SearchForm,
  answer: SearchAnswer | null,
): string {
  const { words } = view;
  const known = parts.categories.map(({ id }) => [id, view.categoryName(id)] as const);
  const main = html`<h1>${words.search}</h1>
    <form method="post" action="/search" enctype="multipart/form-data" class="drop" data-drop>
      <div class="zone">
        <p>${words.searchLead}</p>
        <label class="file"
          >${words.chooseFile}
          <input type="file" name="picture" accept="image/jpeg,image/png,image/webp" required
        /></label>
        <img class="preview" alt="" hidden />
      </div>
      <div class="row">
        <label
          >${words.category}<select name="category">
            ${options([['', words.anyCategory], ...known], form.category)}
          </select></label
        >
        <label
          >${words.shop}<select name="shop">
            ${options([['', words.anyShop], ...facets.shops.map(({ shop, name }) => [shop, name] as const)], form.shop)}
          </select></label
        >
        ${bound('minPrice', words.priceFrom, form.minPrice)}
        ${bound('maxPrice', words.maxPrice, form.maxPrice)}
        <label
          >${words.currency}<select name="currency">
            ${options(
              facets.currencies.map((code) => [code, code] as const),
              form.currency,
            )}
          </select></label
        >
        <label class="check"
          ><input type="checkbox" name="inStock" value="true" ${form.inStock === true && html`checked`} />
          ${words.inStock}</label
        >
        <button>${words.find}</button>
      </div>
      <p class="status" role="status" data-busy="${words.searching}" data-failed="${words.failed}"></p>
    </form>
    <div id="results" aria-live="polite">${answer !== null && answerOf(parts, view, answer)}</div>`;
  return page(view, 'search', words.search, main);
}

function bound(name: string, label: string, value: number | undefined): Html {
  return html`<label
    >${label}<input type="number" name="${name}" min="0" step="any" value="${value}"
  /></label>`;
}

function answerOf(parts: ApiParts, view: View, answer: SearchAnswer): Html {
  const { words } = view;
  if (answer.kind === 'refused')
    return html`<p class="problem" role="alert">
      ${words.refused}: ${view.codes.refusal[answer.why.reason]} ${quoted(view, answer.why.detail)}
    </p>`;
  const { prediction, found } = answer;
  const items = new Map(
    parts.browse.items(found.map((one) => one.item.productId)).map((one) => [one.id, one]),
  );
  const cards = found.flatMap((one) => {
    const now = items.get(one.item.productId);
    return now === undefined ? [] : [lookalikeCard(view, now, one, null)];
  });
  const percent = `${(prediction.probability * 100).toFixed(1)} %`;
  return html`<h2>${words.results}</h2>
    <p>
      ${words.itShows}
      ${
        prediction.category === null
          ? html`<span class="chip unsure">${words.unknown}</span> (${words.notSure}
              ${view.categoryName(prediction.best)}, ${percent})`
          : html`<span class="chip">${view.categoryName(prediction.category)}</span> ${percent}`
      }
    </p>
    ${
      cards.length === 0
        ? html`<p class="empty">${words.noLookalikes}</p>`
        : html`<ul class="grid">
            ${cards}
          </ul>`
    }`;
}
