/** What is under way and how the last runs went. */
import type { CatalogueStats, RunState, ShopState } from '../../domain/browse.js';
import type { Finding } from '../../domain/health.js';
import type { ApiParts } from '../parts.js';
import { html } from './html.js';
import type { Html } from './html.js';
import { bar } from './item-card.js';
import { page } from './layout.js';
import { findingText } from './said.js';
import { healthBadge } from './shops-page.js';
import type { View } from './view.js';

const RUNS = 30;

export function crawlPage(
  parts: ApiParts,
  { shops, stats }: { readonly shops: readonly ShopState[]; readonly stats: CatalogueStats },
  view: View,
): string {
  const { words } = view;
  const running = shops.filter(({ lastStatus }) => lastStatus === 'running');
  const runs = parts.browse.runs(null, RUNS, null).rows;
  const pages = shops.reduce((sum, shop) => sum + (shop.pagesWaiting ?? 0), 0);
  const tiles = [
    [words.itemsOnSale, stats.items],
    [words.pagesWaiting, pages],
    [words.picturesWaiting, stats.picturesWanted + stats.picturesWaiting],
    [words.textsWaiting, stats.textsWaiting],
    [words.labelsKept, stats.labels],
  ] as const;
  const main = html`<h1>${words.crawl}</h1>
    <div data-refresh="5">
      <dl class="tiles">
        ${tiles.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${view.number(value)}</dd>
            </div>`,
        )}
      </dl>
      <h2>${words.running}</h2>
      ${
        running.length === 0
          ? html`<p class="empty">${words.nothingRuns}</p>`
          : html`<ul class="panels">
              ${running.map((shop) => progress(view, shop))}
            </ul>`
      }
      <h2>${words.runs}</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="${words.runs}">
        <table>
          <thead>
            <tr>
              ${[words.shop, words.started, words.took, words.status, words.health].map(
                (name) => html`<th scope="col">${name}</th>`,
              )}
              ${[words.items, words.pagesRead, words.unchanged, words.gone].map(
                (name) => html`<th scope="col" class="number">${name}</th>`,
              )}
              <th scope="col">${words.problems}</th>
            </tr>
          </thead>
          <tbody>
            ${runs.map((run) => row(view, run, parts.browse.findings(run.run)))}
          </tbody>
        </table>
      </div>
    </div>`;
  return page(view, 'crawl', words.crawl, main);
}

function progress(view: View, shop: ShopState): Html {
  const done = shop.pagesDone ?? 0;
  const all = done + (shop.pagesWaiting ?? 0);
  const label = `${view.number(done)} / ${view.number(all)}`;
  return html`<li class="panel">
    <div class="head"><h3>${shop.name}</h3></div>
    ${bar(all === 0 ? 0 : done / all, label)}
    <p class="note">${label}</p>
  </li>`;
}

function row(view: View, run: RunState, findings: readonly Finding[]): Html {
  const { words } = view;
  const status = { running: words.run_running, finished: words.finished, failed: words.run_failed }[
    run.status
  ];
  return html`<tr>
    <th scope="row">${view.shopName(run.shop)}</th>
    <td>${view.date(run.startedAt)}</td>
    <td>${run.endedAt === null ? '–' : duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}</td>
    <td>${status}</td>
    <td>${run.health !== null && healthBadge(view, run.health)}</td>
    <td class="number">${run.items}</td>
    <td class="number">${run.pagesRead}</td>
    <td class="number">${run.pagesUnchanged}</td>
    <td class="number">${run.pagesGone}</td>
    <td class="wide">
      ${findings.map(
        ({ what, since }) =>
          html`<div>
            ${findingText(view, what)}
            <small>(${words.since} ${view.date(new Date(since).toISOString())})</small>
          </div>`,
      )}
    </td>
  </tr>`;
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = [minutes, seconds % 60].map((value) => String(value).padStart(2, '0')).join(':');
  return hours === 0 ? rest : `${hours}:${rest}`;
}
