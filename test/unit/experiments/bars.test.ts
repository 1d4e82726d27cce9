import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint } from '../../../src/domain/ids.js';
import { evaluationReport } from '../../../src/learn/evaluation/report.js';
import type { EvaluationReport } from '../../../src/learn/evaluation/report.js';
import { barLine, barsOf, isKept, notPerfect, requireKept } from '../../experiments/bars.js';
import { figuresTable } from '../../experiments/figures-table.js';
import { knitBars } from '../../experiments/knit.js';
import { photoBars, photoLines } from '../../experiments/photo-bars.js';
import type { GatedRow, PhotoRows } from '../../experiments/photo-bars.js';
import { smallDataset } from '../learn/dataset/small-dataset.js';

const LABELS = ['beanie', 'sweater'] as CategoryId[];

interface Answers {
  readonly right: number;
  /** Named otherwise, and surely so. */
  readonly wrong: number;
  /** Rightly named, and not surely. */
  readonly unsure: number;
}

/** A report on pictures of both classes that are answered so. */
function reportOf(beanie: Answers, sweater: Answers): EvaluationReport {
  const rows = [beanie, sweater].flatMap(({ right, wrong, unsure }, label) => [
    ...Array.from({ length: right }, () => ({ label, own: 0.99 })),
    ...Array.from({ length: wrong }, () => ({ label, own: 0.02 })),
    ...Array.from({ length: unsure }, () => ({ label, own: 0.6 })),
  ]);
  const { index } = smallDataset(
    rows.map(({ label }, at) => ({ path: `${at}`, label: LABELS[label]!, split: 'test' })),
    { size: 1 },
  );
  const probabilities = Float32Array.from(
    rows.flatMap(({ label, own }) => (label === 0 ? [own, 1 - own] : [1 - own, own])),
  );
  const model = { name: 'm', kind: 'network', fingerprint: 'f' as ModelFingerprint, labels: LABELS } as const;
  const judged = {
    split: 'test' as const,
    pictures: [...rows.keys()],
    predictions: { probabilities, classes: 2, labels: rows.map(({ label }) => label) },
    outputs: { probabilities, logits: null, features: null },
    leftOut: [],
    elapsedMs: 1000,
  };
  return evaluationReport({ ...model, ...UNUSED }, index, judged, 0.9);
}

const UNUSED = {
  input: { size: 1, fill: 255 },
  threshold: 0.9,
  outputs: () => Promise.reject(new Error('not asked')),
  close: () => Promise.resolve(),
};

const PROMISED = { classes: { sweater: 0.997, beanie: 0.998 }, coverage: 0.97 };
const GOOD: Answers = { right: 990, wrong: 1, unsure: 9 };
const baseline = reportOf({ right: 80, wrong: 20, unsure: 0 }, { right: 90, wrong: 10, unsure: 0 });

const missed = (network: EvaluationReport, machines: EvaluationReport): string[] =>
  knitBars(network, machines, PROMISED)
    .filter((bar) => !isKept(bar))
    .map(({ what }) => what);

describe('the promises on sweaters and beanies', () => {
  it('are kept by a network that is nearly always right beside a baseline that is not', () => {
    const bars = knitBars(reportOf(GOOD, GOOD), baseline, PROMISED);
    expect(bars.map(barLine)).toEqual([
      'kept:   CNN precision of sweater above 0.9: 99.90 % (99.43 to 99.98; 990 of 991); promised at least 99.70 %',
      'kept:   CNN precision of beanie above 0.9: 99.90 % (99.43 to 99.98; 990 of 991); promised at least 99.80 %',
      'kept:   CNN coverage: 99.10 % (98.58 to 99.43; 1982 of 2000); promised at least 97.00 %',
      'kept:   HOG + SVM accuracy: 85.00 % (79.39 to 89.29; 170 of 200); promised below 100.00 %',
    ]);
    expect(() => requireKept(bars)).not.toThrow();
  });

  it('are missed where beanies are taken for sweaters, each bar by its own class', () => {
    expect(missed(reportOf({ right: 995, wrong: 5, unsure: 0 }, GOOD), baseline)).toEqual([
      'CNN precision of sweater above 0.9',
    ]);
    expect(missed(reportOf(GOOD, { right: 997, wrong: 3, unsure: 0 }), baseline)).toEqual([
      'CNN precision of beanie above 0.9',
    ]);
  });

  it('are missed by a network that is seldom sure, and by one that never is', () => {
    const shy = { right: 960, wrong: 0, unsure: 40 };
    expect(missed(reportOf(shy, shy), baseline)).toEqual(['CNN coverage']);
    const never = { right: 0, wrong: 0, unsure: 9 };
    expect(missed(reportOf(never, never), baseline)).toHaveLength(3);
  });

  it('are missed where the baseline makes no mistake: the pictures were too easy', () => {
    const perfect = { right: 50, wrong: 0, unsure: 1 };
    const bars = knitBars(reportOf(GOOD, GOOD), reportOf(perfect, perfect), PROMISED);
    expect(() => requireKept(bars)).toThrow('not kept: HOG + SVM accuracy');
    expect(barLine(bars.at(-1)!)).toMatch(/^MISSED: HOG \+ SVM accuracy: 100.00 %/);
  });

  it('are about classes that there are', () => {
    expect(() => barsOf('CNN', baseline, { classes: { hat: 0.5 } })).toThrow('CNN has no class hat');
  });
});

