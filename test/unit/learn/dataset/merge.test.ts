import { describe, expect, it } from 'vitest';
import { pixelsOf } from '../../../../src/learn/dataset/dataset.js';
import { mergeDatasets } from '../../../../src/learn/dataset/merge.js';
import { smallDataset } from './small-dataset.js';

const options = { leaks: 'report', edgesOf: () => new Float32Array(1) } as const;

describe('mergeDatasets', () => {
  it('joins pictures, pixels and sources; of two copies the tested one stays', () => {
    const photos = smallDataset([
      { path: 'photos/b', label: 'hat', colour: [1, 1, 1], sha256: 'same' },
      { path: 'photos/a', label: 'shoes', colour: [2, 2, 2], group: 'photos:ann' },
    ]);
    const shop = smallDataset(
      [
        { path: 'shop/c', label: 'coat', colour: [3, 3, 3], source: 'shop' },
        { path: 'shop/d', label: 'hat', colour: [1, 1, 1], source: 'shop', split: 'test', sha256: 'same' },
      ],
      { sources: [{ name: 'shop', licence: null }] },
    );
    const { dataset, report } = mergeDatasets(
      [
        { name: 'one', dataset: photos },
        { name: 'two', dataset: shop },
      ],
      options,
    );
    const { entries, labels, sources } = dataset.index;
    expect(labels).toEqual(['coat', 'hat', 'shoes']);
    expect(sources.map(({ name }) => name)).toEqual(['s', 'shop']);
    expect(
      entries.map(({ path, split, group }, at) => [path, split, group, pixelsOf(dataset, at)[0]]),
    ).toEqual([
      ['photos/a', 'train', 'photos:ann', 2],
      ['shop/c', 'train', undefined, 3],
      ['shop/d', 'test', undefined, 1],
    ]);
    expect(report.duplicates).toMatchObject([{ path: 'photos/b', of: 'shop/d' }]);
    expect(report.figures.pictures).toBe(3);
    expect(report.figures.near).toBeNull();
  });

  it.each([
    [{ size: 4 }, /size 8 and 4/],
    [{ fill: 0 }, /fill 255 and 0/],
    [{ preprocessing: 'other' }, /preprocessing unknown and other/],
    [{ sources: [{ name: 's', licence: 'MIT' }] }, /s has two licences: CC0-1\.0 and MIT/],
  ])('refuses what does not fit: %j', (over, message) => {
    const one = { name: 'one', dataset: smallDataset([{ path: 'a', label: 'hat' }]) };
    const two = { name: 'two', dataset: smallDataset([{ path: 'b', label: 'hat' }], over) };
    expect(() => mergeDatasets([one, two], options)).toThrow(message);
  });
});
