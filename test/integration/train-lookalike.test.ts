/** `fashiond train lookalike` from the outside: pairs in, a model that describes pictures out. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { garmentSpec, renderGarment, withScene } from '../../src/garments/render.js';
import { loadLookalikeFolder } from '../../src/infer/lookalike-folder.js';
import { fashiondHere } from '../support/command-here.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TIMEOUT_MS = 120_000;

describe('train lookalike', () => {
  const folder = temporaryFolder();
  const truth = join(folder, 'pairs.jsonl');
  const model = join(folder, 'model');

  beforeAll(async () => {
    mkdirSync(join(folder, 'pictures'));
    const lines: string[] = [];
    for (let number = 0; number < 24; number += 1) {
      const spec = garmentSpec('skirt', number, 'training');
      for (const [at, shown] of [spec, withScene(spec, number + 500)].entries()) {
        const path = `pictures/${number}-${at}.jpg`;
        writeFileSync(join(folder, path), await renderGarment(shown, { width: 40, height: 50 }));
        lines.push(JSON.stringify({ path, group: number, category: 'skirt', facts: [number % 2, null] }));
      }
    }
    writeFileSync(truth, `${lines.join('\n')}\n`);
  }, TIMEOUT_MS);

  it('writes a model that search takes', { timeout: TIMEOUT_MS }, async () => {
    const words = ['--epochs', '1', '--size', '32', '--batch', '8', '--workers', '1'];
    const trained = await fashiondHere('train', 'lookalike', '--truth', truth, '--out', model, ...words);
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.stderr).toContain('48 pictures of 24 garments');
    expect(readdirSync(model).toSorted()).toEqual([
      'card.md',
      'checkpoint.bin',
      'history.json',
      'manifest.json',
      'model.onnx',
      'weights.safetensors',
    ]);
    const { manifest, metric } = await loadLookalikeFolder(model);
    expect(manifest.embeddingLength).toBe(128);
    expect(metric).toBeNull();
    const config = join(folder, 'fashiond.yaml');
    writeFileSync(config, `model:\n  lookalike: ${model}\n`);
    const out = join(folder, 'report');
    const asked = ['--config', config, '--queries', '6', '--out', out];
    const measured = await fashiondHere('search', 'evaluate', '--truth', truth, ...asked);
    expect(measured).toMatchObject({ code: 0 });
    expect(measured.stdout).toContain('6 queries among 48 pictures');
  });

  it('refuses a folder that was changed', { timeout: TIMEOUT_MS }, async () => {
    const network = join(model, 'model.onnx');
    const bytes = readFileSync(network);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(network, bytes);
    await expect(loadLookalikeFolder(model)).rejects.toMatchObject({ code: 'corrupt' });
    const manifest = JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8')) as object;
    writeFileSync(join(model, 'manifest.json'), JSON.stringify({ ...manifest, embeddingLength: 64 }));
    await expect(loadLookalikeFolder(model)).rejects.toMatchObject({ code: 'corrupt' });
  });
});
