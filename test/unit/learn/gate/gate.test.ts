import { describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../../../src/domain/ids.js';
import { gateOf } from '../../../../src/learn/gate/gate.js';
import type { GateAnswer, GateModel } from '../../../../src/learn/gate/gate.js';

const CLASSES = ['coat', 'dress', 'hat'];
const EACH = 40;
const options = { floor: 0.97, data: 'held-out' };

/** `answer`: of the picture at this place of its class. */
function model(
  fingerprint: string,
  answer: (label: string, at: number) => Partial<GateAnswer> = () => ({}),
  labels = CLASSES,
): GateModel {
  const answers = labels.flatMap((truth) =>
    Array.from({ length: EACH }, (_, at): GateAnswer => {
      const picture = `${truth} ${at}`;
      return { picture, source: 'rendered', truth, right: true, accepted: true, ...answer(truth, at) };
    }),
  );
  return { fingerprint: fingerprint as ModelFingerprint, labels, answers };
}
const failures = (candidate: GateModel, current: GateModel | null = model('a')) =>
  gateOf(candidate, current, options)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name);

describe('the gate', () => {
  it('lets a model pass that is as good as the current one, or worse by chance', () => {
    const report = gateOf(model('b'), model('a'), options);
    expect(report).toMatchObject({ passed: true, against: 'a', pictures: 120, data: 'held-out' });
    expect(report.checks.map(({ name }) => name)).toEqual([
      'precision',
      'categories',
      'coverage',
      'worst class',
    ]);
    const slips = model('b', (label, at) => ({
      right: label !== 'hat' || at > 1,
      accepted: label !== 'hat' || at > 1,
    }));
    expect(failures(slips)).toEqual([]);
  });

  it('fails a precision below the floor, and a model that accepts nothing', () => {
    const wrong = (_: string, at: number) => ({ right: at > 1 });
    expect(failures(model('b', wrong), model('a', wrong))).toEqual(['precision']);
    expect(
      failures(
        model('b', () => ({ accepted: false })),
        null,
      ),
    ).toEqual(['precision']);
    expect(failures(model('b', wrong), null)).toEqual(['precision']);
  });

  it('fails a coverage that is worse beyond chance, not one that is worse by little', () => {
    expect(failures(model('b', (_, at) => ({ accepted: at > 5 })))).toEqual(['coverage']);
    expect(failures(model('b', (label, at) => ({ accepted: label !== 'hat' || at > 0 })))).toEqual([]);
  });

  it('fails a class that got worse, however good the others are', () => {
    const worse = model('b', (label, at) => ({
      right: label !== 'dress' || at >= 12,
      accepted: label !== 'dress' || at >= 12,
    }));
    const rare = model('a', (label, at) => ({ accepted: label !== 'dress' || at >= 12 }));
    expect(failures(worse, rare)).toEqual(['worst class']);
    const check = gateOf(worse, rare, options).checks.find(({ name }) => name === 'worst class');
    expect(check).toMatchObject({ candidate: 0.7, required: 1 });
    expect(check?.says).toMatch(/worst class dress: right 0\.700 .*28 of 40.* 1\.000 .*40 of 40/);
  });

  it('fails a model that lost a category, and judges a new one by the candidate alone', () => {
    expect(failures(model('b', () => ({}), ['coat', 'dress']))).toEqual(['categories']);
    expect(failures(model('b', () => ({}), [...CLASSES, 'bag']))).toEqual([]);
  });

  it('does not let one source hide behind another', () => {
    const mixed = model('b', (label, at) =>
      label === 'hat' && at < 6 ? { source: 'reviewed', right: at > 2 } : {},
    );
    const before = model('a', (label, at) =>
      label === 'hat' && at < 6 ? { source: 'reviewed', right: at > 2 } : {},
    );
    expect(
      gateOf(mixed, before, options).checks.find(({ name }) => name === 'precision, reviewed'),
    ).toMatchObject({
      passed: false,
      candidate: 0.5,
    });
  });
});
