import { describe, expect, it } from 'vitest';
import { datasetFigures } from '../../../../src/learn/dataset/figures.js';
import { smallDataset } from './small-dataset.js';
import type { SmallPicture } from './small-dataset.js';

const many = (count: number, of: SmallPicture): SmallPicture[] =>
  Array.from({ length: count }, (_, at) => ({ ...of, path: `${of.path}${at}` }));

describe('datasetFigures', () => {
  it('counts classes, sources, groups and leaks, and warns of what flatters or harms', () => {
    const { index } = smallDataset(
      [
        ...many(30, { path: 'h', label: 'hat', group: 'ann' }),
        ...many(2, { path: 's', label: 'shoes', group: 'bob' }),
        { path: 't0', label: 'hat', group: 'ann', split: 'test', source: 'u' },
        { path: 't1', label: 'hat', split: 'test', source: 'u' },
      ],
      {
        sources: [
          { name: 's', licence: 'CC0-1.0' },
          { name: 'u', licence: null },
        ],
      },
    );
    const near = [
      { first: 0, second: 1, distance: 2, likeness: 0.99 },
      { first: 1, second: 32, distance: 4, likeness: 0.9 },
    ];
    const figures = datasetFigures(index, near);
    expect(figures).toMatchObject({
      pictures: 34,
      classes: [
        { label: 'hat', bySplit: { train: 30, validation: 0, test: 2 } },
        { label: 'shoes', bySplit: { train: 2, validation: 0, test: 0 } },
      ],
      sources: [
        { name: 's', licence: 'CC0-1.0', bySplit: { train: 32, validation: 0, test: 0 } },
        { name: 'u', licence: null, bySplit: { train: 0, validation: 0, test: 2 } },
      ],
      imbalance: { largest: 'hat', smallest: 'shoes', ratio: 15 },
      groups: {
        groups: 2,
        ungrouped: 1,
        crossing: [{ group: 'ann', bySplit: { train: 30, validation: 0, test: 1 } }],
      },
      near: {
        pairs: 2,
        pictures: 3,
        leaks: [{ first: 'h1', second: 't0', splits: ['train', 'test'], likeness: 0.9 }],
      },
    });
    expect(figures.warnings).toEqual([
      expect.stringMatching(/^the validation split is empty/),
      'no test pictures of shoes',
      expect.stringMatching(/^hat has 15\.0 times the training pictures of shoes/),
      expect.stringMatching(/^1 of 2 groups lie in several splits/),
      expect.stringMatching(/^1 pairs of near duplicates lie in two splits/),
    ]);
  });

  it('has nothing to say of a sound data set, and no ratio without training pictures', () => {
    const sound = ['train', 'validation', 'test'].flatMap((split) =>
      ['hat', 'shoes'].map((label) => ({ path: `${split}${label}`, label, split }) as SmallPicture),
    );
    expect(datasetFigures(smallDataset(sound).index, []).warnings).toEqual([]);
    const { imbalance, near } = datasetFigures(
      smallDataset([...sound, { path: 'c', label: 'coat', split: 'test' }]).index,
      null,
    );
    expect(imbalance).toMatchObject({ smallest: 'coat', ratio: null });
    expect(near).toBeNull();
  });
});
