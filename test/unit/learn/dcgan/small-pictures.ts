/** Pictures that a tiny generator can learn something of: a patch of one colour on white, in random places. */
import type { CategoryId } from '../../../../src/domain/ids.js';
import type { Dataset, Split } from '../../../../src/learn/dataset/dataset.js';
import { Random } from '../../../../src/platform/random.js';

export const SIDE = 64;
export const PICTURE = SIDE * SIDE * 3;

/** uint8 [count, 64, 64, 3]. */
export function patches(count: number, seed: number): Uint8Array {
  const random = new Random(seed);
  const pixels = new Uint8Array(count * PICTURE).fill(255);
  for (let picture = 0; picture < count; picture += 1) {
    const colour = [0, 1, 2].map(() => random.int(0, 200));
    const [left, top] = [random.int(4, 20), random.int(4, 20)];
    const [right, bottom] = [random.int(40, 60), random.int(40, 60)];
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) pixels.set(colour, picture * PICTURE + (y * SIDE + x) * 3);
    }
  }
  return pixels;
}

/** `train` pictures and, behind them, `validation` ones. */
export function patchDataset(train: number, validation: number): Dataset {
  const splits: Split[] = [
    ...Array.from({ length: train }, () => 'train' as const),
    ...Array.from({ length: validation }, () => 'validation' as const),
  ];
  return {
    index: {
      format: 1,
      size: SIDE,
      fill: 255,
      sources: [{ name: 'patches', licence: 'CC0' }],
      labels: ['hat' as CategoryId],
      entries: splits.map((split, at) => ({
        path: `patches/${at}.png`,
        source: 'patches',
        label: 'hat' as CategoryId,
        split,
        sha256: String(at),
      })),
      pixelsSha256: 'patches',
    },
    pixels: patches(splits.length, 5),
  };
}
