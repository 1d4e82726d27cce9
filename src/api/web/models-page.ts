/** The models that have been used, each with its card and its report. */
import type { KnownModel } from '../../domain/browse.js';
import type { ApiParts } from '../parts.js';
import { cardHtml } from './card-html.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { page } from './layout.js';
import type { View } from './view.js';

export async function modelsPage(parts: ApiParts, view: View): Promise<string> {
  const { words } = view;
  const models = parts.browse.models().filter(({ name }) => name !== null);
  const papers = await Promise.all(
    models.map(async ({ fingerprint }) => ({
      card: await parts.papers.card(fingerprint),
      hasReport: (await parts.papers.report(fingerprint)) !== null,
    })),
  );
  const main = html`<h1>${words.models}</h1>
    ${
      models.length === 0
        ? html`<p class="empty">${words.noModels}</p>`
        : html`<ul class="panels wide">
            ${models.map((model, index) => panel(view, model, papers[index]?.card ?? null, papers[index]?.hasReport === true))}
          </ul>`
    }`;
  return page(view, 'models', words.models, main);
}

function panel(view: View, model: KnownModel, card: string | null, hasReport: boolean): Html {
  const { words } = view;
  const { role } = model;
  const numbers = [
    [words.categoriesKnown, String(model.labels.length)],
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
    <p>${model.labels.map((label) => html`<span class="chip plain">${view.categoryName(label)}</span> `)}</p>
    ${hasReport && html`<p><a class="button quiet" href="/models/${model.fingerprint}/report">${words.report}</a></p>`}
    <details ${role === 'current' && html`open`}>
      <summary>${words.card}</summary>
      ${card === null ? html`<p class="note">${words.noCard}</p>` : cardHtml(card)}
    </details>
  </li>`;
}
