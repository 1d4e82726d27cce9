import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { ADAM_DEFAULTS, adamState, adamStep } from '../../../../src/learn/train/optimizer.js';

const NO_DECAY = { ...ADAM_DEFAULTS, weightDecay: 0 };

describe('adamStep', () => {
  it('follows the trace of another implementation on a curved valley', () => {
    const [rate, steps] = [0.05, 25];
    // f(x, y) = (1 - x)^2 + 10 (y - x^2)^2
    const x = tf.variable(tf.scalar(-0.5));
    const y = tf.variable(tf.scalar(1));
    const optimizer = tf.train.adam(rate, 0.9, 0.999, 1e-8);
    const values = Float32Array.of(-0.5, 1);
    const state = adamState(2);
    for (let step = 0; step < steps; step += 1) {
      optimizer.minimize(() => {
        const valley = tf.mul(10, tf.square(tf.sub(y, tf.square(x))));
        return tf.add<tf.Scalar>(tf.square(tf.sub(1, x)), valley);
      });
      const [a, b] = [values[0]!, values[1]!];
      const gradient = Float32Array.of(-2 * (1 - a) - 40 * a * (b - a * a), 20 * (b - a * a));
      adamStep(state, values, gradient, Uint8Array.of(0, 0), rate, NO_DECAY);
      expect(values[0]).toBeCloseTo(x.dataSync()[0]!, 4);
      expect(values[1]).toBeCloseTo(y.dataSync()[0]!, 4);
    }
    expect(state.steps).toBe(steps);
  });

  it('takes a first step of the learning rate against the gradient’s sign, whatever its size', () => {
    const values = Float32Array.of(1, 1, 1);
    adamStep(adamState(3), values, Float32Array.of(1e-3, -7, 400), new Uint8Array(3), 0.1, NO_DECAY);
    expect([...values].map((value) => Number(value.toFixed(4)))).toEqual([0.9, 1.1, 0.9]);
  });

  it('decays only where it is told to, and apart from the gradient (decoupled)', () => {
    const values = Float32Array.of(2, 2);
    const state = adamState(2);
    const options = { ...ADAM_DEFAULTS, weightDecay: 0.5 };
    for (let step = 0; step < 3; step += 1) {
      adamStep(state, values, new Float32Array(2), Uint8Array.of(1, 0), 0.1, options);
    }
    // Three times minus rate times decay, 5 %, of what is left; coupled decay would have moved by the sign.
    expect(values[0]).toBeCloseTo(2 * 0.95 ** 3, 6);
    expect(values[1]).toBe(2);
  });
});
