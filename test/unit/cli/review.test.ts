import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CategoryId, ProductId, Sha256 } from '../../../src/domain/ids.js';
import type { NewLabel } from '../../../src/domain/review.js';
import { createBlobStore } from '../../../src/images/blob-store.js';
import { runCommand } from '../../support/run-command.js';
import { picture, smallItems } from '../../support/small-shop.js';
import {
  begin,
  classified,
  classify,
  context,
  manifest,
  product,
  read,
  T0,
  visit,
  workbench,
} from '../store/builders.js';

const bench = workbench();

it('writes the pictures of labelled items into class folders, with who said so and when', async () => {
  const folder = bench.folder();
  const config = join(folder, 'fashiond.yaml');
  writeFileSync(config, '');
  mkdirSync(join(folder, 'blobs'));
  const blobs = createBlobStore(join(folder, 'blobs'));
  const store = bench.open(join(folder, 'fashiond.db'));
  const run = begin(store);
  const pictures: Sha256[] = [];
  for (const item of smallItems(4)) {
    pictures.push(await blobs.write(await picture(item)));
    const url = `https://moda.example/p/${item.number}`;
    const images = [`https://moda.example/i/${item.number}`];
    visit(store, run, url, read(product({ url, title: item.title, images })));
  }
  for (const image of store.claimImages(10, T0, 1000)) {
    const sha256 = pictures[Number(image.url.split('/').at(-1)) - 1]!;
    const validators = { etag: null, lastModified: null };
    store.commitImage(image, { kind: 'stored', sha256, byteLength: 10, validators }, T0);
  }
  store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  store.setDecider(context.model, 'v1', context.decide);
  classify(store, () => classified({ sweater: 0.5, beanie: 0.5 }));
  expect(
    (await runCommand('review', 'export', '--out', join(folder, 'out'), '--config', config)).err,
  ).toMatch(/no item has been given a category/);
  const label = (id: number, category: string | null, more: Partial<NewLabel> = {}): NewLabel => ({
    product: id as ProductId,
    verdict: category === null ? 'none' : 'category',
    category: category as CategoryId | null,
    picture: pictures[id - 1]!,
    sample: 'random',
    by: 'ann',
    ...more,
  });
  store.reviews.label([label(1, 'beanie'), label(2, 'sweater'), label(3, 'skirt'), label(4, 'dress')]);
  store.reviews.label([label(1, 'hat'), label(3, null)]);
  store.reviews.withdraw(4, 'ann');
  store.reviews.label([label(2, null, { verdict: 'bad-picture' })]);
  store.reviews.label([label(4, 'scarf')]);
  const { code, out, err } = await runCommand(
    'review',
    'export',
    '--out',
    join(folder, 'out'),
    '--config',
    config,
  );
  expect({ code, err, out }).toEqual({
    code: 0,
    err: '',
    out: `2 pictures of 2 classes written to ${join(folder, 'out')}\n`,
  });
  expect(readdirSync(join(folder, 'out')).toSorted()).toEqual(['hat', 'pictures.csv', 'scarf']);
  expect(readFileSync(join(folder, 'out', 'hat', `${pictures[0]}.png`))).toEqual(
    await picture(smallItems(1)[0]!),
  );
  const [header, ...lines] = readFileSync(join(folder, 'out', 'pictures.csv'), 'utf8')
    .trim()
    .split('\n');
  expect(header).toBe('path,class,shop,item,labelled_by,labelled_at,sample');
  expect(lines).toContain(`hat/${pictures[0]}.png,hat,moda,1,ann,2026-01-01T00:00:00Z,random`);
  const listed = await runCommand('review', 'list', '--json', '--config', config);
  const { labels } = JSON.parse(listed.out) as { labels: { label: number; verdict: string }[] };
  expect(labels.map(({ label: number, verdict }) => [number, verdict])).toEqual([
    [9, 'category'],
    [8, 'bad-picture'],
    [6, 'none'],
    [5, 'category'],
    [3, 'category'],
    [2, 'category'],
    [1, 'category'],
  ]);
});

it('takes labels of another catalogue in, with who gave them and when, and twice is as once', async () => {
  const place = (name: string) => {
    const folder = bench.folder();
    writeFileSync(join(folder, 'fashiond.yaml'), '');
    const store = bench.open(join(folder, 'fashiond.db'));
    const run = begin(store);
    // Numbered otherwise in the other catalogue, where one is missing.
    const urls = name === 'ours' ? ['1', '2', '3', '4'] : ['9', '3', '2', '1'];
    for (const n of urls) {
      const url = `https://moda.example/p/${n}`;
      visit(store, run, url, read(product({ url, title: `Item ${n}` })));
    }
    return { folder, store, config: join(folder, 'fashiond.yaml') };
  };
  const label = (id: number, category: string | null, by: string): NewLabel => ({
    product: id as ProductId,
    verdict: category === null ? 'none' : 'category',
    category: category as CategoryId | null,
    picture: null,
    sample: 'random',
    by,
  });
  const ours = place('ours');
  ours.store.reviews.label([label(1, 'beanie', 'ann'), label(2, 'dress', 'ann'), label(3, null, 'bob')]);
  ours.store.reviews.label([label(4, 'skirt', 'ann')]);
  ours.store.reviews.withdraw(2, 'bob');
  const file = join(ours.folder, 'labels.jsonl');
  const review = (config: string, ...args: string[]) => runCommand('review', ...args, '--config', config);
  expect((await review(ours.config, 'export', '--labels', file)).out).toBe(`4 labels written to ${file}\n`);
  const theirs = place('theirs');
  theirs.store.close();
  const take = async () => JSON.parse((await review(theirs.config, 'import', file, '--json')).out) as object;
  expect(await take()).toEqual({ added: 3, withdrawn: 0, known: 0, unknownItem: 1, outdated: 0 });
  expect(await take()).toEqual({ added: 0, withdrawn: 0, known: 3, unknownItem: 1, outdated: 0 });
  const store = bench.open(join(theirs.folder, 'fashiond.db'));
  const found = store.query(
    `SELECT l.*, p.title FROM v_labels l JOIN v_items p USING (product_id) ORDER BY p.title`,
  );
  expect(found).toMatchObject([
    {
      title: 'Item 1',
      category: 'beanie',
      labelled_by: 'ann',
      at: '2026-01-01T00:00:00Z',
      withdrawn_at: null,
    },
    { title: 'Item 2', category: 'dress', labelled_by: 'ann', withdrawn_at: '2026-01-01T00:00:00Z' },
    { title: 'Item 3', verdict: 'none', labelled_by: 'bob', sample: 'random' },
  ]);
  const back = join(theirs.folder, 'back.jsonl');
  await review(theirs.config, 'export', '--labels', back);
  const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n').toSorted();
  expect(lines(back)).toEqual(lines(file).filter((line) => !line.includes('/p/4')));
  // What stands here and is later goes on standing, whatever an older file says; the one taken back stands in no way.
  store.reviews.label([label(2, 'hat', 'zoe')]);
  const older = lines(file).map((line) => line.replaceAll('2026-01-01', '2025-01-01'));
  writeFileSync(file, older.join('\n'));
  store.close();
  expect(await take()).toMatchObject({ added: 1, outdated: 2 });
  writeFileSync(
    file,
    `${older[0]}\n${older[0]!.replace('beanie', 'spaceship').replace('dress', 'spaceship')}\n{"a":1}`,
  );
  const wrong = await review(theirs.config, 'import', file);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/labels\.jsonl:[23]/)]);
});
