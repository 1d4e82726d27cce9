/** The worst mistakes, and pictures on new grounds, as small pictures inside the page. */
import sharp from 'sharp';
import { pixelsOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import type { BackgroundExample } from '../evaluation/background-report.js';
import type { Mistake } from '../evaluation/mistakes.js';
import { escaped } from './markup.js';

const SIDE = 96;

/** One figure for each mistake, its picture as the model saw it. */
export async function mistakeFigures(dataset: Dataset, mistakes: readonly Mistake[]): Promise<string> {
  return figuresOf(
    dataset.index.size,
    mistakes.map(({ picture, path, truth, named, probability }) => ({
      pixels: pixelsOf(dataset, picture),
      path,
      caption: `${truth}, taken for ${named} (${probability.toFixed(3)})`,
    })),
  );
}

/** One figure for each example, on its new ground. `size`: side of the pictures. */
export async function groundFigures(size: number, examples: readonly BackgroundExample[]): Promise<string> {
  return figuresOf(
    size,
    examples.map(({ pixels, path, truth, before, after }) => {
      const named = before === after ? `${after} on either` : `${before} before, ${after} now`;
      return { pixels, path, caption: `${truth}: ${named}` };
    }),
  );
}

interface Figure {
  /** size x size x 3. */
  readonly pixels: Uint8Array;
  readonly path: string;
  readonly caption: string;
}

async function figuresOf(size: number, pictures: readonly Figure[]): Promise<string> {
  const figures: string[] = [];
  for (const { pixels, path, caption } of pictures) {
    const jpeg = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
      .resize(SIDE, SIDE, { withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toBuffer();
    figures.push(
      `<figure title="${escaped(path)}"><img width="${SIDE}" height="${SIDE}" alt="${escaped(caption)}" ` +
        `src="data:image/jpeg;base64,${jpeg.toString('base64')}"><figcaption>${escaped(caption)}</figcaption></figure>`,
    );
  }
  return `<div class="pictures">${figures.join('\n')}</div>`;
}
