import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { featureNetwork, openBackbone } from '../../../../src/learn/backbone/backbone.js';
import { describeBackbone } from '../../../../src/learn/backbone/description.js';
import { floats, openSession, Tensor } from '../../../../src/learn/runtime.js';
import { Random } from '../../../../src/platform/random.js';
import { EDGES, EDGES_LAST, edgeFeatures } from '../../../support/edge-backbone.js';
import { writeOnnx } from '../../../support/onnx-writer.js';
import type { Network } from '../../../support/onnx-writer.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const SIZE = 16;

function written(network: Network | string, description?: string): string {
  const folder = temporaryFolder();
  const bytes = typeof network === 'string' ? network : writeOnnx(network);
  writeFileSync(join(folder, 'edges.onnx'), bytes);
  if (description !== undefined) writeFileSync(join(folder, 'edges.yaml'), description);
  return join(folder, 'edges.onnx');
}

const open = async (network: Network | string, description?: string, size = SIZE) =>
  openBackbone(await describeBackbone(written(network, description)), size);

/** Three pictures at once, so that the batch is another than any that was tried. */
async function featuresOf(network: Uint8Array, pixels: Uint8Array): Promise<Float32Array> {
  const session = await openSession(network, 1);
  const feeds = { pixels: new Tensor('uint8', pixels, [3, SIZE, SIZE, 3]) };
  const features = Float32Array.from(floats(await session.run(feeds), 'features'));
  await session.release();
  return features;
}

const random = new Random(3);
const pixels = Uint8Array.from({ length: 3 * SIZE * SIZE * 3 }, () => random.int(0, 255));
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] };

/** What the four features must be, by another road than ONNX. */
function expected(fed: { mean: number[]; std: number[] }, range: number, order = [0, 1, 2]): number[] {
  return [0, 1, 2].flatMap((picture) => {
    const own = pixels.subarray(picture * SIZE * SIZE * 3, (picture + 1) * SIZE * SIZE * 3);
    const values = Array.from(own, (_, at) => {
      const channel = at % 3;
      const raw = (own[at - channel + order[channel]!]! / 255) * range;
      return (raw - fed.mean[channel]!) / fed.std[channel]!;
    });
    return edgeFeatures(values);
  });
}

