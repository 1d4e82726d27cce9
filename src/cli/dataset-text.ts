/** Data sets as lines of text for a terminal. */
import type { AssemblyReport } from '../learn/dataset/assemble.js';
import { SPLITS } from '../learn/dataset/dataset.js';
import type { BySplit, DatasetFigures } from '../learn/dataset/figures.js';
import type { ImportPreview } from '../learn/dataset/import.js';
import type { DatasetStats } from '../learn/dataset/stats.js';

import { table } from './text-table.js';

/** Names of folders, pictures and groups shown of each kind of trouble. */
const SHOWN = 10;

export function previewLines(preview: ImportPreview): string[] {
  const { skipped, left, undecodable, decoded } = preview;
  return [
    ...assemblyLines(preview),
    ...listing('left out, no class of that name', skipped, (one) => `${one.name} (${one.pictures} pictures)`),
    ...listing('not taken', left, ({ path, why }) => `${path}: ${why}`),
    ...listing('undecodable', undecodable, ({ path, reason }) => `${path}: ${reason}`),
    `decoded: ${decoded} pictures; the others were known by their bytes`,
  ];
}

export function assemblyLines({ figures, duplicates, mended }: AssemblyReport): string[] {
  return [
    ...figureLines(figures),
    ...listing('exact duplicates, taken once', duplicates, ({ path, label, of, ofLabel }) =>
      label === ofLabel
        ? `${path} = ${of}`
        : `${path} (${label}) = ${of} (${ofLabel}): one of the two is wrong`,
    ),
    ...listing('near duplicates of another split', mended, ({ path, from, to, near }) =>
      to === null ? `${path} left out of ${from}: ${near}` : `${path} moved from ${from} to ${to}: ${near}`,
    ),
  ];
}

export function statsLines(stats: DatasetStats): string[] {
  const { colours, background } = stats;
  return [
    ...figureLines(stats),
    '',
    ...table([
      ['class', 'mean colour', 'brightness', 'edge', 'brightness'],
      ...colours.map(({ label, colour, brightness, edge, edgeBrightness }) => [
        label,
        colour,
        brightness.toFixed(0),
        edge,
        edgeBrightness.toFixed(0),
      ]),
    ]),
    ...background.map(
      ({ split, named, balanced, chance }) =>
        `the background alone (edge pixels, ${split}) names the class for ${percent(named.value)}, ` +
        `mean of the classes ${percent(balanced)}; by chance ${percent(chance)}`,
    ),
  ];
}

function figureLines(figures: DatasetFigures): string[] {
  const { classes, sources, attributes, groups, near, warnings, size } = figures;
  const numbers = (bySplit: BySplit): string[] => SPLITS.map((split) => String(bySplit[split]));
  const all = { train: 0, validation: 0, test: 0 };
  for (const { bySplit } of classes) for (const split of SPLITS) all[split] += bySplit[split];
  return [
    ...table([
      [`class (${size} px)`, ...SPLITS],
      ...classes.map(({ label, bySplit }) => [label, ...numbers(bySplit)]),
      ['all', ...numbers(all)],
    ]),
    '',
    ...table([
      ['source', ...SPLITS, 'licence'],
      ...sources.map(({ name, bySplit, licence }) => [name, ...numbers(bySplit), licence ?? 'not stated']),
    ]),
    ...attributes.flatMap(({ attribute, values, untold }) => [
      '',
      ...table([
        [attribute, ...SPLITS],
        ...values.slice(0, SHOWN).map(({ value, bySplit }) => [value, ...numbers(bySplit)]),
      ]),
      ...(values.length > SHOWN ? [`  and ${values.length - SHOWN} more values`] : []),
      ...(untold === 0 ? [] : [`  not told of ${untold} pictures`]),
    ]),
    ...(groups.groups === 0 ? [] : [`groups: ${groups.groups}; pictures of no group: ${groups.ungrouped}`]),
    ...listing('groups in several splits', groups.crossing, ({ group, bySplit }) => {
      const where = SPLITS.filter((split) => bySplit[split] > 0).map((split) => `${split} ${bySplit[split]}`);
      return `${group}: ${where.join(', ')}`;
    }),
    near === null
      ? 'near duplicates: not known, the data set holds no hashes; import it again'
      : `near duplicates: ${near.pairs} pairs among ${near.pictures} pictures`,
    ...listing(
      'near duplicates in two splits',
      near?.leaks ?? [],
      ({ first, second, splits }) => `${first} (${splits[0]}) ~ ${second} (${splits[1]})`,
    ),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function listing<T>(title: string, items: readonly T[], line: (item: T) => string): string[] {
  if (items.length === 0) return [];
  const rest = items.length > SHOWN ? [`  and ${items.length - SHOWN} more`] : [];
  return [`${title}: ${items.length}`, ...items.slice(0, SHOWN).map((item) => `  ${line(item)}`), ...rest];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
