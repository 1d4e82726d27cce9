import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import { writeDataset } from '../../../src/learn/dataset/dataset.js';
import type { Split } from '../../../src/learn/dataset/dataset.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import type { BackgroundReport } from '../../../src/learn/evaluation/background-report.js';
import type { EvaluationReport } from '../../../src/learn/evaluation/report.js';
import type { RejectionReport } from '../../../src/learn/rejection/report.js';
import type { OffDomainReport } from '../../../src/learn/evaluation/off-domain.js';
import type { Comparison } from '../../../src/learn/evaluation/compare.js';
import { smallDataset } from '../learn/dataset/small-dataset.js';
import { runCommand } from '../../support/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { writeTinyModel } from '../../support/tiny-model.js';
import { TINY_SIZE, tinyOutputs } from '../../support/tiny-network.js';

type Document = EvaluationReport & {
  offDomain: OffDomainReport | null;
  rejection: RejectionReport | null;
  backgrounds: BackgroundReport | null;
  compared?: EvaluationReport & { comparison: Comparison };
};

/** The tiny model names red pictures sweaters, green ones beanies, blue ones shorts; grey leaves it unsure. */
const COLOURS = { red: [250, 0, 0], green: [0, 250, 0], blue: [0, 0, 250], grey: [120, 120, 120] } as const;

const root = temporaryFolder();
const data = join(root, 'data');
const other = join(root, 'other');
let model = '';
let sides = 0;

async function paint(path: string, colour: keyof typeof COLOURS): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const [r, g, b] = COLOURS[colour];
  // Sizes differ so that no two files are the same.
  sides += 1;
  const side = 20 + sides;
  const png = sharp({ create: { width: side, height: side, channels: 3, background: { r, g, b } } });
  await writeFile(path, await png.png().toBuffer());
}

/** Plain pictures: label, colour, split. */
type Painted = readonly (readonly [label: string, colour: keyof typeof COLOURS, split: Split])[];
const PICTURES: Painted = [
  ['sweater', 'red', 'train'],
  ['sweater', 'red', 'test'],
  ['sweater', 'green', 'test'],
  ['beanie', 'green', 'test'],
  ['shorts', 'grey', 'test'],
  ['watch', 'blue', 'test'],
];

async function writeData(folder: string, size: number, pictures: Painted = PICTURES): Promise<void> {
  const pixels = new Uint8Array(pictures.length * size ** 2 * 3);
  const entries = pictures.map(([label, colour, split], at) => {
    pixels.set(solid(colour, size), at * size ** 2 * 3);
    const path = `pictures/${split}/${label}/${at}.png`;
    const entry = { path, source: 'pictures', label: label as CategoryId, split, sha256: String(at) };
    // Of the last class nothing is told.
    return label === 'shorts' ? entry : { ...entry, attributes: { view: colour } };
  });
  const labels = ['beanie', 'shorts', 'sweater', 'watch'] as CategoryId[];
  const sources = [{ name: 'pictures', licence: null }];
  const pixelsSha256 = sha256Hex(pixels);
  await writeDataset(folder, {
    index: { format: 1, size, fill: 255, sources, labels, entries, pixelsSha256 },
    pixels,
  });
}

beforeAll(async () => {
  model = await writeTinyModel();
  await writeData(data, TINY_SIZE);
  await paint(join(other, 'kettle/6.png'), 'blue');
  await paint(join(other, 'kettle/7.png'), 'grey');
  await paint(join(other, 'beanies/8.png'), 'green');
  await writeFile(join(other, 'kettle/9.png'), 'no picture');
});

