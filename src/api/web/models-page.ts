/** The models: what the gate said of each, and changing the one that serves; works without script. */
import type { KnownModel } from '../../domain/browse.js';
import type { RegisteredModel } from '../../domain/model-registry.js';
import type { ApiParts } from '../parts.js';
import { cardHtml } from './card-html.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { page } from './layout.js';
import { changeState, eventTable, gateTable } from './model-parts.js';
import type { View } from './view.js';

interface Shown {
  readonly model: KnownModel;
  readonly registered: RegisteredModel | null;
  readonly card: string | null;
  readonly hasReport: boolean;
}

const SHOWN_EVENTS = 50;

export async function modelsPage(parts: ApiParts, view: View): Promise<string> {
  const { words } = view;
  const registered = new Map(parts.models.list().map((one) => [one.fingerprint, one]));
  const known = parts.browse.models().filter(({ name }) => name !== null);
  const shown = await Promise.all(
    known.map(async (model) => ({
      model,
      registered: registered.get(model.fingerprint) ?? null,
      card: await parts.papers.card(model.fingerprint),
      hasReport: await parts.papers.hasReport(model.fingerprint),
    })),
  );
  const isQuiet = parts.models.changes().every(({ endedAt }) => endedAt !== null);
  // Read again as long as nobody is in the middle of it.
  const main = html`<h1>${words.models}</h1>
    <div data-refresh="${isQuiet ? 30 : 2}">
      <div role="status">${changeState(view, parts.models)}</div>
      ${
        shown.length === 0
          ? html`<p class="empty">${words.noModels}</p>`
          : html`<ul class="panels wide">
              ${shown.map((one) => panel(view, one, isQuiet))}
            </ul>`
      }
      ${eventTable(view, parts.models.events(SHOWN_EVENTS))}
    </div>`;
  return page(view, 'models', words.models, main);
}

function panel(view: View, { model, registered, card, hasReport }: Shown, isQuiet: boolean): Html {
  const { words } = view;
  const { role } = model;
  const numbers = [
    [words.threshold, model.threshold === null ? '–' : String(model.threshold)],
    [words.picturesSeen, view.number(model.pictures)],
    [words.loaded, model.loadedAt === null ? '–' : view.date(model.loadedAt)],
  ] as const;
  return html`<li class="panel">
    <div class="head">
      <h2>${model.name}</h2>
      ${role !== null && html`<span class="badge ${role === 'current' && 'green'}">${words[`role_${role}`]}</span>`}
      <code>${model.fingerprint.slice(0, 12)}</code>
    </div>
    <dl class="numbers">
      ${numbers.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <details>
      <summary>${words.categoriesKnown} (${model.labels.length})</summary>
      <p class="chips">
        ${model.labels.map((label) => html`<span class="chip plain">${view.categoryName(label)}</span>`)}
      </p>
    </details>
    ${registered !== null && registered.gate !== null && gateTable(view, registered.gate)}
    ${registered !== null && view.mayAdminister && isQuiet && changeForm(view, registered)}
    ${hasReport && html`<p><a class="button quiet" href="/models/${model.fingerprint}/report">${words.report}</a></p>`}
    <details ${role === 'current' && html`open`}>
      <summary>${words.card}</summary>
      ${card === null ? html`<p class="note">${words.noCard}</p>` : cardHtml(card)}
    </details>
  </li>`;
}

/** Opened first and sent then: two steps, so that no stray key changes what serves. */
function changeForm(view: View, { fingerprint, role, gate }: RegisteredModel): Html | false {
  const { words } = view;
  if (role === 'current') return false;
  const isRollBack = role === 'previous';
  const what = isRollBack ? words.rollBack : words.promote;
  const action = isRollBack ? '/models/rollback' : `/models/${fingerprint}/promote`;
  const isAgainst = !isRollBack && gate?.passed === false;
  return html`<details class="change">
    <summary class="button quiet">${what} …</summary>
    <form method="post" action="${action}">
      <p>${isRollBack ? words.rollBackMeans : words.promoteMeans}</p>
      ${isRollBack && html`<input type="hidden" name="to" value="${fingerprint}" />`}
      ${isAgainst && html`<label><input type="checkbox" name="force" value="yes" /> ${words.force}</label>`}
      <label>${words.changeNote} <input name="note" maxlength="1000" /></label>
      <button>${isRollBack ? words.rollBackYes : words.promoteYes}</button>
    </form>
  </details>`;
}