describe('a backbone', () => {
  it.each([
    ['planes, open batch, maps, nothing said', EDGES, undefined, expected(IMAGENET, 1)],
    ['channels last, one at a time, rows', EDGES_LAST, undefined, expected(IMAGENET, 1)],
    [
      'blue first, 0 to 255',
      EDGES,
      'channels: bgr\nrange: 255\nmean: [0, 0, 0]\nstd: [1, 1, 1]\n',
      expected(PLAIN, 255, [2, 1, 0]),
    ],
    [
      'a tensor inside of it',
      EDGES_LAST,
      'output: features\nlayout: nhwc\nmean: [0, 0, 0]\nstd: [1, 1, 1]\n',
      null,
    ],
  ])('gives features of pictures as it is fed: %s', async (_, network, description, values) => {
    const backbone = await open(network, description);
    const features = await featuresOf(featureNetwork(backbone), pixels);
    expect(features).toHaveLength(3 * backbone.width);
    for (const [at, value] of (values ?? []).entries()) expect(features[at]).toBeCloseTo(value, 3);
  });

  const input = (over: object) => ({ ...EDGES, inputs: [{ ...EDGES.inputs[0]!, ...over }] });
  it.each<[string, Network | string, string | undefined, RegExp, string?]>([
    ['no ONNX at all', 'Not a network.\n', undefined, /is no ONNX network/, 'corrupt'],
    ['an empty file', '', undefined, /is no ONNX network: it has no nodes/, 'corrupt'],
    [
      'an operator that nobody knows',
      { ...EDGES, nodes: [{ ...EDGES.nodes[0]!, op: 'Magic' }, EDGES.nodes[1]!] },
      undefined,
      /ONNX Runtime cannot load it/,
      'corrupt',
    ],
    [
      'weights in another file',
      { ...EDGES, weights: [{ ...EDGES.weights[0]!, externalFile: '../w.bin' }, EDGES.weights[1]!] },
      undefined,
      /keeps 1 tensors outside the file \(classifier\.weight\)/,
      'refused',
    ],
    [
      'two inputs',
      { ...EDGES, inputs: [...EDGES.inputs, { name: 'other', type: 'float32', shape: [1] }] },
      undefined,
      /takes 2 inputs \(pixels, other\)/,
    ],
    [
      'bytes as input',
      {
        ...EDGES,
        inputs: [{ ...EDGES.inputs[0]!, type: 'uint8' }],
        nodes: [
          { op: 'Cast', inputs: ['pixels'], output: 'f', int: { to: 1 } },
          { ...EDGES.nodes[0]!, inputs: ['f', 'classifier.weight', 't1'] },
          EDGES.nodes[1]!,
        ],
      },
      undefined,
      /input pixels is uint8/,
    ],
    [
      'no picture',
      {
        ...EDGES,
        inputs: [{ name: 'pixels', type: 'float32', shape: ['N', 3] }],
        nodes: [{ op: 'Relu', inputs: ['pixels'], output: 'features' }],
        outputs: [{ name: 'features', type: 'float32', shape: ['N', 3] }],
      },
      undefined,
      /input pixels is \[N, 3\], not a picture/,
    ],
    [
      'one channel',
      {
        ...input({ shape: ['N', 1, 16, 16] }),
        weights: [
          { ...EDGES.weights[0]!, shape: [12, 1, 3, 3] },
          { ...EDGES.weights[1]!, shape: [12], values: Array.from({ length: 12 }, () => 0) },
        ],
        outputs: [{ name: 'features', type: 'float32', shape: ['N', 12, 14, 14] }],
      },
      undefined,
      /pictures have three channels/,
    ],
    ['another layout than is said', EDGES, 'layout: nhwc\n', /not nhwc with three channels/],
    [
      'two outputs',
      {
        ...EDGES,
        outputs: [...EDGES.outputs, { name: 'logits', type: 'float32', shape: ['batch', 4, 14, 14] }],
      },
      undefined,
      /it gives features, logits/,
    ],
    ['an output that is not there', EDGES, 'output: pool\n', /no tensor pool; it gives features/],
    [
      'rows of rows',
      {
        ...EDGES,
        nodes: [
          ...EDGES.nodes,
          {
            op: 'ReduceMean',
            inputs: ['features'],
            output: 'rows',
            ints: { axes: [3] },
            int: { keepdims: 0 },
          },
        ],
        outputs: [{ name: 'rows', type: 'float32', shape: ['batch', 4, 14] }],
      },
      undefined,
      /gives \[1, 4, 14\] for one picture/,
    ],
    [
      'pictures of a batch that are mixed',
      {
        ...EDGES,
        nodes: [
          ...EDGES.nodes,
          {
            op: 'ReduceMean',
            inputs: ['features'],
            output: 'mean',
            ints: { axes: [0] },
            int: { keepdims: 1 },
          },
        ],
        outputs: [{ name: 'mean', type: 'float32', shape: [1, 4, 14, 14] }],
      },
      undefined,
      /other features for two pictures at once/,
    ],
    [
      'a description that says something else',
      EDGES,
      'colour: green\n',
      /edges\.yaml describes no backbone: .*colour/,
      'config',
    ],
    ['a spread of nothing', EDGES, 'std: [1, 0, 1]\n', /std: expected numbers above 0/, 'config'],
  ])('is refused: %s', async (_, network, description, message, code = 'incompatible') => {
    await expect(open(network, description)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('is refused for pictures of another size, with the size to import', async () => {
    await expect(open(EDGES, undefined, 32)).rejects.toMatchObject({
      message: expect.stringContaining('takes pictures of 16 px, and the data set has 32 px'),
      hint: 'import the pictures with --size 16',
    });
  });
});

describe('a description', () => {
  it('may name the network, which lies in its own folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'edges.onnx'), writeOnnx(EDGES));
    symlinkSync(join(folder, 'edges.onnx'), join(folder, 'inner', 'linked.onnx'));
    const named = (place: string, name: string): string => {
      writeFileSync(join(folder, place), `backbone: ${name}\nlayout: nchw\n`);
      return join(folder, place);
    };
    const found = await describeBackbone(named('mine.yaml', 'edges.onnx'));
    expect(found).toMatchObject({ layout: 'nchw', channels: 'rgb', describedIn: join(folder, 'mine.yaml') });
    expect((await openBackbone(found, SIZE)).name).toBe('edges.onnx');
    for (const name of ['../edges.onnx', join(folder, 'edges.onnx'), 'linked.onnx']) {
      await expect(describeBackbone(named('inner/mine.yaml', name))).rejects.toMatchObject({
        code: 'refused',
      });
    }
    // Beside another network it does not say how that is fed.
    writeFileSync(join(folder, 'other.onnx'), writeOnnx(EDGES));
    named('other.yaml', 'edges.onnx');
    await expect(describeBackbone(join(folder, 'other.onnx'))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(/other\.yaml describes edges\.onnx, not other\.onnx/),
    });
    named('edges.yaml', 'edges.onnx');
    expect(await describeBackbone(join(folder, 'edges.onnx'))).toMatchObject({ layout: 'nchw' });
    writeFileSync(join(folder, 'none.yaml'), 'layout: nchw\n');
    await expect(describeBackbone(join(folder, 'none.yaml'))).rejects.toThrow(/names no backbone/);
  });
});
