/** Sentences that are kept in English, told again in the page's language with their figures. */
import { NO_SHARE, readGateSentence, SHARE_SENTENCE } from '../../domain/gate-sentences.js';
import { NO_REASON, readFinding } from '../../domain/health-sentences.js';
import type { GateCheck } from '../../domain/model-registry.js';
import { partsOf, readSentence } from '../../domain/sentences.js';
import { html } from './html.js';
import type { Html } from './html.js';
import type { View } from './view.js';

/** What a shop, a library or an earlier version said: nobody has words for it in another language. */
export function quoted({ language }: View, text: string): Html {
  return language === 'en' ? html`${text}` : html`<q lang="en">${text}</q>`;
}

/** One finding of the health of a shop. */
export function findingText(view: View, what: string): Html {
  const { codes } = view;
  const read = readFinding(what);
  if (read === null) return html`${codes.otherFinding}: ${quoted(view, what)}`;
  const { id, figures, usual } = read;
  return html`${told(view, codes.health[id], figures)}${usual !== null && told(view, codes.usually, { usual })}`;
}

/** The name of a condition of the gate, and what it says. */
export function gateText(
  view: View,
  { name, says }: GateCheck,
): { readonly name: Html; readonly says: Html } {
  const { codes } = view;
  const read = readGateSentence(says);
  if (read === null) return { name: quoted(view, name), says: quoted(view, says) };
  const { id, figures } = read;
  return { name: told(view, codes.gateName[id], figures), says: told(view, codes.gate[id], figures) };
}

function told(view: View, template: string, figures: Readonly<Record<string, string>>): Html {
  const parts = partsOf(template).map((part, index) =>
    index % 2 === 0 ? part : figureOf(view, part, figures[part] ?? ''),
  );
  return html`${parts}`;
}

/** `name`: that of the place where the figure stands. */
function figureOf(view: View, name: string, figure: string): Html | string {
  const { codes, words } = view;
  switch (name) {
    case 'field':
      return wordOf(words, `field_${figure}`) ?? figure;
    case 'outcomes':
      return counted(view, codes.failure, figure);
    case 'guards':
      return counted(view, codes.guard, figure);
    case 'problem':
      return figure === NO_REASON ? codes.noReason : quoted(view, figure);
    case 'date':
      return view.day(figure);
    case 'label':
      return view.categoryName(figure);
    case 'lost':
      return figure
        .split(', ')
        .map((id) => view.categoryName(id))
        .join(codes.comma);
    case 'now':
    case 'before':
      return shareOf(view, figure);
    default:
      return numberOf(view, figure);
  }
}

/** `timeout 45, server-error 30` */
function counted(view: View, words: Readonly<Record<string, string>>, figure: string): string {
  const { codes } = view;
  const counts = figure.split(', ').map((one) => one.split(' '));
  return counts
    .map(
      ([code = '', count = '']) =>
        `${wordOf(words, code) ?? codes.otherFailure} ${view.number(Number(count))}`,
    )
    .join(codes.comma);
}

function shareOf(view: View, figure: string): Html | string {
  const { codes } = view;
  if (figure === NO_SHARE) return codes.noShare;
  const read = readSentence({ share: SHARE_SENTENCE }, figure);
  return read === null ? figure : told(view, codes.share, read.figures);
}

function numberOf(view: View, figure: string): Html | string {
  if (/^\d{1,15}$/.test(figure)) return view.number(Number(figure));
  const [, share] = /^under (\d+ %)$/.exec(figure) ?? [];
  return share === undefined ? figure : told(view, view.codes.under, { share });
}

/** Null for a code that has no words, such as one of an earlier version. */
export function wordOf(words: Readonly<Record<string, string>>, code: string): string | null {
  return Object.hasOwn(words, code) ? (words[code] ?? null) : null;
}
