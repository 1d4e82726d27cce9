import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/assets.js';
import { categoryByName } from '../../../src/config/categories.js';
import { loadConfig } from '../../../src/config/load.js';

const { categories } = await loadConfig(join(packageRoot, 'config', 'default.yaml'), {});
const taxonomy = join(process.env['FASHIOND_DATA'] ?? '/nonexistent', 'taxonomy', 'shopify-apparel.tsv');

describe('config/categories.yaml', () => {
  it('has about sixty categories, each id once', () => {
    expect(categories.length).toBeGreaterThanOrEqual(55);
    expect(new Set(categories.map((category) => category.id)).size).toBe(categories.length);
  });

  it('has the categories the models know', () => {
    const ids = categories.map((category) => category.id);
    expect(ids).toEqual(
      expect.arrayContaining([
        't-shirt',
        'long-sleeve',
        'shirt',
        'sweater',
        'dress',
        'skirt',
        'trousers',
        'shorts',
        'coat',
        'hat',
        'beanie',
        'shoes',
        'bag',
      ]),
    );
  });

  it('has no name that two categories share', () => {
    const owners = new Map<string, string>();
    const shared: string[] = [];
    for (const { id, en, ja, synonyms } of categories) {
      for (const name of new Set(
        [id, en, ja, ...synonyms].map((one) => one.normalize('NFKC').toLowerCase()),
      )) {
        const owner = owners.get(name);
        if (owner !== undefined) shared.push(`${name}: ${owner} and ${id}`);
        owners.set(name, id);
      }
    }
    expect(shared).toEqual([]);
  });

  it('writes synonyms in lower case and each once, and names both languages', () => {
    const broken = categories.filter(
      ({ ja, synonyms }) =>
        synonyms.some((name) => name !== name.toLowerCase().trim()) ||
        new Set(synonyms).size !== synonyms.length ||
        !/\p{Script=Katakana}|\p{Script=Hiragana}|\p{Script=Han}/u.test(ja) ||
        !synonyms.some((name) => /^[a-z0-9 -]+$/.test(name)),
    );
    expect(broken).toEqual([]);
  });

  it.each([
    ['pants', 'trousers'],
    ['ロンT', 'long-sleeve'],
    ['ﾆｯﾄ', 'sweater'],
    ['ＯＵＴＥＲＷＥＡＲ', 'coat'],
    ['outwear', 'coat'],
    ['Coats & Jackets', 'coat'],
    ['longsleeve', 'long-sleeve'],
    ['ニット帽', 'beanie'],
    ['ケーブルニット帽', 'beanie'],
    ['ハニカムニット', 'sweater'],
    ['T-SHIRT', 't-shirt'],
    ['パーカー', 'hoodie'],
    ['ワンピース', 'dress'],
    ['  knit   Cap ', 'beanie'],
  ])('%s is %s', (name, id) => {
    expect(categoryByName(categories, name)?.id).toBe(id);
  });

  it('knows no category of another name', () => {
    expect(categoryByName(categories, 'teapot')).toBeNull();
    expect(categoryByName(categories, '')).toBeNull();
  });

  it.skipIf(!existsSync(taxonomy))('agrees with the Shopify taxonomy', () => {
    const rows = readFileSync(taxonomy, 'utf8')
      .split('\n')
      .map((line) => line.split('\t'));
    const known = new Map(
      rows.map(([id, , , en, ja, , , google]) => [id, { en, ja, google: Number(google) }]),
    );
    const other = categories.filter(({ shopify, google, en, ja }) => {
      const entry = known.get(shopify);
      return entry?.en !== en || entry.ja !== ja || entry.google !== google;
    });
    expect(categories.every((category) => known.has(category.shopify))).toBe(true);
    // Shopify has no entry of its own for these (their nearest parent stands), or a mistranslation: heels.
    expect(other.map((category) => category.id)).toEqual([
      'long-sleeve',
      'overalls',
      'blazer',
      'yukata',
      'underwear',
      'heels',
    ]);
  });
});