describe('fashiond evaluate', () => {
  it('reports figures that can be counted by hand', async () => {
    const { code, out } = await runCommand(
      'evaluate',
      '--model',
      model,
      '--data',
      data,
      '--off-domain',
      other,
      '--json',
    );
    expect(code).toBe(0);
    const report = JSON.parse(out) as Document;
    const sure = Math.max(...tinyOutputs(solid('red')).probabilities);
    expect(sure).toBeGreaterThan(0.9);
    expect(Math.max(...tinyOutputs(solid('grey')).probabilities)).toBeLessThan(0.9);
    expect(report.all.pictures).toBe(4);
    expect(report.leftOut).toEqual([{ label: 'watch', pictures: 1 }]);
    expect(report.all.coverage).toMatchObject({ count: 3, of: 4 });
    expect(report.all.precision).toMatchObject({ count: 2, of: 3 });
    expect(report.confusion[0]).toEqual([1, 1, 0]);
    expect(report.mistakes[0]).toMatchObject({
      path: 'pictures/test/sweater/2.png',
      truth: 'sweater',
      named: 'beanie',
    });
    expect(report.mistakes[0]!.probability).toBeCloseTo(
      Math.max(...tinyOutputs(solid('green')).probabilities),
      5,
    );
    expect(report.offDomain).toMatchObject({
      pictures: 2,
      undecodable: 1,
      leftOut: ['beanies'],
      accepted: { count: 1, of: 2 },
    });
  });

  it('breaks the figures down by what is told of the pictures', async () => {
    const { out } = await runCommand('evaluate', '--model', model, '--data', data, '--json');
    const { byAttribute } = JSON.parse(out) as Document;
    expect(byAttribute).toMatchObject([
      {
        attribute: 'view',
        others: 0,
        untold: 1,
        values: [
          { value: 'green', figures: { accuracy: { count: 1, of: 2 }, coverage: { count: 2, of: 2 } } },
          { value: 'red', figures: { accuracy: { count: 1, of: 1 } } },
        ],
      },
    ]);
    const words = await runCommand('evaluate', '--model', model, '--data', data);
    expect(words.out).toMatch(/^green +2 +0\.500 \(0\.095 to 0\.905; 1 of 2\)/m);
    expect(words.out).toContain('not told of 1 pictures');
  });

  it('judges pictures on other grounds where it can, and says nothing where it cannot', async () => {
    const asked = ['evaluate', '--model', model, '--data', data, '--backgrounds', '--json'];
    // Plain pictures are all ground.
    expect((JSON.parse((await runCommand(...asked)).out) as Document).backgrounds).toBeNull();
    const garments = join(root, 'garments');
    const place = (column: number, row: number): boolean => column > 1 && column < 6 && row > 1 && row < 6;
    const small = smallDataset(
      (['red', 'green'] as const).flatMap((colour) =>
        [0, 1, 2].map((at) => ({
          path: `${colour}/${at}.png`,
          label: colour === 'red' ? 'sweater' : 'beanie',
          split: 'test' as const,
          paint: (column: number, row: number) => {
            const [r, g, b] = COLOURS[colour];
            return place(column, row) ? ([r, g, b] as const) : ([20, 20, 20 + at] as const);
          },
        })),
      ),
      { size: TINY_SIZE },
    );
    await writeDataset(garments, small);
    const { out } = await runCommand(
      'evaluate',
      '--model',
      model,
      '--data',
      garments,
      '--backgrounds',
      '--json',
    );
    const { backgrounds } = JSON.parse(out) as Document;
    expect(backgrounds).toMatchObject({ pictures: 6, cut: 6, before: { count: 6, of: 6 } });
    expect(backgrounds!.examples).toHaveLength(6);
    expect(Object.keys(backgrounds!.examples[0]!)).toEqual(['path', 'truth', 'before', 'after']);
    const words = await runCommand('evaluate', '--model', model, '--data', garments, '--backgrounds');
    expect(words.out).toMatch(
      /on other grounds: of 6 pictures 6 can be cut out .*; for 6 of them a ground was drawn that contrasts/,
    );
    expect(words.out).toMatch(/^all +1\.000 \(.*; 6 of 6\) /m);
  });

  it('says the same in words, and puts two models side by side', async () => {
    const alone = await runCommand('evaluate', '--model', model, '--data', data);
    expect(alone.out).toMatch(/above 0.9: precision 0\.667 .*coverage 0\.750/);
    expect(alone.out).toMatch(/sweater\/2\.png: sweater taken for beanie/);
    const out = join(root, 'report');
    const both = await runCommand(
      'evaluate',
      '--model',
      model,
      '--data',
      data,
      '--compare',
      model,
      '--out',
      out,
    );
    expect(both.out).toMatch(/of 4 pictures both have: [23] right by both, 0 by the first alone/);
    const document = JSON.parse(await readFile(join(out, 'report.json'), 'utf8')) as Document;
    expect(document.compared!.comparison.p).toBe(1);
    expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('Side by side');
  });

  it('chooses thresholds on validation and compares scores with off-domain pictures', async () => {
    const more = join(root, 'more');
    const validation = Array.from(
      { length: 60 },
      (_, at) => ['sweater', at < 59 ? 'red' : 'grey', 'validation'] as const,
    );
    await writeData(more, TINY_SIZE, [...PICTURES, ...validation]);
    const flags = ['--promise', '0.9', '--confidence', '0.9', '--off-domain', other];
    const args = ['evaluate', '--model', model, '--data', more, ...flags];
    const { rejection } = JSON.parse((await runCommand(...args, '--json')).out) as Document;
    const named = (label: string) => rejection!.thresholds.find((one) => one.label === label)!;
    // One of sixty is grey, and is named after the largest bias: sweater as well.
    expect(named('sweater').guaranteed).toMatchObject({ accepted: 60, wrong: 0 });
    expect(named('beanie').guaranteed).toBeNull();
    // Of the four tested pictures the red one and the grey one are named sweater.
    expect(rejection!.applied!.byClass.coverage).toMatchObject({ count: 2, of: 4 });
    expect(rejection!.scores.map(({ score }) => score)).toEqual(['probability', 'class means']);
    expect((await runCommand(...args)).out).toMatch(/beanie, named 0 times: cannot be promised/);
  });

  it('obeys the threshold it is given', async () => {
    const { out } = await runCommand(
      'evaluate',
      '--model',
      model,
      '--data',
      data,
      '--threshold',
      '0',
      '--json',
    );
    expect((JSON.parse(out) as Document).all.coverage.value).toBe(1);
  });

  it('says what to do about pictures of another size and an empty split', async () => {
    const small = join(root, 'small');
    await writeData(small, 16);
    const wrongSize = await runCommand('evaluate', '--model', model, '--data', small);
    expect(wrongSize.code).toBe(1);
    expect(wrongSize.err).toMatch(/takes pictures of 8 px.*\n.*--size 8/);
    const empty = await runCommand('evaluate', '--model', model, '--data', data, '--split', 'validation');
    expect(empty.code).toBe(2);
    expect(empty.err).toMatch(/validation split .* has no picture/);
  });
});

function solid(colour: keyof typeof COLOURS, size = TINY_SIZE): Uint8Array {
  return Uint8Array.from({ length: size ** 2 * 3 }, (_, at) => COLOURS[colour][at % 3]!);
}
