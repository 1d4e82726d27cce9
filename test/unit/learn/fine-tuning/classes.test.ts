import { describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../../src/domain/ids.js';
import { classesOf, pixelsOf } from '../../../../src/learn/dataset/dataset.js';
import type { AbsentRule } from '../../../../src/learn/fine-tuning/classes.js';
import {
  changesClasses,
  classesText,
  planClasses,
  withClasses,
  withLabels,
} from '../../../../src/learn/fine-tuning/classes.js';
import { sha256Hex } from '../../../../src/platform/fingerprint.js';
import { smallDataset } from '../dataset/small-dataset.js';

const base = ['hat', 'dress', 'shoes'] as CategoryId[];
const dataOf = (...labels: string[]) =>
  smallDataset(labels.map((label, at) => ({ path: `${at}.png`, label })));
const plan = (labels: string[], rule: AbsentRule = 'refuse') =>
  planClasses(base, dataOf(...labels).index, rule);

describe('planClasses', () => {
  it('matches by name, whatever the order of the data', () => {
    const same = plan(['shoes', 'dress', 'hat']);
    expect(same).toEqual({ labels: base, columns: [0, 1, 2], added: [], absent: [], dropped: [] });
    expect(changesClasses(same)).toBe(false);
    expect(classesText(same)).toBeNull();
  });

  it('puts new classes behind the old, and keeps those without pictures when it is told to', () => {
    const grown = plan(['beanie', 'dress', 'bag'], 'keep');
    expect(grown).toEqual({
      labels: ['hat', 'dress', 'shoes', 'bag', 'beanie'],
      columns: [0, 1, 2],
      added: ['bag', 'beanie'],
      absent: ['hat', 'shoes'],
      dropped: [],
    });
    expect(changesClasses(grown)).toBe(true);
    expect(classesText(grown)).toBe('new: bag, beanie; kept without pictures: hat, shoes');
  });

  it('forgets them when it is told to, and else refuses', () => {
    expect(() => plan(['beanie', 'dress', 'shoes'])).toThrow(/no training pictures of hat, which the model/);
    const other = plan(['beanie', 'dress', 'shoes'], 'drop');
    expect(other).toMatchObject({ labels: ['dress', 'shoes', 'beanie'], columns: [1, 2], dropped: ['hat'] });
    expect(classesText(other)).toBe('new: beanie; forgotten: hat');
  });

  it.each([[['beanie']], [['bag', 'beanie']], [['hat']]])('refuses data that shows only %j', (labels) => {
    expect(() => plan(labels, 'keep')).toThrow(`only ${labels.join(', ')}: a network`);
    expect(() => plan(labels, 'keep')).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('dataset merge') }),
    );
  });

  it('does not count pictures that are not for training', () => {
    const data = smallDataset([
      { path: 'a.png', label: 'beanie' },
      { path: 'b.png', label: 'hat', split: 'test' },
    ]);
    expect(() => planClasses(base, data.index, 'keep')).toThrow(/only beanie/);
  });
});

it('withLabels leaves pictures and their labels as they are', () => {
  const data = dataOf('hat', 'beanie');
  const wider = withLabels(data, ['hat', 'dress', 'beanie'] as CategoryId[]);
  expect(wider.index.entries).toBe(data.index.entries);
  expect(wider.index.labels).toEqual(['hat', 'dress', 'beanie']);
});

describe('withClasses', () => {
  const data = smallDataset([
    { path: '0.png', label: 'beanie' },
    { path: '1.png', label: 'hat', split: 'test' },
    { path: '2.png', label: 'dress' },
    { path: '3.png', label: 'hat', split: 'validation' },
    { path: '4.png', label: 'shoes' },
  ]);

  it('leaves the pictures of a forgotten class out of every split', () => {
    const left = withClasses(data, planClasses(base, data.index, 'drop'));
    expect(left.index.labels).toEqual(['dress', 'shoes', 'beanie']);
    expect(left.index.entries.map(({ label }) => label)).toEqual(['beanie', 'dress', 'shoes']);
    for (const [at, from] of [0, 2, 4].entries())
      expect([...pixelsOf(left, at)]).toEqual([...pixelsOf(data, from)]);
    expect(left.index.pixelsSha256).toBe(sha256Hex(left.pixels));
  });

  it('keeps all where none is forgotten', () => {
    const { index, pixels } = withClasses(data, planClasses(base, data.index, 'keep'));
    expect(index.entries).toBe(data.index.entries);
    expect(pixels).toBe(data.pixels);
  });
});

it('a picture of a class that does not count is no picture of the first class', () => {
  const data = dataOf('hat', 'beanie');
  const classOf = classesOf(withLabels(data, ['hat', 'dress'] as CategoryId[]).index);
  expect(classOf(0)).toBe(0);
  expect(() => classOf(1)).toThrow(/beanie/);
});
