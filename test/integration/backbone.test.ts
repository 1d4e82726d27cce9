/** `train category --backbone`: a foreign network, a head on it, and a folder that is served like any other. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { createOrtSession } from '../../src/infer/ort-session.js';
import { picturesOf, pixelsOf, writeDataset } from '../../src/learn/dataset/dataset.js';
import { EDGES, edgeFeatures } from '../support/edge-backbone.js';
import { writeOnnx } from '../support/onnx-writer.js';
import { runCommand } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { textures } from '../support/textures.js';

const TIMEOUT_MS = 120_000;
const LABELS = ['across', 'down', 'filled'];
const dataset = textures(240, LABELS);
const folder = temporaryFolder();
const data = join(folder, 'data');
const backbone = join(folder, 'edges.onnx');

const COMMON = ['train', 'category', '--data', data, '--backbone', backbone, '--batch', '16', '--lr', '0.01'];
const train = (out: string, ...more: string[]) => runCommand(...COMMON, '--out', join(folder, out), ...more);

beforeAll(async () => {
  await writeDataset(data, dataset);
  writeFileSync(backbone, writeOnnx(EDGES));
  writeFileSync(join(folder, 'edges.yaml'), 'mean: [0, 0, 0]\nstd: [1, 1, 1]\n');
});

describe('train category --backbone', { timeout: TIMEOUT_MS }, () => {
  it('writes a model that is served, and is right', async () => {
    const { code, out, err } = await train('model');
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(err).toContain('backbone edges.onnx: 4 features; fed nchw, rgb, 0 to 1, mean 0, 0, 0');
    expect(out).toMatch(/test, all: 36 pictures, accuracy/);
    const { manifest, network, weights } = await loadModelFolder(join(folder, 'model'));
    expect(weights).toBeNull();
    expect(manifest).toMatchObject({ labels: LABELS, latentBits: 64, featureLength: 4, input: { size: 16 } });
    const session = await createOrtSession(new Uint8Array(network), manifest);
    const pictures = picturesOf(dataset.index, 'test');
    const pixels = Buffer.concat(pictures.map((picture) => pixelsOf(dataset, picture)));
    const outputs = await session.run(new Uint8Array(pixels), pictures.length);
    const right = pictures.filter((picture, row) => {
      const own = outputs.probabilities.subarray(row * 3, row * 3 + 3);
      return LABELS[own.indexOf(Math.max(...own))] === dataset.index.entries[picture]!.label;
    });
    expect(right.length / pictures.length).toBeGreaterThan(0.9);
    const expected = edgeFeatures(Array.from(pixelsOf(dataset, pictures[0]!), (value) => value / 255));
    for (const [at, value] of expected.entries()) expect(outputs.features[at]).toBeCloseTo(value, 4);
    for (const value of outputs.latent) expect(value >= 0 && value <= 1).toBe(true);
    await session.close();
    const card = readFileSync(join(folder, 'model/card.md'), 'utf8');
    expect(card).toMatch(/A head on the features of edges\.onnx \(SHA-256 [0-9a-f]{12}\)/);
    expect(JSON.parse(readFileSync(join(folder, 'model/history.json'), 'utf8'))).toMatchObject({
      backbone: { name: 'edges.onnx', features: 4 },
    });
  });

  it('keeps the features, and gives the same head for the same seed', async () => {
    await train('first');
    const kept = readdirSync(data).filter((name) => name.startsWith('features-'));
    expect(kept).toHaveLength(1);
    const bytes = readFileSync(join(data, kept[0]!));
    bytes[100]! ^= 1;
    // Damaged features are not believed; whole ones are not computed again.
    writeFileSync(join(data, kept[0]!), bytes);
    await train('second');
    const modelOf = (name: string) => readFileSync(join(folder, name, 'model.onnx'));
    expect(modelOf('second')).toEqual(modelOf('first'));
    await train('third', '--seed', '2');
    expect(modelOf('third')).not.toEqual(modelOf('first'));
    expect(readdirSync(data).filter((name) => name.startsWith('features-'))).toEqual(kept);
  });

  it('is no start for a fine-tuning, and refuses what is only for whole networks', async () => {
    await train('base');
    const words = ['train', 'category', '--data', data, '--out', join(folder, 'more')];
    const from = await runCommand(...words, '--from', join(folder, 'base'));
    expect(from.err).toMatch(/has no weights\.safetensors to start from/);
    expect(from.code).not.toBe(0);
    const mixed = await train('mixed', '--mixup', '0.1');
    expect(mixed.err).toMatch(/--backbone.*cannot be used with.*--mixup/);
    expect(mixed.code).toBe(2);
    writeFileSync(join(folder, 'text.onnx'), 'Not a network.\n');
    const few = await train('few', '--rate', 't=0.05');
    expect(few.err).toMatch(/with these rates an epoch shows 8 pictures, which do not fill a batch of 16/);
    expect(few.code).toBe(2);
    const text = await runCommand(...words, '--backbone', join(folder, 'text.onnx'));
    expect(text.err).toMatch(/text\.onnx is no ONNX network/);
    expect(text.code).toBe(1);
  });
});
