/** A small data set that a small network learns in seconds: pictures whose class is their texture, in any colours. */
import type { CategoryId } from '../../src/domain/ids.js';
import type { Dataset, Split } from '../../src/learn/dataset/dataset.js';
import { sha256Hex } from '../../src/platform/fingerprint.js';
import { Random } from '../../src/platform/random.js';

export const TEXTURE_SIZE = 16;

/** Which of two colours a place shows. */
const TEXTURES: readonly ((column: number, row: number) => 0 | 1)[] = [
  (_, row) => stripe(row),
  (column) => stripe(column),
  () => 0,
  (column, row) => stripe(column + row),
];

/** One label for each texture, taken in order: bars across, bars down, one colour, slanting bars. */
export function textures(count: number, labels: readonly string[], seed = 11): Dataset {
  const random = new Random(seed);
  const bytes = TEXTURE_SIZE * TEXTURE_SIZE * 3;
  const pixels = new Uint8Array(count * bytes);
  const entries = Array.from({ length: count }, (_, picture) => {
    const label = picture % labels.length;
    const texture = TEXTURES[label]!;
    const colours = [0, 1].map(() => [random.int(0, 255), random.int(0, 255), random.int(0, 255)]);
    for (let at = 0; at < TEXTURE_SIZE * TEXTURE_SIZE; at += 1) {
      const colour = colours[texture(at % TEXTURE_SIZE, Math.floor(at / TEXTURE_SIZE))]!;
      pixels.set(colour, picture * bytes + at * 3);
    }
    const split: Split = picture < count * 0.7 ? 'train' : picture < count * 0.85 ? 'validation' : 'test';
    return {
      path: `t/${picture}.png`,
      source: 't',
      label: labels[label]! as CategoryId,
      split,
      sha256: `${seed} ${picture}`,
    };
  });
  return {
    index: {
      format: 1,
      size: TEXTURE_SIZE,
      fill: 255,
      sources: [{ name: 't', licence: 'CC0-1.0' }],
      labels: labels as CategoryId[],
      entries,
      pixelsSha256: sha256Hex(pixels),
    },
    pixels,
  };
}

function stripe(position: number): 0 | 1 {
  return Math.floor(position / 2) % 2 === 0 ? 0 : 1;
}
