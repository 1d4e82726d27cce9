import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { renderDataset } from '../../../src/garments/dataset.js';
import { garmentSpec } from '../../../src/garments/render.js';
import { seedOf } from '../../../src/platform/random.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'garments-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const options = {
  perClass: 3,
  seed: 4,
  profile: 'training',
  size: 48,
  kinds: ['sweater', 'beanie'],
} as const;

it('writes one folder for each category, the same pictures for the same seed', async () => {
  const seen: number[] = [];
  const onProgress = (done: number, total: number): void => {
    expect(total).toBe(6);
    seen.push(done);
  };
  expect(await renderDataset({ ...options, out: join(folder, 'one'), onProgress })).toBe(6);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  await renderDataset({ ...options, out: join(folder, 'two') });
  await renderDataset({ ...options, out: join(folder, 'three'), seed: 5 });
  expect((await readdir(join(folder, 'one'))).sort()).toEqual(['beanie', 'pictures.csv', 'sweater']);
  for (const name of ['sweater/00000.jpg', 'beanie/00002.jpg']) {
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((run) => readFile(join(folder, run, name))),
    );
    expect(two).toEqual(one);
    expect(three).not.toEqual(one);
  }
});

it('lists how each picture is shown, as its spec says', async () => {
  const out = join(folder, 'listed');
  await renderDataset({ ...options, out });
  const [header, ...lines] = (await readFile(join(out, 'pictures.csv'), 'utf8')).trimEnd().split('\n');
  expect(header).toBe('path,class,presentation,framing,background');
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    const [path = '', category, presentation, framing, background] = line.split(',');
    const number = Number(/\/(\d+)\.jpg$/.exec(path)?.[1]);
    const kind = category === 'beanie' ? 'beanie' : 'sweater';
    const { scene } = garmentSpec(kind, seedOf(options.seed, kind, number), options.profile);
    expect([presentation, background]).toEqual([scene.presentation, scene.background.kind]);
    const onBody = presentation === 'worn' || presentation === 'mannequin';
    expect(framing).toBe(onBody ? scene.framing : '');
  }
});

it('lists no pictures that it did not draw itself', async () => {
  await renderDataset({ ...options, out: folder, perClass: 2, seed: 9 });
  const abort = new AbortController();
  abort.abort();
  await expect(renderDataset({ ...options, out: folder, signal: abort.signal })).rejects.toThrow(/cancelled/);
  expect(await readFile(join(folder, 'pictures.csv'), 'utf8')).toBe(
    'path,class,presentation,framing,background\n',
  );
});

it('draws only what is missing when it may reuse, and lists all of it', async () => {
  const out = join(folder, 'reused');
  expect(await renderDataset({ ...options, perClass: 2, out })).toBe(4);
  const before = await readFile(join(out, 'beanie/00001.jpg'));
  await rm(join(out, 'beanie/00001.jpg'));
  expect(await renderDataset({ ...options, out, reuse: true })).toBe(3);
  expect(await readFile(join(out, 'beanie/00001.jpg'))).toEqual(before);
  expect((await readdir(join(out, 'sweater'))).sort()).toEqual(['00000.jpg', '00001.jpg', '00002.jpg']);
  expect(await renderDataset({ ...options, out, reuse: true })).toBe(0);
  expect((await readFile(join(out, 'pictures.csv'), 'utf8')).trimEnd().split('\n')).toHaveLength(7);
});

it('stops when the signal aborts', async () => {
  const abort = new AbortController();
  const onProgress = (): void => abort.abort();
  const run = renderDataset({ ...options, perClass: 500, out: folder, onProgress, signal: abort.signal });
  await expect(run).rejects.toMatchObject({ code: 'cancelled' });
  const written = await readdir(join(folder, 'sweater'));
  expect(written.length).toBeLessThan(10);
  // Nothing is written any more, and all that was is listed.
  const listed = (await readFile(join(folder, 'pictures.csv'), 'utf8')).match(/(?<=^sweater\/)[^,]+/gm);
  expect(listed).toEqual(written.sort());
});
