/** Fitted limits in words: the card's section, whose place in the card is known by its heading. */
import type { Rejection, Typicality } from '../../domain/rejection.js';

const HEADING = '## What it refuses';
/** The section that follows in a card. */
const NEXT = '## Limits';

/** The card with the section put in, or replaced. */
export function withLimitsSection(
  card: string,
  labels: readonly string[],
  typicality: Typicality | null,
  rejection: Rejection,
): string {
  const section = limitsSection(labels, typicality, rejection).join('\n');
  const start = card.indexOf(`${HEADING}\n`);
  if (start >= 0) {
    const next = card.indexOf('\n## ', start);
    return `${card.slice(0, start)}${section}${next < 0 ? '' : card.slice(next)}`;
  }
  const before = card.indexOf(`${NEXT}\n`);
  if (before >= 0) return `${card.slice(0, before)}${section}\n${card.slice(before)}`;
  return `${card.trimEnd()}\n\n${section}`;
}

/** How familiar a picture must look, in words. */
export function gateText(typicality: Typicality | null, floor: number | null): string {
  if (typicality === null || floor === null) return 'Every picture is looked at, however strange.';
  const what =
    typicality.score === 'energy'
      ? 'whose negative energy'
      : 'whose nearness to a class mean (minus the squared Mahalanobis distance, in the features)';
  return `Pictures ${what} is below ${floor.toFixed(3)} are out of its domain.`;
}

function limitsSection(
  labels: readonly string[],
  typicality: Typicality | null,
  { thresholds, floor, promise, evidence, fittedAt }: Rejection,
): string[] {
  return [
    HEADING,
    '',
    `${gateText(typicality, floor)} Then the probability must be above the category's threshold. Fitted ${fittedAt} ` +
      `so that at least ${promise.precision} of what is accepted is right, at confidence ${promise.confidence}, for ` +
      'each source by itself (proven; likely: as much for it as against it; open: too little accepted to tell):',
    '',
    '| fitted to | pictures | accepted | wrong | promise |',
    '|---|---|---|---|---|',
    ...evidence.map(
      ({ source, role, pictures, accepted, wrong, promise: state }) =>
        `| ${source}${role === 'known' ? '' : ' (other things)'} | ${pictures} | ${accepted} | ${wrong} | ` +
        `${state} |`,
    ),
    '',
    '| category | accepted above |',
    '|---|---|',
    ...labels.map((label, at) => `| ${label} | ${thresholds[at]?.toFixed(4) ?? 'never'} |`),
    '',
  ];
}
