/** What the demo prints at the end: the catalogue against the shops' own truth, and the time of each stage. */
import Table from 'cli-table3';
import { share } from '../learn/evaluation/share.js';
import type { StageTime } from '../platform/stage-times.js';

/** An item of the catalogue as the summary needs it. */
export interface JudgedItem {
  /** What the shop really sells. */
  readonly truth: string;
  /** Null when unknown. */
  readonly category: string | null;
}

interface Row {
  readonly truth: string;
  items: number;
  accepted: number;
  right: number;
  /** Items of other categories that were taken for this one. */
  intruders: number;
}

/**
 * Per true category: how many were accepted and how many of those rightly; a last row for all, and below the
 * table how far the precision of so many items can be trusted.
 */
export function categoryTable(items: readonly JudgedItem[]): string {
  const rows = new Map<string, Row>();
  const rowOf = (truth: string): Row => {
    const row = rows.get(truth) ?? { truth, items: 0, accepted: 0, right: 0, intruders: 0 };
    rows.set(truth, row);
    return row;
  };
  for (const { truth, category } of items) {
    const row = rowOf(truth);
    row.items += 1;
    if (category === null) continue;
    row.accepted += 1;
    if (category === truth) row.right += 1;
    else rowOf(category).intruders += 1;
  }
  const table = new Table({
    head: ['category', 'items', 'accepted', 'unknown', 'precision', 'coverage'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const sorted = [...rows.values()].sort((a, b) => a.truth.localeCompare(b.truth));
  for (const row of sorted) {
    // Precision of a category counts what was put there; coverage what of it was decided at all.
    table.push(cells(row.truth, row, row.right, row.right + row.intruders));
  }
  const all = total(sorted);
  table.push(cells('all', all, all.right, all.accepted));
  return `${table.toString()}\n${trust(all)}`;
}

/** The 95 % interval (Wilson) of the precision of all. */
function trust({ right, accepted }: Row): string {
  if (accepted === 0) return 'no item was accepted';
  const { low, high } = share(right, accepted);
  const bound = (value: number): string => (100 * value).toFixed(1);
  return `${right} of ${accepted} accepted items are right (95 % interval ${bound(low)} to ${bound(high)} %)`;
}

function cells(name: string, row: Row, right: number, decided: number): string[] {
  return [
    name,
    String(row.items),
    String(row.accepted),
    String(row.items - row.accepted),
    percent(right, decided),
    percent(row.accepted, row.items),
  ];
}

function total(rows: readonly Row[]): Row {
  const all: Row = { truth: 'all', items: 0, accepted: 0, right: 0, intruders: 0 };
  for (const row of rows) {
    all.items += row.items;
    all.accepted += row.accepted;
    all.right += row.right;
  }
  return all;
}

/** Rounded to a tenth, but never up to 100 % while something is missing. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '-';
  const rounded = ((100 * part) / whole).toFixed(1);
  return `${part < whole && rounded === '100.0' ? '99.9' : rounded} %`;
}

/** Calls and time at work of each stage; stages work beside each other, so the sum exceeds the wall time. */
export function stageTable(stages: readonly StageTime[], wallMs: number): string {
  const table = new Table({
    head: ['stage', 'calls', 'at work', 'calls a second'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { stage, count, activeMs } of stages) {
    const rate = activeMs > 0 ? (count / (activeMs / 1000)).toFixed(0) : '-';
    table.push([stage, String(count), seconds(activeMs), rate]);
  }
  table.push(['whole demo (wall clock)', '', seconds(wallMs), '']);
  return table.toString();
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
