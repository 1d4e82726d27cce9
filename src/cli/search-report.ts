/** report.html of `fashiond search evaluate`: the table, a plot, and queries with their answers as pictures. */
import { join } from 'node:path';
import sharp from 'sharp';
import { pngOf, svgOf } from '../learn/report/chart.js';
import type { Chart } from '../learn/report/chart.js';
import { escaped, paragraph, section, table } from '../learn/report/markup.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { RECALL_AT } from '../search/evaluation/measure.js';
import type { Measure, MethodFigures } from '../search/evaluation/measure.js';
import { FIGURE_HEAD, figureCells } from './search-figures.js';
import type { DescribedTruth } from './search-truth.js';

const EXAMPLES = 16;
const ANSWERS = 6;
const SIDE = 96;

const STYLE = `
body { font: 15px/1.5 sans-serif; max-width: 1000px; margin: 2em auto; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0; font-size: 13px }
th, td { border-bottom: 1px solid #ddd; padding: 3px 10px 3px 0; text-align: left; font-weight: normal }
thead th { font-weight: bold }
svg { max-width: 100%; height: auto }
.row { display: flex; gap: 8px; align-items: center; margin: 6px 0 }
.row span { width: 80px; font-size: 12px }
.row img { border: 3px solid #ddd }
.row img.query { border-color: #222 }
.row img.right { border-color: #2a8a3e }
`;

export async function writeSearchReport(
  folder: string,
  truth: DescribedTruth,
  measures: readonly Measure[],
  figures: readonly MethodFigures[],
): Promise<void> {
  const svg = await svgOf(recallChart(figures));
  await writeFileAtomic(join(folder, 'recall.png'), await pngOf(svg));
  const [first] = figures;
  const protocol =
    `${first?.queries ?? 0} queries; each looks for the other pictures of its group among all ` +
    `${first?.gallery ?? 0} but itself. Describing a picture took ${truth.describeMs.toFixed(1)} ms.`;
  const legend =
    'Black: the query. Green: the same garment. Half of the examples are queries that the blend misses.';
  const page = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Search for lookalikes</title><style>${STYLE}</style></head><body>`,
    '<h1>Search for lookalikes</h1>',
    paragraph(protocol),
    paragraph(`Model ${truth.model}.`),
    table(
      [...FIGURE_HEAD, 'what it compares'],
      figures.map((one) => [...figureCells(one), one.what]),
    ),
    svg,
    section('Queries and answers', paragraph(legend), await examples(truth, measures)),
    '</body></html>',
    '',
  ].join('\n');
  await writeFileAtomic(join(folder, 'report.html'), page);
}

function recallChart(figures: readonly MethodFigures[]): Chart {
  return {
    name: 'recall',
    title: 'Recall at 1, 5 and 10 of each method',
    width: 720,
    height: 320,
    option: {
      grid: { left: 50, right: 20, top: 45, bottom: 40 },
      legend: { top: 5 },
      xAxis: { type: 'category', data: figures.map(({ method }) => method) },
      yAxis: { type: 'value', min: 0, max: 1 },
      series: RECALL_AT.map((k, at) => ({
        name: `recall@${k}`,
        type: 'bar',
        data: figures.map(({ recall }) => recall[at] ?? 0),
      })),
    },
  };
}

/** The same queries for every method. */
async function examples(truth: DescribedTruth, measures: readonly Measure[]): Promise<string> {
  const blocks: string[] = [];
  for (const at of chosenQueries(truth, measures)) {
    const query = truth.pictures[at];
    blocks.push(`<h3>${escaped(query?.path ?? '')}</h3>`);
    for (const measure of measures) {
      const answers = measure.answers.find((one) => one.query === at)?.ranked.slice(0, ANSWERS) ?? [];
      const pictures = [await image(truth.files[at] ?? '', 'query', 'the query')];
      for (const place of answers) {
        const found = truth.gallery[place];
        const right = found?.group === query?.group;
        const file = truth.files[truth.galleryAt[place] ?? 0] ?? '';
        pictures.push(await image(file, right ? 'right' : 'wrong', found?.path ?? ''));
      }
      blocks.push(`<div class="row"><span>${escaped(measure.method.name)}</span>${pictures.join('')}</div>`);
    }
  }
  return blocks.join('\n');
}

/** Spread evenly over those that the last method, the blend, misses and those that it finds. */
function chosenQueries(truth: DescribedTruth, measures: readonly Measure[]): number[] {
  const blend = measures.at(-1)?.answers ?? [];
  const isFound = ({ query, ranked }: (typeof blend)[number]): boolean =>
    truth.gallery[ranked[0] ?? -1]?.group === truth.pictures[query]?.group;
  const some = (of: typeof blend): number[] =>
    of.filter((_, at) => at % Math.ceil(of.length / (EXAMPLES / 2)) === 0).map(({ query }) => query);
  return [...some(blend.filter((one) => !isFound(one))), ...some(blend.filter(isFound))];
}

const IMAGES = new Map<string, string>();

async function image(file: string, kind: 'query' | 'right' | 'wrong', path: string): Promise<string> {
  let data = IMAGES.get(file);
  if (data === undefined) {
    const jpeg = await sharp(file)
      .autoOrient()
      .resize(SIDE, SIDE, { fit: 'contain', background: '#ffffff' })
      .jpeg({ quality: 75 })
      .toBuffer();
    data = jpeg.toString('base64');
    IMAGES.set(file, data);
  }
  const alt = kind === 'right' ? `same garment: ${path}` : path;
  return (
    `<img class="${kind}" width="${SIDE}" height="${SIDE}" title="${escaped(path)}" alt="${escaped(alt)}" ` +
    `src="data:image/jpeg;base64,${data}">`
  );
}
