import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../../src/learn/dataset/dataset.js';
import { figuresByAttribute } from '../../../../src/learn/evaluation/by-attribute.js';
import { share } from '../../../../src/learn/evaluation/share.js';
import { smallDataset } from '../dataset/small-dataset.js';

/** Two classes; the first of each row's probabilities decides. */
function figuresOf(told: readonly (Attributes | undefined)[], right: readonly number[]) {
  const { index } = smallDataset(
    told.map((attributes, at) => ({
      path: `${at}.jpg`,
      label: 'hat',
      ...(attributes === undefined ? {} : { attributes }),
    })),
  );
  const probabilities = Float32Array.from(right.flatMap((sure) => [sure, 1 - sure]));
  const predictions = { probabilities, classes: 2, labels: right.map(() => 0) };
  return figuresByAttribute(predictions, [...right.keys()], index, 0.9);
}

describe('figuresByAttribute', () => {
  it('counts each value for itself, the commonest first', () => {
    const [pose, view, ...rest] = figuresOf(
      [{ pose: 'worn' }, { pose: 'worn', view: 'front' }, { pose: 'flat' }, undefined, { pose: 'worn' }],
      [0.95, 0.2, 0.7, 0.99, 0.6],
    );
    expect(rest).toEqual([]);
    expect(pose).toMatchObject({ attribute: 'pose', others: 0, untold: 1 });
    expect(pose!.values.map(({ value }) => value)).toEqual(['worn', 'flat']);
    expect(pose!.values[0]!.figures).toMatchObject({
      pictures: 3,
      accuracy: share(2, 3),
      precision: share(1, 1),
      coverage: share(1, 3),
    });
    expect(view).toMatchObject({ attribute: 'view', untold: 4, values: [{ value: 'front' }] });
  });

  it('lists the commonest of very many values and counts the others', () => {
    const titles = Array.from({ length: 30 }, (_, at) => ({ title: `t${String(at).padStart(2, '0')}` }));
    const told = [...titles, { title: 't29' }];
    const [title] = figuresOf(
      told,
      told.map(() => 0.6),
    );
    expect(title!.values).toHaveLength(24);
    expect(title!.values[0]).toMatchObject({ value: 't29', figures: { pictures: 2 } });
    expect(title!.others).toBe(31 - 2 - 23);
  });

  it('is empty where nothing is told, as in data sets made before it was kept', () => {
    expect(figuresOf([undefined, undefined], [0.6, 0.6])).toEqual([]);
  });

  it('takes the names of built-in properties for what they are', () => {
    const told = JSON.parse('{"__proto__": "a", "constructor": "b"}') as Attributes;
    const found = figuresOf([told, { other: 'c' }], [0.6, 0.6]);
    expect(found.map(({ attribute, untold }) => [attribute, untold])).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
      ['other', 1],
    ]);
  });
});
