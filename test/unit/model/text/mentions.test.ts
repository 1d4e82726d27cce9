import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../../src/config/assets.js';
import { loadConfig } from '../../../../src/config/load.js';
import { fashionWordsSchema, lexiconEntries } from '../../../../src/learn/text/lexicon-source.js';
import { atomsOf } from '../../../../src/model/text/atoms.js';
import { Lexicon } from '../../../../src/model/text/lexicon.js';
import { headOf, mentionsIn } from '../../../../src/model/text/mentions.js';
import { analyseJapanese } from '../../../../src/model/text/morphology.js';

const { categories } = await loadConfig(join(packageRoot, 'config', 'default.yaml'), {});
const words = fashionWordsSchema.parse(
  parse(readFileSync(join(packageRoot, 'config', 'fashion-words.yaml'), 'utf8')),
);
const lexicon = new Lexicon(lexiconEntries(categories, words));

function headIn(title: string): string | null {
  const head = headOf(mentionsIn(atomsOf(title, analyseJapanese), lexicon));
  return head === null ? null : (head.entry.category ?? head.entry.kind);
}

describe('the head of a title', () => {
  it.each([
    ['Cable-knit sweater, goes with skirts', 'sweater'],
    ['Shirt dress with belt', 'dress'],
    ['Dress shirt', 'shirt'],
    ['Coat hanger', 'thing'],
    ['Hat-print tee', 't-shirt'],
    ['Boot-cut jeans', 'jeans'],
    ['Sneaker socks', 'socks'],
    ['Pull-on pants', 'trousers'],
    ['Trousers for under a coat', 'trousers'],
    ['Skirt - pairs with sweaters', 'skirt'],
    ['Women’s shoes', 'shoes'],
    ['スカートにも合うケーブルニット帽（レッド）', 'beanie'],
    ['ケーブルニット', 'sweater'],
    ['リブニットキャップ', 'beanie'],
    ['ニット 帽', 'beanie'],
    ['シャツワンピース', 'dress'],
    ['Tシャツワンピ', 'dress'],
    ['ＴシャツワンピースＸＬ', 'dress'],
    ['ワンピースと相性のいいカーディガン', 'cardigan'],
    ['コートの下に着られるパーカー', 'hoodie'],
    ['ベルト付きワイドパンツ', 'trousers'],
    ['スカート見えパンツ', 'skort'],
    ['コクーンコート', 'coat'],
    ['靴下用洗剤', 'thing'],
    ['ビジネススーツ 2つボタン', 'suit'],
    ['【再入荷】ビーニー', 'beanie'],
    ['ブーツカットデニム', 'jeans'],
    ['マンハッタン', null],
    ['Horizon', null],
    ['', null],
  ])('%s: %s', (title, expected) => {
    expect(headIn(title)).toBe(expected);
  });
});

describe('the lexicon', () => {
  it('finds every one of its words as itself', () => {
    const lost = lexicon.entries.filter(({ word, kind, category }) => {
      const { atoms } = atomsOf(word, (text) => [{ surface: text, base: text, pos: 'UNK', known: false }]);
      const found = lexicon.longestAt(atoms, 0);
      return found?.entry.kind !== kind || found.entry.category !== category || found.end !== atoms.length;
    });
    expect(lost).toEqual([]);
    expect(lexicon.entries.length).toBeGreaterThan(1500);
  });

  it('refuses words of a category that there is not', () => {
    const strange = { ...words, garments: { ...words.garments, toga: ['toga'] } };
    expect(() => lexiconEntries(categories, strange)).toThrow(/toga/);
  });
});
