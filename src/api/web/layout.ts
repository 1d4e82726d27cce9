/** The frame of every page. */
import { html } from './html.js';
import type { Html } from './html.js';
import type { View } from './view.js';

type Place = 'catalogue' | 'search' | 'review' | 'shops' | 'crawl' | 'models' | null;

const PLACES = [
  ['catalogue', '/'],
  ['search', '/search'],
  ['review', '/review'],
  ['shops', '/shops'],
  ['crawl', '/crawl'],
  ['models', '/models'],
] as const;

export function page(view: View, place: Place, title: string, main: Html): string {
  const { words, language, assets } = view;
  const links = PLACES.map(
    ([name, path]) =>
      html`<li>
        <a href="${path}" ${place === name && html`aria-current="page"`}>${words[name]}</a>
      </li>`,
  );
  const other = language === 'en' ? 'ja' : 'en';
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – fashiond</title>
        <link rel="stylesheet" href="${assets.css}" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <script src="${assets.js}" defer></script>
      </head>
      <body>
        <a class="skip" href="#main">${words.skipToContent}</a>
        <header class="top">
          <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />fashiond</a>
          <nav aria-label="fashiond">
            <ul>
              ${links}
            </ul>
          </nav>
          <div class="who">
            <a href="/language/${other}?to=${encodeURIComponent(view.here)}" lang="${other}"
              >${words.otherLanguage}</a
            >
            ${
              view.hasTokens &&
              view.caller !== null &&
              html`<form method="post" action="/logout">
                <button class="quiet">${words.signOut} (${view.caller.name})</button>
              </form>`
            }
          </div>
        </header>
        <main id="main" tabindex="-1">${main}</main>
        <footer class="foot">
          <span>fashiond</span>
          <a href="/openapi.json">${words.apiDocument}</a>
        </footer>
      </body>
    </html>`.text;
}
