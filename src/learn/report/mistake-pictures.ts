/** The worst mistakes as small pictures inside the page. */
import sharp from 'sharp';
import type { Dataset } from '../dataset/dataset.js';
import type { Mistake } from '../evaluation/mistakes.js';
import { escaped } from './markup.js';

const SIDE = 96;

/** One figure for each mistake, its picture as the model saw it. */
export async function mistakeFigures(
  { index, pixels }: Dataset,
  mistakes: readonly Mistake[],
): Promise<string> {
  const bytes = index.size ** 2 * 3;
  const figures: string[] = [];
  for (const { picture, path, truth, named, probability } of mistakes) {
    const raw = { width: index.size, height: index.size, channels: 3 } as const;
    const jpeg = await sharp(pixels.subarray(picture * bytes, (picture + 1) * bytes), { raw })
      .resize(SIDE, SIDE, { withoutEnlargement: true })
      .jpeg({ quality: 80 })
      .toBuffer();
    const caption = `${truth}, taken for ${named} (${probability.toFixed(3)})`;
    figures.push(
      `<figure title="${escaped(path)}"><img width="${SIDE}" height="${SIDE}" alt="${escaped(caption)}" ` +
        `src="data:image/jpeg;base64,${jpeg.toString('base64')}"><figcaption>${escaped(caption)}</figcaption></figure>`,
    );
  }
  return `<div class="pictures">${figures.join('\n')}</div>`;
}
