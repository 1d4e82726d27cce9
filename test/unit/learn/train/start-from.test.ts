import { describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../../../src/learn/networks/category.js';
import { buildTrainingGraph } from '../../../../src/learn/networks/training-graph.js';
import { namedParts } from '../../../../src/learn/train/layout.js';
import { startFrom } from '../../../../src/learn/train/start-from.js';
import { initialState } from '../../../../src/learn/train/state.js';
import { randomWeights } from '../../../support/random-weights.js';

const network = (size: number, classes: number, stage = 8) =>
  categoryNetwork({ size, classes, widths: [6, 8, 8, stage], latentBits: 8 });
const stateOf = (spec: ReturnType<typeof network>) => initialState(buildTrainingGraph(spec, 2), 9);
const base = randomWeights(network(16, 3), 4);
const start = (columns: readonly number[]) => ({
  name: 'earlier',
  fingerprint: 'f',
  tensors: base.tensors,
  columns,
});

/** Everything that a state holds, by name. */
function valuesIn(state: ReturnType<typeof stateOf>): Map<string, Float32Array> {
  return new Map([
    ...namedParts(state.weightLayout, state.weights),
    ...namedParts(state.statisticLayout, state.statistics),
  ]);
}

describe('startFrom', () => {
  it('takes all weights and running statistics over, for pictures of another size too', () => {
    const spec = network(32, 3);
    const state = stateOf(spec);
    startFrom(start([0, 1, 2]), spec, state);
    const values = valuesIn(state);
    expect(values.size).toBe(base.tensors.size);
    for (const [name, { data }] of base.tensors) expect(values.get(name)).toEqual(data);
  });

  it('moves the weights of a known class with it, and leaves a new one as it was drawn', () => {
    const spec = network(16, 4);
    const state = stateOf(spec);
    const drawn = valuesIn(stateOf(spec));
    startFrom(start([2, 0]), spec, state);
    const values = valuesIn(state);
    expect(values.get('stem.weight')).toEqual(base.tensors.get('stem.weight')!.data);
    for (const part of ['classifier.weight', 'classifier.bias']) {
      const [own, before, fresh] = [values.get(part)!, base.tensors.get(part)!.data, drawn.get(part)!];
      for (let row = 0; row < own.length / 4; row += 1) {
        expect([...own.subarray(row * 4, row * 4 + 4)]).toEqual([
          before[row * 3 + 2],
          before[row * 3],
          fresh[row * 4 + 2],
          fresh[row * 4 + 3],
        ]);
      }
    }
  });

  it('refuses other layers, naming the part', () => {
    const wider = network(16, 3, 10);
    expect(() => startFrom(start([0, 1, 2]), wider, stateOf(wider))).toThrow(/earlier .*stage3\.weight/);
    const few = network(16, 3);
    const tensors = new Map([...base.tensors].filter(([name]) => name !== 'latent.bias'));
    expect(() => startFrom({ ...start([0]), tensors }, few, stateOf(few))).toThrow(/latent\.bias/);
    expect(() => startFrom(start([3]), few, stateOf(few))).toThrow(/classifier\.weight/);
  });
});
