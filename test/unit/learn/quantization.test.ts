import { describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../../src/learn/networks/category.js';
import { buildServingGraph } from '../../../src/learn/networks/serving-graph.js';
import {
  LARGEST_WEIGHT,
  quantizationOf,
  quantizeBias,
  quantizeWeights,
  rounded,
} from '../../../src/learn/quantization/affine.js';
import { buildQuantizedGraph } from '../../../src/learn/quantization/quantized-graph.js';
import { bestRange, observedRanges } from '../../../src/learn/quantization/ranges.js';
import { floats, openSession, Tensor } from '../../../src/learn/runtime.js';
import { BATCH_NORM_EPSILON, PIXEL_SPREAD } from '../../../src/model/network.js';
import type { Layer } from '../../../src/model/network.js';
import { Random } from '../../../src/platform/random.js';
import { randomWeights, valuesOf } from '../../support/random-weights.js';

describe('activations in uint8', () => {
  it.each([
    [0, 6],
    [-1.5, 3],
    [-4, 0.25],
  ])('from %d to %d are at most half a step away, zero is exact, the rest is cut off', (low, high) => {
    const quantization = quantizationOf({ low, high });
    expect(rounded(0, quantization)).toBe(0);
    // The zero point is rounded, which moves the ends by half a step at most.
    for (let value = low; value <= high; value += (high - low) / 997) {
      const inside = value > low + quantization.scale && value < high - quantization.scale;
      const bound = (inside ? 0.5 : 1) * quantization.scale * (1 + 1e-6);
      expect(Math.abs(rounded(value, quantization) - value)).toBeLessThanOrEqual(bound);
    }
    expect(rounded(high * 9, quantization)).toBeLessThanOrEqual(high + quantization.scale);
  });

  it('that are all zero stay zero', () => {
    expect(rounded(0, quantizationOf({ low: 0, high: 0 }))).toBe(0);
  });
});

describe('weights in int8', () => {
  const random = new Random(5);
  const spread = [0.001, 1, 300];
  const weights = Float32Array.from(
    { length: 3 * 50 },
    (_, at) => random.range(-1, 1) * spread[Math.floor(at / 50)]!,
  );
  const { values, scales } = quantizeWeights(weights, 3);

  it('have a step of their own in each channel, half of which they are away at most', () => {
    for (const [at, weight] of weights.entries()) {
      const scale = scales[Math.floor(at / 50)]!;
      expect(Math.abs(values[at]! * scale - weight)).toBeLessThanOrEqual(0.5 * scale * (1 + 1e-5));
    }
    expect(scales[2]! / scales[0]!).toBeGreaterThan(1e5);
  });

  it('use all their levels', () => {
    for (const channel of [0, 1, 2]) {
      const own = values.subarray(channel * 50, (channel + 1) * 50);
      expect(Math.max(...own.map(Math.abs))).toBe(LARGEST_WEIGHT);
    }
  });

  it('of zeros stay zeros', () => {
    expect([...quantizeWeights(new Float32Array(4), 2).values]).toEqual([0, 0, 0, 0]);
  });

  it('get biases in units of their products', () => {
    const bias = quantizeBias(Float32Array.of(1, -2), 0.5, Float32Array.of(0.01, 0.25));
    expect([...bias]).toEqual([200, -16]);
  });
});

describe('bestRange', () => {
  it('keeps what is evenly filled and cuts a rare outlier off', () => {
    const whole = { low: 0, high: 10 };
    expect(bestRange(new Float64Array(2048).fill(5), whole).high).toBeCloseTo(10, 1);
    const lonely = new Float64Array(2048);
    lonely.fill(1e6, 0, 800);
    lonely[2047] = 1;
    const { high } = bestRange(lonely, whole);
    expect(high).toBeGreaterThan(3.8);
    expect(high).toBeLessThan(6);
  });
});

describe('buildQuantizedGraph', () => {
  const size = 32;
  const spec = categoryNetwork({ size, classes: 4, widths: [8, 8, 16, 16], latentBits: 8 });
  const values = valuesOf(randomWeights(spec, 3));
  const random = new Random(8);
  const pictures = 24;
  const pixels = Uint8Array.from({ length: pictures * size * size * 3 }, (_, at) =>
    Math.min(255, Math.max(0, 128 + 90 * Math.sin(at / (40 + (at % 3) * 30)) + random.range(-30, 30))),
  );
  const answers = async (network: Uint8Array): Promise<{ logits: Float32Array; features: Float32Array }> => {
    const session = await openSession(network, 1);
    const outputs = await session.run({ pixels: new Tensor('uint8', pixels, [pictures, size, size, 3]) });
    const found = {
      logits: Float32Array.from(floats(outputs, 'logits')),
      features: Float32Array.from(floats(outputs, 'features')),
    };
    await session.release();
    return found;
  };
  /** Size of the difference, as a share of the size of the first. */
  const apart = (one: Float32Array, other: Float32Array): number =>
    Math.hypot(...one.map((value, at) => value - other[at]!)) / Math.hypot(...one);

  it.each([false, true])('answers nearly as the network does (with mirror images: %s)', async (mirrored) => {
    const served = { ...spec, mirrored };
    const all = [...Array.from({ length: pictures }).keys()];
    const ranges = await observedRanges(spec, values, { pixels, size }, all, 1);
    const [network, quantized] = [
      buildServingGraph(served, values, 1.3),
      buildQuantizedGraph(served, values, 1.3, ranges),
    ];
    const [before, after] = [await answers(network), await answers(quantized)];
    expect(apart(before.features, after.features)).toBeLessThan(0.05);
    // Random latent weights make more of the same difference.
    expect(apart(before.logits, after.logits)).toBeLessThan(0.2);
    expect(apart(before.features, after.features)).toBeGreaterThan(0);
  });

  it('adds up whole numbers exactly at their extremes, where 16 bits would overflow with larger weights', async () => {
    const [side, channels, fanIn, many] = [8, 8, 27, 12];
    const layers: Layer[] = [
      { kind: 'convolution', name: 'conv', channels, kernel: 3, stride: 1, pool: false },
      { kind: 'features', name: 'features', dropout: 0 },
      { kind: 'classifier', name: 'classifier' },
    ];
    // Weights of one size: all become the largest whole number, of either sign; those of channel 0 are all positive.
    const signs = Array.from({ length: channels * fanIn }, (_, at) =>
      at < fanIn || random.chance(0.5) ? 1 : -1,
    );
    const size = 0.5;
    const one = new Float32Array(channels).fill(1);
    const zero = new Float32Array(channels);
    const named = new Map([
      ['conv.weight', Float32Array.from(signs, (sign) => sign * size)],
      ['conv.scale', one],
      ['conv.shift', zero],
      ['conv.mean', zero],
      ['conv.variance', Float32Array.from(one, () => 1 - BATCH_NORM_EPSILON)],
      ['classifier.weight', new Float32Array(channels * 2)],
      ['classifier.bias', new Float32Array(2)],
    ]);
    // Pictures of nothing but 255, nothing but 0, and of both.
    const bytes = side * side * 3;
    const extreme = Uint8Array.from({ length: many * bytes }, (_, at) =>
      at < bytes ? 255 : at < 2 * bytes || random.chance(0.5) ? 0 : 255,
    );
    const most = (fanIn * size * 127.5) / PIXEL_SPREAD;
    const graph = buildQuantizedGraph(
      { name: 'one', size: side, classes: 2, layers },
      named,
      1,
      new Map([['conv', { low: 0, high: most }]]),
    );
    const session = await openSession(graph, 1);
    const outputs = await session.run({ pixels: new Tensor('uint8', extreme, [many, side, side, 3]) });
    const step = most / 255;
    const inputStep = 1 / PIXEL_SPREAD;
    const weightStep = size / LARGEST_WEIGHT;
    /** Whole numbers only, up to the step of the output; the bias makes up for pixels being less 128, not 127.5. */
    const levelAt = (picture: number, channel: number, column: number, row: number): number => {
      let sum = Math.round(
        (0.5 *
          inputStep *
          size *
          signs.slice(channel * fanIn, (channel + 1) * fanIn).reduce((a, b) => a + b, 0)) /
          (inputStep * weightStep),
      );
      for (let tap = 0; tap < fanIn; tap += 1) {
        const [plane, y, x] = [
          Math.floor(tap / 9),
          row + Math.floor((tap % 9) / 3) - 1,
          column + (tap % 3) - 1,
        ];
        if (y < 0 || x < 0 || y >= side || x >= side) continue;
        const pixel = extreme[picture * bytes + (y * side + x) * 3 + plane]!;
        sum += LARGEST_WEIGHT * signs[channel * fanIn + tap]! * (pixel - 128);
      }
      return Math.min(255, Math.max(0, Math.round((sum * inputStep * weightStep) / step)));
    };
    for (let picture = 0; picture < many; picture += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        let levels = 0;
        for (let at = 0; at < side * side; at += 1) {
          levels += levelAt(picture, channel, at % side, Math.floor(at / side));
        }
        const given = (floats(outputs, 'features')[picture * channels + channel]! * side * side) / step;
        // Halves may be rounded either way: three levels of 16,320.
        expect(Math.abs(given - levels), `picture ${picture}, channel ${channel}`).toBeLessThanOrEqual(3.1);
      }
    }
    await session.release();
  });

  it('names a layer whose range was not observed', () => {
    expect(() => buildQuantizedGraph(spec, values, 1, new Map())).toThrow(
      /no range was observed for layer stem/,
    );
  });
});
