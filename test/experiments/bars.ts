/** What an experiment promises of its figures, and whether it was kept. */
import { FashiondError } from '../../src/domain/errors.js';
import type { EvaluationReport } from '../../src/learn/evaluation/report.js';
import type { Share } from '../../src/learn/evaluation/share.js';
import { percent, percentInterval } from './figures-table.js';

/** A share, or another figure of pictures with its 95 % interval, which counts nothing. */
export type Measured = Omit<Share, 'count'> & Partial<Pick<Share, 'count'>>;

export interface Bar {
  /** What is measured, for people. */
  readonly what: string;
  readonly measured: Measured;
  readonly bound: { readonly kind: 'at-least' | 'below' | 'at-most'; readonly value: number };
}

/** Shares from 0 to 1; what is left out is not promised. */
export interface Promised {
  readonly accuracy?: number;
  /** Of all that is accepted. */
  readonly precision?: number;
  /** Of what is accepted as this class. */
  readonly classes?: Readonly<Record<string, number>>;
  readonly coverage?: number;
}

/** Throws FashiondError `internal` for a class that the model does not have: its bar would be kept by nobody. */
export function barsOf(name: string, { all, classes }: EvaluationReport, promised: Promised): Bar[] {
  const bar = (what: string, measured: Share, least: number | undefined): Bar[] =>
    least === undefined
      ? []
      : [{ what: `${name} ${what}`, measured, bound: { kind: 'at-least', value: least } }];
  const ofClasses = Object.entries(promised.classes ?? {}).flatMap(([label, least]) => {
    const own = classes.find((one) => one.label === label);
    if (own === undefined) throw new FashiondError('internal', `${name} has no class ${label}`);
    return bar(`precision of ${label} above ${all.threshold}`, own.acceptedPrecision, least);
  });
  return [
    ...bar('accuracy', all.accuracy, promised.accuracy),
    ...bar(`precision above ${all.threshold}`, all.precision, promised.precision),
    ...ofClasses,
    ...bar('coverage', all.coverage, promised.coverage),
  ];
}

/** Pictures that a baseline names without one mistake are too easy to say anything. */
export function notPerfect(name: string, { all }: EvaluationReport): Bar {
  return { what: `${name} accuracy`, measured: all.accuracy, bound: { kind: 'below', value: 1 } };
}

export function isKept({ measured, bound }: Bar): boolean {
  // Of nothing a share is 0: that is no proof of a mistake either.
  if (measured.of === 0) return false;
  if (bound.kind === 'at-least') return measured.value >= bound.value;
  return bound.kind === 'at-most' ? measured.value <= bound.value : measured.value < bound.value;
}

export function boundText({ kind, value }: Bar['bound']): string {
  return `${kind.replace('-', ' ')} ${percent(value)}`;
}

export function measuredText({ count, ...rest }: Measured): string {
  if (count !== undefined) return percentInterval({ count, ...rest });
  const { value, low, high, of } = rest;
  return of === 0
    ? '-'
    : `${percent(value)} (${(low * 100).toFixed(2)} to ${(high * 100).toFixed(2)}; ${of} pictures)`;
}

export function barLine(bar: Bar): string {
  return `${isKept(bar) ? 'kept:  ' : 'MISSED:'} ${bar.what}: ${measuredText(bar.measured)}; promised ${boundText(bar.bound)}`;
}

/** Throws FashiondError `refused` that names the bars that were missed. */
export function requireKept(bars: readonly Bar[]): void {
  const missed = bars.filter((bar) => !isKept(bar));
  if (missed.length === 0) return;
  throw new FashiondError('refused', `not kept: ${missed.map(({ what }) => what).join('; ')}`, {
    hint: 'the report shows the worst mistakes as pictures',
  });
}
