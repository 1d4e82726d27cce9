/** Values of the domain as the API writes them. */
import type { BrowsedItem, ItemDetail, KnownModel, ListPosition, PricePoint } from '../domain/browse.js';
import type { GateReport } from '../domain/model-registry.js';
import { toDecimal } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import type { Prediction } from '../domain/prediction.js';
import { HttpProblem } from './problem.js';

function moneyAnswer(money: Money | null): unknown {
  return money === null ? null : { amount: toDecimal(money), minor: money.minor, currency: money.currency };
}

export function itemAnswer(item: BrowsedItem): Record<string, unknown> {
  return { ...item, price: moneyAnswer(item.price), listPrice: moneyAnswer(item.listPrice) };
}

export function historyAnswer(history: readonly PricePoint[]): unknown[] {
  return history.map((point) => ({
    ...point,
    price: moneyAnswer(point.price),
    listPrice: moneyAnswer(point.listPrice),
  }));
}

export function detailAnswer(item: ItemDetail): unknown {
  return {
    ...itemAnswer(item),
    history: historyAnswer(item.history),
    variants: item.variants.map((variant) => ({ ...variant, price: moneyAnswer(variant.price) })),
  };
}

export function predictionAnswer(prediction: Prediction | null): unknown {
  if (prediction === null) return null;
  const { category, best, probability, reason, candidates } = prediction;
  return { category, best, probability, reason, candidates };
}

/** Without the folder: where files lie is nothing for a client. */
export function modelAnswer(model: KnownModel, gate: GateReport | null): Record<string, unknown> {
  const { fingerprint, name, role, labels, threshold, loadedAt, pictures } = model;
  return { fingerprint, name, role, labels, threshold, loadedAt, pictures, gate };
}

export function cursorOf(position: ListPosition | null): string | null {
  if (position === null) return null;
  return Buffer.from(JSON.stringify([position.value, position.id])).toString('base64url');
}

/** Throws 400 for anything that is no cursor of ours. */
export function positionOf(cursor: string | undefined): ListPosition | null {
  if (cursor === undefined) return null;
  try {
    const [value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(value) && Number.isSafeInteger(id))
      return { value: value as number, id: id as number };
  } catch {
    // Falls through: what it is does not matter, it is not ours.
  }
  throw new HttpProblem(400, 'usage', 'query after: this is no cursor', {
    hint: 'Take it from `next` of the page before, or leave it out.',
  });
}
