import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reviewMaterial } from '../../../src/cli/train-review.js';
import { loadConfig } from '../../../src/config/load.js';
import type { CategoryId, ProductId, Sha256 } from '../../../src/domain/ids.js';
import { createBlobStore } from '../../../src/images/blob-store.js';
import { loadModelFolder } from '../../../src/infer/model-folder.js';
import { runCommand } from '../../support/run-command.js';
import { picture, smallItems } from '../../support/small-shop.js';
import { writeTinyModelTo } from '../../support/tiny-network.js';
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
const ITEMS = 30;

/** A store whose items show pictures of their own, which a person can label. */
async function shop() {
  const folder = bench.folder();
  const config = join(folder, 'fashiond.yaml');
  const model = await writeTinyModelTo(join(folder, 'tiny'));
  writeFileSync(config, `model: { path: ${model} }\n`);
  mkdirSync(join(folder, 'blobs'));
  const blobs = createBlobStore(join(folder, 'blobs'));
  const store = bench.open(join(folder, 'fashiond.db'));
  const run = begin(store);
  const pictures: Sha256[] = [];
  for (const item of smallItems(ITEMS)) {
    pictures.push(await blobs.write(await picture(item)));
    const url = `https://moda.example/p/${item.number}`;
    const images = [`https://moda.example/i/${item.number}`];
    visit(store, run, url, read(product({ url, title: item.title, images })));
  }
  for (const image of store.claimImages(ITEMS, T0, 1000)) {
    const sha256 = pictures[Number(image.url.split('/').at(-1)) - 1]!;
    const validators = { etag: null, lastModified: null };
    store.commitImage(image, { kind: 'stored', sha256, byteLength: 10, validators }, T0);
  }
  store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  store.setDecider(context.model, 'v1', context.decide);
  classify(store, () => classified({ sweater: 0.5, beanie: 0.5 }));
  const label = (id: number, category: string | null): void => {
    store.reviews.label([
      {
        product: id as ProductId,
        verdict: category === null ? 'none' : 'category',
        category: category as CategoryId | null,
        picture: pictures[id - 1]!,
        sample: null,
        by: 'ann',
      },
    ]);
  };
  const material = async () =>
    reviewMaterial((await loadConfig(config)).config, 1, new AbortController().signal);
  return { folder, config, model, label, material };
}

describe('learning from the review', () => {
  it(
    'takes the latest label, holds items out for ever, and says what it leaves out',
    { timeout: 120_000 },
    async () => {
      const { folder, model, label, material } = await shop();
      for (let id = 1; id <= 24; id += 1) label(id, id % 2 === 0 ? 'sweater' : 'beanie');
      label(1, 'sweater');
      label(25, 'scarf');
      label(26, null);
      const one = await material();
      expect(one.base.folder).toBe((await loadModelFolder(model)).folder);
      const reviewed = one.dataset.index.entries.filter(({ source }) => source === 'reviewed');
      expect(reviewed.length).toBeGreaterThanOrEqual(20);
      const sweaters = reviewed.filter(({ label: said }) => said === 'sweater').length;
      expect(sweaters).toBeGreaterThanOrEqual(reviewed.length / 2);
      expect(one.remarks).toEqual([
        '1 answers that name no category are left out',
        'left out, with fewer than 8 labels: scarf',
      ]);
      const rendered = one.dataset.index.entries.filter(({ source }) => source === 'rendered');
      expect(new Set(rendered.map(({ label: kind }) => kind))).toEqual(
        new Set(['sweater', 'beanie', 'shorts']),
      );
      expect(new Set(rendered.map(({ split }) => split))).toEqual(new Set(['train', 'validation', 'test']));

      // More labels, and a picture that is gone: those that were held out stay so.
      for (let id = 27; id <= 30; id += 1) label(id, 'shorts');
      const heldOut = reviewed.filter(({ split }) => split === 'test').map(({ sha256 }) => sha256);
      const [gone] = reviewed.filter(({ split }) => split === 'train').map(({ sha256 }) => sha256);
      rmSync(join(folder, 'blobs', gone!.slice(0, 2), gone!));
      const two = await material();
      const splits = new Map(two.dataset.index.entries.map(({ sha256, split }) => [sha256, split]));
      expect(heldOut.map((sha256) => splits.get(sha256))).toEqual(heldOut.map(() => 'test'));
      expect(two.remarks).toContain('1 labelled pictures are not there any more, or cannot be read');

      // What chose the epoch and the limits had its part, too.
      const had = reviewed.filter(({ split }) => split !== 'test').map(({ sha256 }) => sha256);
      expect(one.record).toEqual({ review: { taught: had.sort() } });
      // A model that was taught one of those, as its folder says, is not judged by it.
      const [judge, ...others] = heldOut;
      writeFileSync(join(model, 'history.json'), JSON.stringify({ review: { taught: [judge] } }));
      const three = await material();
      const now = new Map(three.dataset.index.entries.map(({ sha256, split }) => [sha256, split]));
      expect([judge, ...others].map((sha256) => now.get(sha256!))).toEqual([
        'train',
        ...others.map(() => 'test'),
      ]);
      expect(three.record.review.taught).toContain(judge);
    },
  );

  it('needs a config, enough labels and nothing that the review decides', { timeout: 120_000 }, async () => {
    const { folder, config, label } = await shop();
    const train = (...args: string[]) => runCommand('train', 'category', ...args);
    expect(await train('--from-review')).toMatchObject({ code: 2, err: expect.stringContaining('--config') });
    expect(await train('--from-review', '--data', 'x', '--config', config)).toMatchObject({ code: 2 });
    expect(await train('--out', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--data') });
    label(1, 'sweater');
    const few = await train('--from-review', '--config', config);
    expect(few).toMatchObject({ code: 1, err: expect.stringContaining('1 labelled pictures are too few') });
    expect(readdirSync(folder)).not.toContain('models');
  });
});
