import { describe, expect, it } from 'vitest';
import { createOrtSession } from '../../../src/infer/ort-session.js';
import { writeOnnx } from '../../support/onnx-writer.js';
import {
  TINY_BITS,
  TINY_FEATURES,
  TINY_LABELS,
  TINY_NETWORK,
  TINY_SIZE,
  tinyOutputs,
} from '../../support/tiny-network.js';

const shape = {
  input: { size: TINY_SIZE, fill: 255 },
  labels: TINY_LABELS,
  latentBits: TINY_BITS,
  featureLength: TINY_FEATURES,
  typicality: null,
};
const PICTURE = TINY_SIZE * TINY_SIZE * 3;

describe('createOrtSession', () => {
  it('gives what the network gives by hand, for batches of any size', async () => {
    const session = await createOrtSession(writeOnnx(TINY_NETWORK), shape);
    for (const count of [1, 5, 32, 2]) {
      const pixels = Uint8Array.from({ length: count * PICTURE }, (_, at) => (at * 7919 + count * 31) % 256);
      const outputs = await session.run(pixels, count);
      const rows = Array.from({ length: count }, (_, row) =>
        tinyOutputs(pixels.subarray(row * PICTURE, (row + 1) * PICTURE)),
      );
      for (const name of ['probabilities', 'latent', 'features'] as const) {
        const expected = rows.flatMap((row) => row[name]);
        expect(outputs[name]).toHaveLength(expected.length);
        expect(Math.max(...expected.map((value, at) => Math.abs(value - outputs[name][at]!)))).toBeLessThan(
          1e-5,
        );
      }
    }
    await session.close();
  });

  it('names what the network has and what was expected', async () => {
    const network = writeOnnx(TINY_NETWORK);
    await expect(createOrtSession(network, { ...shape, latentBits: 64 })).rejects.toMatchObject({
      code: 'incompatible',
      message: 'model.onnx has output latent: float32 [N, 12]; expected output latent: float32 [N, 64]',
    });
    await expect(
      createOrtSession(network, { ...shape, input: { size: 96, fill: 255 } }),
    ).rejects.toMatchObject({
      code: 'incompatible',
      message: expect.stringContaining('uint8 [N, 96, 96, 3]'),
    });
  });

  it('names a missing output', async () => {
    const outputs = TINY_NETWORK.outputs.filter(({ name }) => name !== 'latent');
    await expect(createOrtSession(writeOnnx({ ...TINY_NETWORK, outputs }), shape)).rejects.toMatchObject({
      code: 'incompatible',
      message: expect.stringContaining('lacks output latent'),
    });
  });

  it('calls a network that ONNX Runtime does not take corrupt', async () => {
    const nodes = TINY_NETWORK.nodes.map((node) =>
      node.op === 'Sigmoid' ? { ...node, op: 'Sigmoit' } : node,
    );
    await expect(createOrtSession(writeOnnx({ ...TINY_NETWORK, nodes }), shape)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('Sigmoit'),
    });
  });
});
