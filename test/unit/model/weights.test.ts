import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../../src/learn/networks/category.js';
import { encodeTensors } from '../../../src/model/safetensors.js';
import { decodeWeights, encodeWeights, readWeights } from '../../../src/model/weights.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const spec = categoryNetwork({ size: 16, classes: 3, widths: [4, 4, 4, 4], latentBits: 8 });
const tensors = new Map([['stem.weight', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]]);
const weights = { spec, temperature: 0.703, tensors };

describe('weights.safetensors', () => {
  it('keeps the layers, the temperature and the tensors', async () => {
    const path = join(temporaryFolder(), 'weights.safetensors');
    await writeFile(path, encodeWeights(weights));
    expect(await readWeights(path)).toEqual(weights);
  });

  it('names a missing file and one that is too large to be read', async () => {
    const path = join(temporaryFolder(), 'weights.safetensors');
    await expect(readWeights(path)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(path),
      hint: expect.stringContaining('fashiond train category'),
    });
    await writeFile(path, '');
    await truncate(path, 1024 ** 3 + 1);
    await expect(readWeights(path)).rejects.toMatchObject({ code: 'refused' });
  });

  const metadata = { network: JSON.stringify(spec), temperature: '1' };
  it.each([
    ['no metadata', {}, /names no network and temperature/],
    ['a temperature of zero', { ...metadata, temperature: '0' }, /names no network and temperature/],
    ['a network that is no JSON', { ...metadata, network: '{' }, /no JSON/],
    [
      'an unknown layer',
      { ...metadata, network: JSON.stringify({ ...spec, layers: [{ kind: 'attention', name: 'a' }] }) },
      /layers\.0\.kind/,
    ],
    ['a huge picture', { ...metadata, network: JSON.stringify({ ...spec, size: 1e9 }) }, /size: /],
  ])('refuses %s', (_what, given, message) => {
    expect(() => decodeWeights(encodeTensors({ tensors, metadata: given }), 'w')).toThrow(message);
  });

  it('refuses weights that are no numbers', () => {
    const broken = new Map([['stem.weight', { shape: [2], data: Float32Array.of(1, Number.NaN) }]]);
    expect(() => decodeWeights(encodeWeights({ ...weights, tensors: broken }), 'w')).toThrow(
      /stem\.weight holds values that are no finite numbers/,
    );
  });
});
