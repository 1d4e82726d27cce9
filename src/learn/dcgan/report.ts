/** report.html of a generator and its encoder, and its plots as PNG files. */
import { join } from 'node:path';
import sharp from 'sharp';
import { writeFileAtomic } from '../../platform/atomic-file.js';
import { LEGEND, pngOf, svgOf } from '../report/chart.js';
import type { Chart } from '../report/chart.js';
import { escaped, paragraph, section, table } from '../report/markup.js';
import { htmlPage } from '../report/page.js';
import { DIVERSITY_HEAD, diversityRows, encoderLine, trainedLine, verdictLine } from './figure-text.js';
import type { DcganManifest } from './folder.js';
import type { DcganJudgement } from './judge.js';
import { SIDE } from './networks.js';
import type { DcganEpoch } from './progress.js';

const PICTURE = SIDE * SIDE * 3;
const SAMPLES = { columns: 12, rows: 6 };
const PAIRS = { columns: 12, rows: 2 };
const PLOT = { width: 520, height: 320 };

export async function writeDcganReport(
  folder: string,
  manifest: DcganManifest,
  history: readonly DcganEpoch[],
  judgement: DcganJudgement,
): Promise<void> {
  const { diversity, pictures } = judgement;
  const plots: string[] = [];
  for (const chart of charts(history)) {
    const svg = await svgOf(chart);
    await writeFileAtomic(join(folder, `${chart.name}.png`), await pngOf(svg));
    plots.push(svg);
  }
  const samples = await grid([pictures.samples], SAMPLES);
  await writeFileAtomic(join(folder, 'samples.png'), samples);
  const redrawn = await grid([pictures.real, pictures.redrawn], PAIRS);
  const nearest = await grid([pictures.samples, pictures.nearestTraining], PAIRS);
  const real = judgement.heldOut ? 'real pictures, which were not shown in training' : 'training pictures';
  const page = htmlPage(manifest.name, [
    `<h1>Model ${escaped(manifest.name)}</h1>`,
    `<p>generator and encoder, fingerprint <code>${escaped(manifest.fingerprint)}</code></p>`,
    paragraph(`Trained: ${trainedLine(history)}.`),
    section(
      'Samples',
      image(samples, SAMPLES.columns, 'pictures that the generator draws from random codes'),
    ),
    section(
      'Whether it collapsed',
      paragraph(`As measured, ${verdictLine(judgement)}.`),
      paragraph(
        `${diversity.pictures} samples beside as many ${real}; distances are root mean squares of 16 x 16 pixels in ` +
          'units of their range. Samples with less than half of the pairs’ distance, or less than 0.35 of that to the ' +
          'nearest other, are those of a collapsed generator; less than a quarter of that to the nearest training ' +
          'picture, of one that copies. MS-SSIM is 1 for pictures that are the same (Wang et al. 2003).',
      ),
      table(DIVERSITY_HEAD, diversityRows(diversity)),
      paragraph('Samples, and below each the nearest training picture:'),
      image(nearest, PAIRS.columns, 'samples, and below each the nearest training picture'),
    ),
    section(
      'Pictures drawn again',
      paragraph(`As measured, ${encoderLine(judgement)}.`),
      paragraph(`Above ${real}; below what the generator draws from the encoder’s numbers:`),
      image(redrawn, PAIRS.columns, 'real pictures, and below each the same drawn again from its code'),
    ),
    section('Training', plots.join('')),
  ]);
  await writeFileAtomic(join(folder, 'report.html'), page);
}

function charts(history: readonly DcganEpoch[]): Chart[] {
  const of = (phase: DcganEpoch['phase']): DcganEpoch[] => history.filter((record) => record.phase === phase);
  return [
    chart('losses', 'Losses of generator and discriminator', of('adversarial'), {
      discriminator: 'discriminator',
      generator: 'generator',
    }),
    chart('decisions', 'What the discriminator says', of('adversarial'), {
      real: 'D(x), real pictures',
      drawn: 'D(G(z)), drawn ones',
    }),
    chart('encoder', 'Losses of the encoder', of('encoder'), { codes: 'codes', pictures: 'pictures' }),
  ];
}

/** Against the minutes of the phase, a point for each pass. */
function chart(
  name: string,
  title: string,
  passes: readonly DcganEpoch[],
  lines: Readonly<Record<string, string>>,
): Chart {
  let spent = 0;
  const ends = passes.map(({ elapsedMs }) => (spent += elapsedMs / 60_000));
  return {
    ...PLOT,
    name,
    title,
    option: {
      title: { text: title, left: 'center', top: 0, textStyle: { fontSize: 13, fontWeight: 'normal' } },
      grid: { left: 60, right: 20, top: 55, bottom: 45 },
      legend: { ...LEGEND, top: 25 },
      xAxis: { type: 'value', name: 'minutes', nameLocation: 'middle', nameGap: 28, min: 0 },
      yAxis: { type: 'value', scale: true },
      series: Object.entries(lines).map(([figure, line]) => ({
        name: line,
        type: 'line',
        showSymbol: passes.length === 1,
        data: passes.map(({ figures }, at) => [ends[at] ?? 0, figures[figure] ?? null]),
      })),
    },
  };
}

/** PNG: as many pictures as fit; of several sets, the rows in turn. */
async function grid(
  sets: readonly Uint8Array[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Promise<Buffer> {
  const [first = new Uint8Array()] = sets;
  const perSet = Math.min(columns * (rows / sets.length), first.length / PICTURE);
  const tiles = sets.flatMap((set, of) =>
    Array.from({ length: perSet }, (_, at) => ({
      input: Buffer.from(set.subarray(at * PICTURE, (at + 1) * PICTURE)),
      raw: { width: SIDE, height: SIDE, channels: 3 as const },
      left: (at % columns) * SIDE,
      top: (Math.floor(at / columns) * sets.length + of) * SIDE,
    })),
  );
  const canvas = { width: columns * SIDE, height: rows * SIDE, channels: 3 as const, background: '#ffffff' };
  return sharp({ create: canvas }).composite(tiles).png().toBuffer();
}

function image(png: Buffer, columns: number, alt: string): string {
  return `<img width="${columns * SIDE}" alt="${escaped(alt)}" src="data:image/png;base64,${png.toString('base64')}">`;
}
