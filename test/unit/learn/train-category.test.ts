import { describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import type { Dataset, Split } from '../../../src/learn/dataset/dataset.js';
import { trainCategory } from '../../../src/learn/train-category.js';
import { TRAIN_DEFAULTS } from '../../../src/learn/train/options.js';
import { systemClock } from '../../../src/platform/clock.js';

function dataset(...entries: readonly (readonly [label: string, split: Split])[]): Dataset {
  const size = 16;
  return {
    index: {
      format: 1,
      size,
      fill: 255,
      sources: [{ name: 's', licence: null }],
      labels: [...new Set(entries.map(([label]) => label as CategoryId))],
      entries: entries.map(([label, split], at) => ({
        path: `s/${at}.jpg`,
        source: 's',
        label: label as CategoryId,
        split,
        sha256: String(at),
      })),
      pixelsSha256: '',
    },
    pixels: new Uint8Array(entries.length * size * size * 3),
  };
}

const train = (data: Dataset) =>
  trainCategory(data, TRAIN_DEFAULTS, {
    out: '/nowhere',
    name: 'category',
    resume: false,
    signal: new AbortController().signal,
    clock: systemClock,
  });

describe('trainCategory refuses', () => {
  it('one class, which any network would be sure of', async () => {
    await expect(train(dataset(['hat', 'train'], ['hat', 'validation']))).rejects.toMatchObject({
      code: 'usage',
      message: 'the data has one class only: hat',
    });
  });

  it('a class without training pictures, by name', async () => {
    const data = dataset(['hat', 'train'], ['dress', 'validation'], ['shoes', 'train'], ['bag', 'test']);
    await expect(train(data)).rejects.toMatchObject({
      code: 'usage',
      message: 'no training pictures of dress, bag',
    });
  });
});
