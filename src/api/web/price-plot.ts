/** The price of an item over time, as a drawing: a step for each change, gaps where it could not be ordered. */
import type { PricePoint } from '../../domain/browse.js';
import { ORDERABLE } from '../../domain/product.js';
import { html } from './html.js';
import type { Html } from './html.js';
import type { View } from './view.js';

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 12;
const TOP = 28;
const BOTTOM = 28;

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
  const x = (at: number): string => (LEFT + ((at - first.from) / spanMs) * (WIDTH - 2 * LEFT)).toFixed(1);
  const y = (minor: number): string =>
    (TOP + (high === low ? 0.5 : (high - minor) / (high - low)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const lines = steps.map(
    (step) =>
      html`<line
        class="${step.canBeOrdered ? 'line' : 'line out'}"
        x1="${x(step.from)}"
        x2="${x(step.to)}"
        y1="${y(step.minor)}"
        y2="${y(step.minor)}"
      />`,
  );
  const jumps = steps.slice(1).flatMap((step, index) => {
    const before = steps[index];
    return before === undefined || before.to !== step.from
      ? []
      : [
          html`<line
            class="line"
            x1="${x(step.from)}"
            x2="${x(step.from)}"
            y1="${y(before.minor)}"
            y2="${y(step.minor)}"
          />`,
        ];
  });
  const currency = history.find(({ price }) => price !== null)?.price?.currency ?? '';
  const money = (minor: number): string => view.money({ minor, currency });
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const label = `${view.words.history}: ${money(first.minor)} → ${money(last.minor)}`;
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    <line
      class="axis"
      x1="${LEFT}"
      x2="${WIDTH - LEFT}"
      y1="${HEIGHT - BOTTOM + 6}"
      y2="${HEIGHT - BOTTOM + 6}"
    />
    ${jumps} ${lines}
    <circle class="now" cx="${x(last.to)}" cy="${y(last.minor)}" r="4" />
    <text x="${LEFT}" y="16">${money(high)}</text>
    ${high !== low && html`<text x="${LEFT}" y="${HEIGHT - BOTTOM - 4}">${money(low)}</text>`}
    <text x="${LEFT}" y="${HEIGHT - 6}">${day(first.from)}</text>
    <text x="${WIDTH - LEFT}" y="${HEIGHT - 6}" text-anchor="end">${day(last.to)}</text>
  </svg>`;
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
