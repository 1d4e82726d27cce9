/** `fashiond search` from the outside: figures, report and fitted weights from a truth of rendered garments. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.js';
import { garmentSpec, renderGarment, withScene } from '../../src/garments/render.js';
import { fashiondHere } from '../support/command-here.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyDcgan } from '../support/tiny-dcgan.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 120_000;
const KINDS = ['dress', 'shoes', 'sweater'] as const;

describe('a truth of rendered garments', () => {
  const folder = temporaryFolder();
  const truth = join(folder, 'truth.jsonl');
  let model = '';

  beforeAll(async () => {
    mkdirSync(join(folder, 'pictures'));
    model = await writeTinyModel();
    const lines: string[] = [];
    for (const [at, kind] of KINDS.entries()) {
      const spec = garmentSpec(kind, at + 1, 'training');
      for (const [number, shown] of [spec, withScene(spec, at + 50)].entries()) {
        const path = `pictures/${kind}-${number}.jpg`;
        writeFileSync(join(folder, path), await renderGarment(shown, { width: 96, height: 120 }));
        lines.push(JSON.stringify({ path, group: kind, category: kind }));
      }
    }
    writeFileSync(truth, `${lines.join('\n')}\n`);
  }, TIMEOUT_MS);

  it('gives every method its figures, and a report with the pictures', { timeout: TIMEOUT_MS }, async () => {
    const out = join(folder, 'report');
    const { code, stdout, stderr } = await fashiondHere(
      'search',
      'evaluate',
      '--truth',
      truth,
      '--model',
      model,
      '--out',
      out,
      '--json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { methods } = JSON.parse(stdout) as {
      methods: { method: string; queries: number; gallery: number; recall: number[]; sameCategory: number }[];
    };
    expect(methods.map(({ method }) => method)).toEqual([
      'colour',
      'shape',
      'colour-hog',
      'features',
      'cnn-hash',
      'blend',
    ]);
    for (const { queries, gallery, recall, sameCategory } of methods) {
      expect({ queries, gallery }).toEqual({ queries: 6, gallery: 6 });
      // The first ten are all of the others, of which one is of the category.
      expect(recall[2]).toBe(1);
      expect(sameCategory).toBeCloseTo(1 / 5, 9);
    }
    expect(readdirSync(out).toSorted()).toEqual(['recall.png', 'report.html', 'report.json']);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('class="query"');
    expect(page).toContain('same garment: pictures/');
    expect(page).not.toContain('<script');
  });

  it(
    'measures an encoder beside them, and says what to type without one',
    { timeout: TIMEOUT_MS },
    async () => {
      const args = ['search', 'evaluate', '--truth', truth, '--model', model, '--method', 'dcgan', '--json'];
      const without = await fashiondHere(...args);
      expect(without.code).toBe(2);
      expect(without.stderr).toContain('none ships with fashiond');
      expect(without.stderr).toContain('--dcgan FOLDER');
      const { code, stdout } = await fashiondHere(...args, '--dcgan', await writeTinyDcgan());
      expect(code).toBe(0);
      const { methods } = JSON.parse(stdout) as { methods: { method: string; recall: number[] }[] };
      expect(methods).toHaveLength(1);
      expect(methods[0]).toMatchObject({
        method: 'dcgan',
        recall: [expect.any(Number), expect.any(Number), 1],
      });
    },
  );

  it('gives weights that the config takes', { timeout: TIMEOUT_MS }, async () => {
    const { code, stdout } = await fashiondHere('search', 'tune', '--truth', truth, '--model', model);
    expect(code).toBe(0);
    const yaml = stdout.slice(stdout.indexOf('search:'));
    expect(configSchema.safeParse(parse(yaml)).success).toBe(true);
    expect(stdout).toMatch(/both halves: R@1 [01]\.\d{3}/);
  });

  it('is refused with the name of a picture that is not there', { timeout: TIMEOUT_MS }, async () => {
    const broken = join(folder, 'broken.jsonl');
    writeFileSync(broken, `${readFileSync(truth, 'utf8')}{"path":"pictures/gone.jpg","group":"dress"}\n`);
    const { code, stderr } = await fashiondHere('search', 'evaluate', '--truth', broken, '--model', model);
    expect(code).toBe(1);
    expect(stderr).toMatch(/pictures.gone\.jpg cannot be used as a picture/);
  });
});
