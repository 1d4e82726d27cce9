/**
 * `npm run experiment -- lookalike-truths`: truths for `fashiond search evaluate` and `search tune`, each a JSON Lines
 * file in the work folder.
 *
 * - shop.jsonl: shop photos; pictures of one product, in another colour or view, are alike.
 * - altered.jsonl: all photos are the gallery; some of them, cropped, turned, badly compressed, brightened or before
 *   another ground, are the queries.
 * - rendered.jsonl: garments drawn several times, each in another pose, before another ground, in other light.
 */
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import type { CliContext } from '../../src/cli/context.js';
import { whole } from '../../src/cli/option-values.js';
import { garmentSpec, renderGarment, withScene } from '../../src/garments/render.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { estimateForeground } from '../../src/images/foreground.js';
import { labPixels } from '../../src/images/lab-pixels.js';
import { parseCsv } from '../../src/learn/dataset/csv.js';
import type { TruthPicture } from '../../src/search/evaluation/truth.js';
import { photosFolder } from './photos.js';

interface Flags {
  readonly work: string;
  readonly altered: number;
  readonly rendered: number;
  readonly each: number;
}

export async function lookalikeTruthsExperiment(args: readonly string[], context: CliContext): Promise<void> {
  const command = new Command('lookalike-truths')
    .option('--work <folder>', 'where truths and pictures are written', 'build/lookalike-truths')
    .option('--altered <n>', 'photos that are altered, in five ways each', whole(1), 200)
    .option('--rendered <n>', 'rendered pictures', whole(2), 10_000)
    .option('--each <n>', 'pictures of each rendered garment', whole(2), 5)
    .exitOverride();
  command.parse([...args], { from: 'user' });
  const flags = command.opts<Flags>();
  await mkdir(flags.work, { recursive: true });
  const images = photosFolder('lookalike-truths', context);
  if (images !== null) {
    await writeTruth(flags.work, 'shop', await shopTruth(images), context);
    await writeTruth(flags.work, 'altered', await alteredTruth(images, flags), context);
  }
  await writeTruth(flags.work, 'rendered', await renderedTruth(flags), context);
}

type Line = Pick<TruthPicture, 'path' | 'group'> & Partial<TruthPicture>;

async function writeTruth(
  folder: string,
  name: string,
  lines: readonly Line[],
  { print }: CliContext,
): Promise<void> {
  const file = join(folder, `${name}.jsonl`);
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  print(`${file}: ${lines.length} pictures`);
}

export async function shopTruth(images: string): Promise<Line[]> {
  const [header, ...rows] = parseCsv(await readFile(join(images, '..', 'manifest-shops.csv'), 'utf8'));
  const [path, product, category] = ['path', 'product', 'class10'].map((name) =>
    header!.fields.indexOf(name),
  );
  return rows
    .map(({ fields }) => ({
      path: join(images, '..', fields[path!]!),
      group: fields[product!]!,
      category: fields[category!]!,
    }))
    .filter((line) => line.path.includes('/magento/'));
}

const ALTERATIONS: Readonly<Record<string, (file: string) => Promise<Buffer | null>>> = {
  cropped: async (file) => {
    const { width, height } = await sharp(file).metadata();
    const [left, top] = [Math.round(width * 0.08), Math.round(height * 0.08)];
    const area = { left, top, width: width - 2 * left, height: height - 2 * top };
    return sharp(file).extract(area).jpeg({ quality: 90 }).toBuffer();
  },
  turned: (file) => sharp(file).rotate(10, { background: '#ffffff' }).jpeg({ quality: 90 }).toBuffer(),
  compressed: (file) => sharp(file).jpeg({ quality: 40 }).toBuffer(),
  brightened: (file) => sharp(file).linear(1.2, 6).jpeg({ quality: 90 }).toBuffer(),
  'before another ground': onAnotherGround,
};

/** Null where no ground was found. */
async function onAnotherGround(file: string): Promise<Buffer | null> {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const { weights, found } = estimateForeground(labPixels(new Uint8Array(data)), width, height);
  if (!found) return null;
  const ground = [176, 190, 205];
  for (let at = 0; at < data.length; at += 1) {
    const share = weights[Math.floor(at / 3)]!;
    data[at] = Math.round(share * data[at]! + (1 - share) * ground[at % 3]!);
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Photos are taken evenly from all; each alteration is one query. */
async function alteredTruth(images: string, { work, altered }: Flags): Promise<Line[]> {
  const files = (await readdir(images, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted((one, other) => (one < other ? -1 : 1));
  const folder = join(work, 'altered');
  await mkdir(folder, { recursive: true });
  const lines: Line[] = files.map((path) => ({ path, group: path, role: 'gallery' }));
  const step = files.length / Math.min(altered, files.length);
  for (let number = 0; number < Math.min(altered, files.length); number += 1) {
    const file = files[Math.floor(number * step)]!;
    for (const [name, alter] of Object.entries(ALTERATIONS)) {
      const picture = await alter(file);
      if (picture === null) continue;
      const path = join('altered', `${number} ${name}.jpg`);
      await writeFile(join(work, path), picture);
      lines.push({ path, group: file, role: 'query' });
    }
  }
  return lines;
}

async function renderedTruth({ work, rendered, each }: Flags): Promise<Line[]> {
  const folder = join(work, 'rendered');
  await mkdir(folder, { recursive: true });
  const lines: Line[] = [];
  for (let number = 0; number < rendered / each; number += 1) {
    const kind = GARMENT_KINDS[number % GARMENT_KINDS.length]!;
    const spec = garmentSpec(kind, 7_000_000 + number, 'held-out');
    for (let at = 0; at < each; at += 1) {
      const shown = at === 0 ? spec : withScene(spec, (8 + at) * 1_000_000 + number);
      const path = join('rendered', `${number}-${at}.jpg`);
      await writeFile(join(work, path), await renderGarment(shown, { width: 160, height: 200 }));
      lines.push({ path, group: String(number), category: kind });
    }
  }
  return lines;
}
