import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { convolution } from '../../../../src/learn/graph/convolution.js';
import { pooledConvolution } from '../../../../src/learn/graph/pooled-convolution.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import { channelBlock } from '../../../../src/learn/runtime.js';
import { disagreement, kernelToLast, toFirst, toLast } from './check-gradients.js';

describe('convolution in the blocked layout', () => {
  // 16 channels are whole blocks on every processor, 20 and 28 have to be filled up.
  const cases = [
    { title: '3x3', channels: [16, 16], size: [5, 4], kernel: 3, stride: 1, padding: 1 },
    { title: '3x3, incomplete blocks', channels: [20, 28], size: [4, 3], kernel: 3, stride: 1, padding: 1 },
    { title: '1x1, incomplete blocks', channels: [28, 20], size: [3, 4], kernel: 1, stride: 1, padding: 0 },
    { title: '3x3, not padded', channels: [32, 16], size: [5, 4], kernel: 3, stride: 1, padding: 0 },
    { title: '3x3, stride 2', channels: [16, 20], size: [6, 5], kernel: 3, stride: 2, padding: 1 },
  ] as const;
  it.each(cases)('agrees with tfjs: $title', async (one) => {
    const { channels, size, kernel, stride, padding } = one;
    const [inChannels, outChannels] = channels;
    const found = await disagreement({
      channelBlock: await channelBlock(),
      parameters: { x: [2, inChannels, ...size], w: [outChannels, inChannels, kernel, kernel] },
      build: (graph, { x, w }) => convolution(graph, x!, w!, { layer: 'c', stride, padding }),
      reference: ({ x, w }) => toFirst(tf.conv2d(toLast(x!), kernelToLast(w!), stride, padding)),
      // By thousands of values; the same rules are held against differences for the plain layout.
      differences: false,
    });
    expect(found).toBeNull();
  });

  it('is used where the processor has it and the channels suit it', async () => {
    const block = await channelBlock();
    expect([1, 4, 8, 16]).toContain(block);
    const text = (channels: number): string => {
      const graph = new Graph({ channelBlock: block });
      const [x, w] = [graph.input('x', [1, channels, 4, 4]), graph.input('w', [16, channels, 3, 3])];
      const y = convolution(graph, x, w, { layer: 'c', stride: 1, padding: 1 });
      return Buffer.from(graph.encode('g', { y })).toString('latin1');
    };
    expect(text(3)).not.toContain('ReorderInput');
    expect(text(18)).not.toContain('ReorderInput');
    expect(text(16).includes('ReorderInput')).toBe(block > 1);
  });

  it('leaves pooled convolutions as they are', async () => {
    const found = await disagreement({
      channelBlock: await channelBlock(),
      parameters: { x: [2, 16, 4, 4], w: [16, 16, 3, 3], scale: [1, 16, 1, 1], shift: [1, 16, 1, 1] },
      build: (graph, { x, w, scale, shift }) =>
        pooledConvolution(graph, x!, w!, scale!, shift!, { layer: 'c', stride: 1, padding: 1 }).output,
      reference: ({ x, w, scale, shift }) => {
        const y = toFirst(tf.conv2d(toLast(x!), kernelToLast(w!), 1, 1));
        const { mean, variance } = tf.moments(y, [0, 2, 3], true);
        const normalized = tf.div(tf.sub(y, mean), tf.sqrt(tf.add(variance, 1e-5)));
        return toFirst(tf.maxPool(toLast(tf.add(tf.mul(normalized, scale!), shift!)), 2, 2, 'valid'));
      },
      differences: false,
    });
    expect(found).toBeNull();
  });
});
