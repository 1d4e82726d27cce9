import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/context.js';
import type { CategoryId } from '../../../src/domain/ids.js';
import { AS_GIVEN, dealtAnew, importPictures } from '../../experiments/import-pictures.js';
import { RENDERED_LICENCE, writeRenderedList } from '../../experiments/rendered-list.js';
import { renderedPictures } from '../../experiments/rendered-pictures.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const notes: string[] = [];
const context: CliContext = {
  print: () => {},
  note: (line) => notes.push(line),
  interactive: false,
  signal: new AbortController().signal,
};
const work = temporaryFolder();
const rendering = { perClass: 3, kinds: ['sweater', 'beanie'], seed: 8, profile: 'training' } as const;

const lastNote = (): string => notes.at(-1) ?? '';

it('renders what is missing, and other pictures into other folders', async () => {
  const folder = await renderedPictures(work, { ...rendering, perClass: 2 }, context);
  expect(lastNote()).toContain('4 rendered');
  expect(await renderedPictures(work, rendering, context)).toBe(folder);
  expect(lastNote()).toMatch(/2 rendered in \d+ s, 4 kept/);
  await rm(join(folder, 'sweater', '00001.jpg'));
  await renderedPictures(work, rendering, context);
  expect(lastNote()).toMatch(/1 rendered in \d+ s, 5 kept/);
  const others = [
    await renderedPictures(work, { ...rendering, seed: 9, perClass: 1 }, context),
    await renderedPictures(work, { ...rendering, profile: 'held-out', perClass: 1 }, context),
  ];
  expect(new Set([folder, ...others]).size).toBe(3);
  const [one, other] = await Promise.all(
    [folder, ...others].map((from) => readFile(join(from, 'sweater', '00000.jpg'))),
  );
  expect(other).not.toEqual(one);
});

it('imports what the list names, in its splits, though more pictures lie there', async () => {
  const folder = await renderedPictures(work, rendering, context);
  const list = await writeRenderedList(work, 'some', [
    { folder, kinds: ['beanie'], perClass: 3, splitOf: (number) => (number < 2 ? 'train' : 'validation') },
    { folder, kinds: ['sweater'], perClass: 2, splitOf: () => 'test' },
  ]);
  const out = join(work, 'dataset');
  const dataset = await importPictures(
    {
      list,
      licences: RENDERED_LICENCE,
      splits: AS_GIVEN,
      classOf: (name) => name as CategoryId,
      size: 32,
      out,
    },
    context,
  );
  const { entries, labels, sources } = dataset.index;
  expect(labels).toEqual(['beanie', 'sweater']);
  expect(sources).toEqual([{ name: 'rendered', licence: 'MIT' }]);
  expect(entries.map(({ label, split }) => `${label} ${split}`)).toEqual([
    'beanie train',
    'beanie train',
    'beanie validation',
    'sweater test',
    'sweater test',
  ]);
  expect(entries.every(({ attributes }) => attributes?.['presentation'] !== undefined)).toBe(true);
  expect((await readdir(out)).sort()).toEqual(['index.json', 'pixels.bin']);
});

it('deals a data set anew, and leaves out what no split is given', async () => {
  const folder = await renderedPictures(work, rendering, context);
  const list = await writeRenderedList(work, 'all', [{ ...rendering, folder, splitOf: () => 'train' }]);
  const whole = await importPictures(
    {
      list,
      licences: RENDERED_LICENCE,
      splits: AS_GIVEN,
      classOf: (name) => name as CategoryId,
      size: 32,
      out: join(work, 'whole'),
    },
    context,
  );
  const sweaters = dealtAnew(whole, ({ label }) => (label === 'sweater' ? 'test' : null));
  expect(sweaters.index.entries.map(({ label, split }) => `${label} ${split}`)).toEqual(
    Array.from({ length: 3 }, () => 'sweater test'),
  );
  // Sorted by path, the beanies come first.
  expect(sweaters.pixels).toEqual(whole.pixels.subarray(3 * 32 * 32 * 3));
});
