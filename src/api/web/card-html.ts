/**
 * A model card, which is Markdown, as HTML: headings, paragraphs, lists, tables and code, which is what cards are made
 * of. All text is escaped; anything else stands as it was written.
 */
import { html } from './html.js';
import type { Html } from './html.js';

export function cardHtml(markdown: string): Html {
  const blocks = markdown
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  return html`<div class="paper" lang="en">${blocks.map(blockOf)}</div>`;
}

function blockOf(lines: readonly string[]): Html {
  const [first = ''] = lines;
  const heading = /^#{1,6} +(.*)$/.exec(first)?.[1];
  if (heading !== undefined) {
    const rest = lines.slice(1);
    return html`<h3>${inline(heading)}</h3>
      ${rest.length > 0 && blockOf(rest)}`;
  }
  if (lines.every((line) => line.startsWith('|'))) return tableOf(lines);
  if (/^[-*] /.test(first))
    return html`<ul class="dots">
      ${itemsOf(lines).map((item) => html`<li>${inline(item)}</li>`)}
    </ul>`;
  return html`<p>${inline(lines.join(' '))}</p>`;
}

/** A line that begins no item goes on with the one before. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    const begun = /^[-*] +(.*)$/.exec(line)?.[1];
    if (begun !== undefined) items.push(begun);
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function tableOf(lines: readonly string[]): Html {
  const cells = (line: string): string[] =>
    line
      .replace(/^\|/, '')
      .replace(/\|\s*$/, '')
      .split('|')
      .map((cell) => cell.trim());
  const isRule = (line: string): boolean => /^[|\s:-]+$/.test(line);
  const [head = '', ...rest] = lines;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${cells(head).join(', ')}">
    <table>
      <thead>
        <tr>
          ${cells(head).map((cell) => html`<th scope="col">${inline(cell)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rest
          .filter((line) => !isRule(line))
          .map(
            (line) =>
              html`<tr>
                ${cells(line).map((cell) => html`<td>${inline(cell)}</td>`)}
              </tr>`,
          )}
      </tbody>
    </table>
  </div>`;
}

/** Code between backticks; every other mark is left as it is. */
function inline(text: string): Html[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}
