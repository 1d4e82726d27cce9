/**
 * The price of an item over time, as a drawing: a step for each change, dashed where it could not be ordered. It stretches
 * to the width there is; what is written stands beside it, so that it keeps its size.
 */
import type { PricePoint } from '../../domain/browse.js';
import { ORDERABLE } from '../../domain/product.js';
import { html } from './html.js';
import type { Html } from './html.js';
import type { View } from './view.js';

/** Of the drawing's own coordinates. */
const WIDTH = 1000;
const HEIGHT = 100;
/** Room for the ends of lines. */
const SIDE = 8;
const ENDS = 8;

interface Step {
  readonly from: number;
  readonly to: number;
  readonly minor: number;
  readonly canBeOrdered: boolean;
}

/** `until`: milliseconds since the epoch where the last price ends. Null where there is nothing to draw. */
export function pricePlot(view: View, history: readonly PricePoint[], until: number): Html | null {
  const steps = stepsOf(history, until);
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return null;
  const prices = steps.map(({ minor }) => minor);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const spanMs = Math.max(1, last.to - first.from);
  const x = (at: number): string => (SIDE + ((at - first.from) / spanMs) * (WIDTH - 2 * SIDE)).toFixed(1);
  const y = (minor: number): string =>
    (ENDS + (high === low ? 0.5 : (high - minor) / (high - low)) * (HEIGHT - 2 * ENDS)).toFixed(1);
  const lines = steps.map(
    ({ from, to, minor, canBeOrdered }) =>
      html`<path class="${canBeOrdered ? 'line' : 'line out'}" d="M${x(from)} ${y(minor)}H${x(to)}" />`,
  );
  const jumps = steps.slice(1).flatMap((step, index) => {
    const before = steps[index];
    return before === undefined || before.to !== step.from
      ? []
      : [html`<path class="line" d="M${x(step.from)} ${y(before.minor)}V${y(step.minor)}" />`];
  });
  const currency = history.find(({ price }) => price !== null)?.price?.currency ?? '';
  const money = (minor: number): string => view.money({ minor, currency });
  const [since, upTo] = [first.from, last.to].map((at) => new Date(at).toISOString());
  const isOneDay = since?.slice(0, 10) === upTo?.slice(0, 10);
  const day = (iso = ''): string => (isOneDay ? view.date(iso) : view.day(iso));
  const label = `${view.words.history}: ${money(first.minor)} → ${money(last.minor)}`;
  return html`<div class="plot">
    <p>${money(high)}</p>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
      ${jumps} ${lines}
      <path class="now" d="M${x(last.to)} ${y(last.minor)}h0" />
    </svg>
    ${high !== low && html`<p>${money(low)}</p>`}
    <p class="days"><span>${day(since)}</span> <span>${day(upTo)}</span></p>
  </div>`;
}

/** Of the currency the item has now; a point without a price ends the one before. */
function stepsOf(history: readonly PricePoint[], until: number): Step[] {
  const currency = history.findLast(({ price }) => price !== null)?.price?.currency;
  return history.flatMap((point, index) => {
    if (point.price === null || point.price.currency !== currency) return [];
    const from = Date.parse(point.at);
    const next = history[index + 1];
    const to = next === undefined ? Math.max(until, from) : Date.parse(next.at);
    return [{ from, to, minor: point.price.minor, canBeOrdered: ORDERABLE.has(point.availability) }];
  });
}
