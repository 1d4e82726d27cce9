/**
 * The review queue: one question at a time, answered by one key. Each question is a form that works without script;
 * with it, answers are sent in the background and the next question is there at once.
 */
import type { ReviewQuestion } from '../../domain/catalogue-reads.js';
import type { CategoryId } from '../../domain/ids.js';
import { passedOver } from '../endpoints/review.js';
import type { ApiParts } from '../parts.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { pictureOf, priceOf } from './item-card.js';
import { page } from './layout.js';
import type { View } from './view.js';

const QUESTIONS = 20;
/** One key each. */
const GUESSES = 9;

/** `except`: items that were passed over, `answered`: the labels of the last answer, each by their numbers. */
export async function reviewPage(
  parts: ApiParts,
  view: View,
  { except, answered }: { readonly except?: string | undefined; readonly answered?: string | undefined },
): Promise<string> {
  const { words } = view;
  if (!view.mayReview)
    return page(
      view,
      'review',
      words.review,
      html`<h1>${words.review}</h1>
        <p class="empty">${words.needsReview}</p>`,
    );
  const queue = await parts.reads.review(QUESTIONS, passedOver(except));
  const questions = queue.questions.map((one) => question(parts, view, one, except));
  const main = html`<div class="review-head">
      <h1>${words.review}</h1>
      <p><strong data-waiting>${queue.waiting}</strong> ${words.reviewLead}</p>
      <p class="keys" id="keys-help">${words.keysHelp}</p>
    </div>
    <div
      class="questions"
      data-review
      data-labelled="${words.labelled}"
      data-taken-back="${words.takenBack}"
      data-failed="${words.failed}"
      data-skip="${words.skip}"
      data-except="${except}"
    >
      ${questions.length === 0 ? html`<p class="empty">${words.reviewDone}</p>` : questions}
    </div>
    <div class="review-foot">
      <form method="post" action="/labels/withdraw" data-undo>
        <input type="hidden" name="labels" value="${answered}" />
        <input type="hidden" name="to" value="${reviewPath({ except })}" />
        <button class="quiet" ${answered === undefined && html`disabled`}><kbd>u</kbd> ${words.undo}</button>
      </form>
      <button type="button" class="quiet" data-help aria-controls="keys-help">
        <kbd>?</kbd> ${words.help}
      </button>
      <p role="status" data-said></p>
    </div>`;
  return page(view, 'review', words.review, main);
}

export function reviewPath(query: {
  readonly except?: string | undefined;
  readonly answered?: string;
}): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  );
  return asked.length === 0 ? '/review' : `/review?${asked.join('&')}`;
}

function question(parts: ApiParts, view: View, asked: ReviewQuestion, except: string | undefined): Html {
  const { words } = view;
  const { item, hints } = asked;
  const hidden = (name: string, value: string | number): Html =>
    html`<input type="hidden" name="${name}" value="${value}" />`;
  return html`<form class="question" method="post" action="/review" data-item="${item.id}">
    ${hidden('items', [item.id, ...asked.alike].join(','))} ${hidden('picture', asked.picture)}
    ${hidden('sample', asked.sample)} ${except !== undefined && hidden('except', except)}
    <div class="large">${pictureOf(view, asked.picture, item.title, 640)}</div>
    <div class="answers">
      <p class="maker">
        ${item.brand ?? view.shopName(item.shop)} ·
        ${asked.sample === 'random' ? words.random : words.uncertain}
      </p>
      <h2><a href="/items/${item.id}">${item.title}</a></h2>
      <p>${hints.breadcrumbs.join(' › ')}</p>
      <p>${priceOf(view, item)}</p>
      <fieldset>
        <legend>${words.question}</legend>
        <div class="guesses">${guesses(parts, hints).map((id, index) => guess(view, id, index, hints))}</div>
        <div class="row">
          <label
            >${words.another} <kbd>c</kbd>
            <select name="other">
              ${parts.categories.map(({ id }) => html`<option value="${id}">${view.categoryName(id)}</option>`)}
            </select></label
          >
          <button name="answer" value="other">${words.label}</button>
        </div>
        <div class="row">
          <button name="answer" value="none" class="quiet"><kbd>n</kbd> ${words.none}</button>
          <button name="answer" value="bad-picture" class="quiet"><kbd>x</kbd> ${words.badPicture}</button>
          <button name="answer" value="skip" class="quiet"><kbd>s</kbd> ${words.skip}</button>
        </div>
      </fieldset>
      ${asked.alike.length > 0 && alikeItems(view, asked)}
    </div>
  </form>`;
}

/** What the model holds likeliest, then what the words say. */
function guesses({ categories }: ApiParts, { candidates, evidence }: ReviewQuestion['hints']): CategoryId[] {
  const known = new Set<string>(categories.map(({ id }) => id));
  const said = evidence?.text?.class;
  const all = [
    ...candidates.map(({ category }) => category),
    ...(said === undefined ? [] : [said as CategoryId]),
  ];
  return [...new Set(all)].filter((id) => known.has(id)).slice(0, GUESSES);
}

function guess(view: View, id: CategoryId, index: number, { candidates }: ReviewQuestion['hints']): Html {
  const probability = candidates.find(({ category }) => category === id)?.probability;
  const percent = probability === undefined ? '' : `${Math.round(probability * 100)} %`;
  return html`<button name="answer" value="category:${id}">
    <kbd>${index + 1}</kbd> ${view.categoryName(id)} <small>${percent}</small>
  </button>`;
}

function alikeItems(view: View, { alike, alikeItems: items }: ReviewQuestion): Html {
  return html`<p class="note">+${alike.length} ${view.words.alike}</p>
    <ul class="thumbs">
      ${items.map((item) => html`<li>${pictureOf(view, item.picture, item.title, 160)}</li>`)}
    </ul>`;
}
