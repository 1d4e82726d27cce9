import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { encodeWeights } from '../../../src/model/weights.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { writeOnnx } from '../../support/onnx-writer.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { writeTinyModel } from '../../support/tiny-model.js';
import { TINY_LABELS, TINY_NETWORK, TINY_SIZE } from '../../support/tiny-network.js';

async function refusal(path: string): Promise<FashiondError> {
  const error = await loadModelFolder(path).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FashiondError);
  expect((error as FashiondError).hint).not.toBeNull();
  return error as FashiondError;
}

const hashes = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256Hex(bytes)]));

describe('loadModelFolder', () => {
  it('gives the manifest and the very bytes of the network', async () => {
    const model = await loadModelFolder(await writeTinyModel());
    expect(model.manifest.labels).toEqual(TINY_LABELS);
    expect(Buffer.from(model.network)).toEqual(Buffer.from(writeOnnx(TINY_NETWORK)));
  });

  it('names a folder that does not exist', async () => {
    const path = join(temporaryFolder(), 'nothing');
    const error = await refusal(path);
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(path);
    expect(error.hint).toContain('fashiond train category');
  });

  it.each(['manifest.json', 'model.onnx', 'card.md'])('names a missing %s', async (file) => {
    const folder = await writeTinyModel();
    await rm(join(folder, file));
    const error = await refusal(folder);
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(file);
  });

  it('says where a manifest is not what it should be', async () => {
    const folder = await writeTinyModel({
      manifest: { labels: ['a', 'a'], threshold: 2, files: { 'card.md': 'x' } },
    });
    const error = await refusal(folder);
    expect(error.code).toBe('corrupt');
    expect(error.message).toMatch(/labels: expected no label twice/);
    expect(error.message).toMatch(/threshold: /);
    expect(error.message).toMatch(/files\.card\.md: expected 64 lower-case hex digits/);
  });

  it('refuses a manifest that is not JSON, and one of a later format', async () => {
    const folder = await writeTinyModel({ manifest: { format: 2 } });
    expect(await refusal(folder)).toMatchObject({ code: 'incompatible' });
    await writeFile(join(folder, 'manifest.json'), '{');
    expect(await refusal(folder)).toMatchObject({ code: 'corrupt' });
  });

  it('states both hashes of a file that was changed', async () => {
    const folder = await writeTinyModel();
    await writeFile(join(folder, 'card.md'), 'changed');
    const error = await refusal(folder);
    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(sha256Hex(Buffer.from('# tiny\n')));
    expect(error.message).toContain(sha256Hex(Buffer.from('changed')));
  });

  it('states both fingerprints when labels were edited', async () => {
    const folder = await writeTinyModel({ manifest: { labels: [...TINY_LABELS].reverse() } });
    const error = await refusal(folder);
    expect(error.code).toBe('corrupt');
    expect(error.message).toMatch(/states fingerprint [0-9a-f]{64}.* give [0-9a-f]{64}/);
  });

  it.each(['../outside.txt', '/etc/hostname', 'a/../../outside.txt'])('refuses the path %s', async (name) => {
    const network = writeOnnx(TINY_NETWORK);
    const files = { ...hashes({ 'model.onnx': network }), [name]: sha256Hex(Buffer.from('secret')) };
    const folder = await writeTinyModel({ network, manifest: { files } });
    await writeFile(join(dirname(folder), 'outside.txt'), 'secret');
    expect(await refusal(folder)).toMatchObject({ code: 'refused' });
  });

  it('refuses a link that leaves the folder, whatever its content', async () => {
    const folder = await writeTinyModel();
    const outside = join(dirname(folder), 'model.onnx');
    await rename(join(folder, 'model.onnx'), outside);
    await symlink(outside, join(folder, 'model.onnx'));
    const error = await refusal(folder);
    expect(error.code).toBe('refused');
    expect(error.message).toContain(outside);
  });

  it('refuses weights outside the network file', async () => {
    const weights = TINY_NETWORK.weights.map((weight) =>
      weight.name === 'latent.w' ? { ...weight, externalFile: 'weights.bin' } : weight,
    );
    const folder = await writeTinyModel({ network: writeOnnx({ ...TINY_NETWORK, weights }) });
    const error = await refusal(folder);
    expect(error.code).toBe('refused');
    expect(error.message).toContain('latent.w');
  });

  const layers = [
    { kind: 'features', name: 'features', dropout: 0 },
    { kind: 'classifier', name: 'classifier' },
  ] as const;
  const weightsOf = (classes: number): Uint8Array =>
    encodeWeights({
      spec: { name: 'tiny', size: TINY_SIZE, classes, layers },
      temperature: 1,
      tensors: new Map([['classifier.bias', { shape: [1], data: Float32Array.of(0.5) }]]),
    });

  it('gives the weights of a folder that has them, and null for an older one', async () => {
    const weights = weightsOf(TINY_LABELS.length);
    const model = await loadModelFolder(await writeTinyModel({ weights }));
    expect(Buffer.from(model.weights!)).toEqual(Buffer.from(weights));
    expect((await loadModelFolder(await writeTinyModel())).weights).toBeNull();
  });

  it('refuses weights that are damaged, changed, or of a network with other classes', async () => {
    const damaged = await writeTinyModel({ weights: weightsOf(TINY_LABELS.length).slice(0, -1) });
    expect(await refusal(damaged)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('weights.safetensors'),
    });
    const changed = await writeTinyModel({ weights: weightsOf(TINY_LABELS.length) });
    await writeFile(join(changed, 'weights.safetensors'), weightsOf(TINY_LABELS.length + 1));
    expect((await refusal(changed)).message).toMatch(/expected SHA-256/);
    const other = await writeTinyModel({ weights: weightsOf(7) });
    expect((await refusal(other)).message).toMatch(/7 classes; the manifest says 8 px and 3 labels/);
  });

  it('refuses a network that is no ONNX file', async () => {
    const folder = await writeTinyModel({ network: Buffer.from('<html>not found</html>') });
    expect(await refusal(folder)).toMatchObject({ code: 'corrupt' });
  });
});
