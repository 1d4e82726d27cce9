/** Data sets of a few flat pictures, for tests. */
import type { CategoryId } from '../../../../src/domain/ids.js';
import type { Dataset, DatasetEntry, DatasetIndex } from '../../../../src/learn/dataset/dataset.js';
import { sha256Hex } from '../../../../src/platform/fingerprint.js';

export interface SmallPicture extends Partial<Omit<DatasetEntry, 'label' | 'path'>> {
  readonly path: string;
  readonly label: string;
  /** RGB of the whole picture, or a painter of its pixels. */
  readonly colour?: readonly [number, number, number];
  readonly paint?: (x: number, y: number) => readonly [number, number, number];
}

export function smallDataset(
  pictures: readonly SmallPicture[],
  { size = 8, ...over }: Partial<Omit<DatasetIndex, 'entries' | 'labels'>> = {},
): Dataset {
  const pixels = new Uint8Array(pictures.length * size * size * 3);
  const entries = pictures.map(({ colour = [0, 0, 0], paint, ...entry }, picture): DatasetEntry => {
    for (let at = 0; at < size * size; at += 1) {
      const value = paint?.(at % size, Math.floor(at / size)) ?? colour;
      pixels.set(value, (picture * size * size + at) * 3);
    }
    return {
      source: 's',
      split: 'train',
      sha256: sha256Hex(Buffer.from(entry.path)),
      ...entry,
      label: entry.label as CategoryId,
    };
  });
  const index: DatasetIndex = {
    format: 1,
    size,
    fill: 255,
    sources: [{ name: 's', licence: 'CC0-1.0' }],
    labels: [...new Set(entries.map(({ label }) => label))].sort(),
    entries,
    pixelsSha256: sha256Hex(pixels),
    ...over,
  };
  return { index, pixels };
}
