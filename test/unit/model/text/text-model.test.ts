/** The model that ships, on texts that people wrote and the grammar did not. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shippedTextModelPath } from '../../../../src/config/assets.js';
import type { ItemText } from '../../../../src/domain/item-text.js';
import { loadTextFolder } from '../../../../src/model/text/text-folder.js';
import { analyseJapanese } from '../../../../src/model/text/morphology.js';
import { TextModel } from '../../../../src/model/text/text-model.js';
import { sharedTexts } from '../../../support/shared-texts.js';
import { judged, precisionOf } from '../../../support/text-figures.js';
import type { TrueText } from '../../../support/text-figures.js';

const { data } = await loadTextFolder(shippedTextModelPath);
const model = new TextModel(data, analyseJapanese);
const LIMIT = 0.9;

function authored(name: string): TrueText[] {
  const path = fileURLToPath(new URL(`../../../texts/${name}.tsv`, import.meta.url));
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [truth = '', title = '', description = '', breadcrumbs = ''] = line.split('\t');
    const text: ItemText = {
      title,
      description: description === '' ? null : description,
      brand: null,
      breadcrumbs: breadcrumbs === '' ? [] : breadcrumbs.split(' > '),
    };
    return { text, truth: [truth] };
  });
}

describe('the text model that ships', () => {
  const sets = { english: authored('english'), japanese: authored('japanese') };

  it('is judged by at least 400 texts that name each kind of trap', () => {
    const all = [...sets.english, ...sets.japanese];
    expect(all.length).toBeGreaterThanOrEqual(400);
    expect(new Set(all.map(({ text }) => text.title)).size).toBeGreaterThan(all.length * 0.98);
    const trap = (title: RegExp): number => all.filter(({ text }) => title.test(text.title)).length;
    for (const wanted of [
      /goes with/,
      /セットアップ/,
      /ケーブルニット帽/,
      /シャツワンピ/,
      /hanger/,
      /に合う|にも合う/,
    ]) {
      expect(trap(wanted)).toBeGreaterThan(0);
    }
  });

  it.each(['english', 'japanese'] as const)('keeps precision and coverage on %s texts', (name) => {
    const { accepted, right, garments, intruders, others } = judged(model, sets[name], LIMIT);
    expect(precisionOf({ right, accepted, intruders })).toBeGreaterThanOrEqual(0.95);
    expect(accepted / garments).toBeGreaterThanOrEqual(0.85);
    expect(intruders / others).toBeLessThanOrEqual(0.02);
  });

  it('would fail where every truth is another', () => {
    const wrong = sets.english.map((one) => ({ ...one, truth: ['tunic'] }));
    expect(precisionOf(judged(model, wrong, LIMIT))).toBeLessThan(0.1);
  });

  it('says which words decided', () => {
    const { candidates, words } = model.predict({
      title: 'スカートにも合うケーブルニット帽（レッド）',
      description: null,
      brand: null,
      breadcrumbs: ['小物'],
    });
    expect(candidates[0]?.class).toBe('beanie');
    expect(words[0]).toMatchObject({ word: 'ケーブルニット帽', field: 'title' });
  });

  it('does not know what says nothing', () => {
    for (const title of [
      'Aurora 24',
      'おすすめ',
      '',
      'Item 3 of this shop',
      '???',
      '\u0000',
      'x'.repeat(5000),
    ]) {
      const [best] = model.predict({ title, description: null, brand: null, breadcrumbs: [] }).candidates;
      expect(best).toBeUndefined();
    }
  });

  it('does not take the brand for the item', () => {
    const text = { title: 'Dress Code Beanie', description: null, brand: 'Dress Code', breadcrumbs: [] };
    expect(model.predict(text).candidates[0]?.class).toBe('beanie');
  });

  it('takes no part of a word for the brand', () => {
    const predicted = (brand: string | null) =>
      model.predict({ title: 'Shirtdress in linen', description: null, brand, breadcrumbs: [] }).candidates;
    expect(predicted('Shirt')).toEqual(predicted(null));
  });

  const shared = sharedTexts();
  describe.skipIf(shared === null)(
    `on shops’ texts${shared === null ? ' (FASHIOND_DATA is not set)' : ''}`,
    () => {
      it('keeps precision and coverage, and takes few things for garments', () => {
        const { accepted, right, garments, intruders, others } = judged(model, shared?.magento ?? [], LIMIT);
        expect(precisionOf({ right, accepted, intruders })).toBeGreaterThanOrEqual(0.95);
        expect(accepted / garments).toBeGreaterThanOrEqual(0.85);
        expect(intruders / others).toBeLessThanOrEqual(0.02);
        const things = judged(model, shared?.things ?? [], LIMIT);
        expect(things.others).toBeGreaterThan(40);
        expect(things.intruders / things.others).toBeLessThanOrEqual(0.02);
      });
    },
  );
});
