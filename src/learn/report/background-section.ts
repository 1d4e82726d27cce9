/** The part of report.html on what a model makes of items on other grounds. */
import type { BackgroundEffect, BackgroundReport } from '../evaluation/background-report.js';
import { differenceText } from '../evaluation/paired-difference.js';
import { interval } from '../evaluation/share.js';
import { paragraph, section, table } from './markup.js';

/** `figures`: the examples, as HTML. */
export function backgroundSection(report: BackgroundReport, figures: string): string {
  const { pictures, cut, before, bySource, byGround } = report;
  return section(
    'The same items on other grounds',
    paragraph(
      `Of ${pictures} pictures ${cut} can be cut out of their ground beyond doubt. ${before.of} of them were given the ` +
        'ground of a picture of another class, a colour or a pattern, and judged again; grounds are drawn to contrast ' +
        'with the garment, and for the others none did. The fall is of their accuracy, with the ' +
        '95 % interval of a paired difference (Newcombe 1998, method 10).',
    ),
    table(
      ['', 'pictures', 'accuracy on its own ground', 'on another', 'fall'],
      [
        effectRow('all', report),
        ...bySource.map((part) => effectRow(`source ${part.source}`, part)),
        ...byGround.map((part) => effectRow(`ground ${part.ground}`, part)),
      ],
    ),
    figures,
  );
}

function effectRow(name: string, { before, after, fall }: BackgroundEffect): string[] {
  return [name, String(before.of), interval(before), interval(after), differenceText(fall)];
}
