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
