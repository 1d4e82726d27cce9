/** Signing in, and what is shown where something is missing or went wrong. */
import type { Problem } from '../problem.js';
import { html } from './html.js';
import { page } from './layout.js';
import { quoted } from './said.js';
import type { View } from './view.js';

export function loginPage(view: View, to: string, isWrong: boolean): string {
  const { words } = view;
  const main = html`<form method="post" action="/login" class="narrow">
    <h1>${words.signIn}</h1>
    ${isWrong && html`<p class="problem" role="alert">${words.wrongToken}</p>`}
    <input type="hidden" name="to" value="${to}" />
    <label
      >${words.token}<input type="password" name="token" required autocomplete="current-password"
    /></label>
    <button>${words.signIn}</button>
  </form>`;
  return page(view, null, words.signIn, main);
}

export function problemPage(view: View, problem: Problem): string {
  const { words } = view;
  const title = problem.status === 404 ? words.notFound : words.wentWrong;
  const main = html`<div class="narrow">
    <h1>${title}</h1>
    <p>${view.codes.problem[problem.code]}</p>
    <p class="note">${quoted(view, problem.detail)}</p>
    ${problem.hint !== undefined && html`<p class="note">${quoted(view, problem.hint)}</p>`}
    <p><a class="button" href="/">${words.back}</a></p>
  </div>`;
  return page(view, null, title, main);
}
