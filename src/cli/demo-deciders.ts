/** The demo's comparison: what words alone, pictures alone and both together would have decided. */
import Table from 'cli-table3';
import { isTextRefusal } from '../domain/item-text.js';
import type { Evidence } from '../domain/prediction.js';
import { percent } from './demo-summary.js';

export interface DecidedItem {
  readonly truth: string;
  /** Null when unknown. */
  readonly category: string | null;
  /** As the view v_items has it; null where nothing decided. */
  readonly evidence: Pick<Evidence, 'text' | 'pictures'> | null;
}

/** `limit`: the one threshold for all; `isRight`: whether a category is the truth, or a kind of it. */
export function decidersTable(
  items: readonly DecidedItem[],
  limit: number,
  isRight: (category: string, truth: string) => boolean,
): string {
  const table = new Table({
    head: ['decided by', 'accepted', 'precision', 'coverage', 'right of all'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const add = (name: string, categoryOf: (item: DecidedItem) => string | null): void => {
    const accepted = items.flatMap((item) => {
      const category = categoryOf(item);
      return category === null ? [] : [isRight(category, item.truth)];
    });
    const right = accepted.filter(Boolean).length;
    table.push([
      name,
      String(accepted.length),
      percent(right, accepted.length),
      percent(accepted.length, items.length),
      percent(right, items.length),
    ]);
  };
  add('words alone', ({ evidence }) => {
    const text = evidence?.text ?? null;
    return text !== null && !isTextRefusal(text.class) && text.probability > limit ? text.class : null;
  });
  add('pictures alone', ({ evidence }) => {
    const seen = evidence?.pictures ?? null;
    return seen !== null && seen.probability > limit ? seen.category : null;
  });
  add('words and pictures', ({ category }) => category);
  return table.toString();
}