it('a bar without a picture is missed whichever way it points', () => {
  const nothing = reportOf({ right: 0, wrong: 0, unsure: 0 }, { right: 0, wrong: 0, unsure: 0 });
  expect(isKept(notPerfect('SVM', nothing))).toBe(false);
  expect(isKept(barsOf('SVM', nothing, { accuracy: 0 })[0]!)).toBe(false);
});

it('the table shows both models with intervals, and says what the pictures are', () => {
  const lines = figuresTable('rendered', [
    { name: 'CNN', trainedMs: 61_000, report: reportOf(GOOD, GOOD) },
    { name: 'HOG + SVM', trainedMs: 2400, report: baseline },
  ]);
  const cells = lines.map((line) => line.split(/ {2,}/).filter((cell) => cell !== ''));
  expect(cells).toEqual([
    ['rendered, 2000 test pictures', 'CNN', 'HOG + SVM'],
    ['accuracy', '99.90 % (99.64 to 99.97; 1998 of 2000)', '85.00 % (79.39 to 89.29; 170 of 200)'],
    ['precision above 0.9', '99.90 % (99.63 to 99.97; 1980 of 1982)', '85.00 % (79.39 to 89.29; 170 of 200)'],
    ['of beanie', '99.90 % (99.43 to 99.98; 990 of 991)', '88.89 % (80.74 to 93.85; 80 of 90)'],
    ['of sweater', '99.90 % (99.43 to 99.98; 990 of 991)', '81.82 % (73.58 to 87.91; 90 of 110)'],
    ['coverage', '99.10 % (98.58 to 99.43; 1982 of 2000)', '100.00 % (98.12 to 100.00; 200 of 200)'],
    ['calibration error', expect.stringMatching(/^0\.0/), expect.stringMatching(/^0\.1/)],
    ['training', '61 s', '2 s'],
    ['judging', '2000 pictures/s', '200 pictures/s'],
  ]);
});

describe('the promises on real photos', () => {
  /** Right and sure, wrong and sure, right and refused, wrong and refused: how many of each. */
  const rows = (sure: number, wrong: number, refused: number, lost = 0): GatedRow[] => {
    const some = (count: number, row: GatedRow): GatedRow[] => Array.from({ length: count }, () => row);
    return [
      ...some(sure, { accepted: true, right: true, probability: 0.995 }),
      ...some(wrong, { accepted: true, right: false, probability: 0.995 }),
      ...some(refused, { accepted: false, right: true, probability: 0.995 }),
      ...some(lost, { accepted: false, right: false, probability: 0.02 }),
    ];
  };
  const both = (some: readonly GatedRow[]) => ({ own: some, fixed: some });
  const good: PhotoRows = {
    clothing: both(rows(298, 2, 60, 10)),
    extra: both(rows(10, 90, 0)),
    offDomain: both(rows(0, 5, 0, 95)),
    grounds: { value: 0.03, low: 0.01, high: 0.05, of: 100 },
  };
  const missedOf = (over: Partial<PhotoRows>): string[] =>
    photoBars({ ...good, ...over })
      .filter((bar) => !isKept(bar))
      .map(({ what }) => what);
  const { own, fixed } = good.clothing;

  it('are kept at their very bounds, and none is asked of the extra photos', () => {
    expect(missedOf({})).toEqual([]);
    expect(() => requireKept(photoBars(good))).not.toThrow();
    expect(photoLines(good).some((line) => line.startsWith('clothing-extra, top-1'))).toBe(true);
  });

  it.each([
    ['clothing, top-1', { clothing: { own: rows(298, 2, 20, 60), fixed } }],
    ['clothing, precision, own rule', { clothing: { own: rows(290, 4, 60, 10), fixed } }],
    ['clothing, precision, above 0.9', { clothing: { own, fixed: rows(290, 4, 60, 10) } }],
    ['clothing, coverage, own rule', { clothing: { own: rows(200, 1, 150), fixed } }],
    ['clothing, coverage, above 0.9', { clothing: { own, fixed: rows(200, 1, 150) } }],
    ['other things accepted, own rule', { offDomain: { ...good.offDomain, own: rows(0, 6, 0, 94) } }],
    ['other things accepted, above 0.9', { offDomain: { ...good.offDomain, fixed: rows(0, 6, 0, 94) } }],
    [
      'clothing, calibration error',
      { clothing: { own: own.map((row) => ({ ...row, probability: row.right ? 0.9 : 0.02 })), fixed } },
    ],
    ['fall of accuracy on other grounds', { grounds: { value: 0.031, low: 0, high: 0.1, of: 100 } }],
  ])('can be missed one by one: %s', (what, over) => {
    expect(missedOf(over)).toEqual([what]);
    expect(() => requireKept(photoBars({ ...good, ...over }))).toThrow(`not kept: ${what}`);
    expect(photoLines({ ...good, ...over }).filter((line) => line.includes('MISSED'))).toHaveLength(1);
  });
});
