import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hogDescriptor } from '../../../src/cli/hog-descriptor.js';
import type { CategoryId } from '../../../src/domain/ids.js';
import { writeDataset } from '../../../src/learn/dataset/dataset.js';
import type { Split } from '../../../src/learn/dataset/dataset.js';
import type { EvaluationReport } from '../../../src/learn/evaluation/report.js';
import { openSvmModel } from '../../../src/learn/svm/svm-model.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { Random } from '../../../src/platform/random.js';
import { runCommand } from '../../support/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const SIZE = 48;
const CLASSES = ['coat', 'dress', 'hat'] as CategoryId[];
const root = temporaryFolder();
const data = join(root, 'data');
const out = join(root, 'svm');

/** Bars across, bars down, or slanted bars, in any colours, at any place. */
async function writeTextures(count: number): Promise<void> {
  const random = new Random(4);
  const pixels = new Uint8Array(count * SIZE * SIZE * 3);
  const entries = Array.from({ length: count }, (_, picture) => {
    const label = picture % 3;
    const colours = [0, 1].map(() => [random.int(0, 255), random.int(0, 255), random.int(0, 255)]);
    const [shift, width] = [random.int(0, 20), random.int(3, 6)];
    for (let at = 0; at < SIZE * SIZE; at += 1) {
      const [x, y] = [at % SIZE, Math.floor(at / SIZE)];
      const line = (label === 0 ? y : label === 1 ? x : x + y) + shift;
      pixels.set(colours[Math.floor(line / width) % 2]!, (picture * SIZE * SIZE + at) * 3);
    }
    const split: Split = picture < count * 0.6 ? 'train' : picture < count * 0.8 ? 'validation' : 'test';
    return { path: `t/${picture}.png`, source: 't', label: CLASSES[label]!, split, sha256: String(picture) };
  });
  const sources = [{ name: 't', licence: null }];
  const pixelsSha256 = sha256Hex(pixels);
  await writeDataset(data, {
    index: { format: 1, size: SIZE, fill: 255, sources, labels: CLASSES, entries, pixelsSha256 },
    pixels,
  });
}

beforeAll(async () => writeTextures(300));

describe('fashiond train svm', () => {
  it('learns textures, and writes a folder that evaluate understands', { timeout: 120_000 }, async () => {
    const trained = await runCommand('train', 'svm', '--data', data, '--out', out);
    expect(trained.err).toMatch(/C = 0.01: validation accuracy \d\.\d+\nC = 0.1: .*\nC = 1: /);
    expect(trained.out).toMatch(/test: 60 pictures/);
    const { out: text } = await runCommand('evaluate', '--model', out, '--data', data, '--json');
    const report = JSON.parse(text) as EvaluationReport;
    expect(report.model.kind).toBe('svm');
    expect(report.all.accuracy.value).toBeGreaterThan(0.9);
    expect(report.all.coverage.value).toBeGreaterThan(0.3);
    expect(trained.out).toContain(`accuracy ${report.all.accuracy.value.toFixed(3)}`);
    expect(await readFile(join(out, 'card.md'), 'utf8')).toContain('| test | 60 |');
    const page = await readFile(join(out, 'report.html'), 'utf8');
    expect(page).toContain(`<td>60</td><td>${report.all.accuracy.value.toFixed(3)} (`);
  });

  it('gives the same weights again', async () => {
    const again = join(root, 'again');
    await runCommand('train', 'svm', '--data', data, '--out', again);
    const weights = await Promise.all([out, again].map((folder) => readFile(join(folder, 'weights.bin'))));
    expect(weights[0]!.equals(weights[1]!)).toBe(true);
  });

  it('refuses weights that were changed, and machines of another description', async () => {
    await expect(openSvmModel(out, { ...hogDescriptor, name: 'hog-64' })).rejects.toMatchObject({
      code: 'incompatible',
    });
    const path = join(out, 'weights.bin');
    const bytes = await readFile(path);
    bytes[0] = bytes[0]! ^ 1;
    await writeFile(path, bytes);
    const { code, err } = await runCommand('evaluate', '--model', out, '--data', data);
    expect(code).toBe(1);
    expect(err).toMatch(/do not belong together\n.*train svm/);
  });
});
