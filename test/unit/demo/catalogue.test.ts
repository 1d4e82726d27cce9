import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { drawCatalogue, itemOn } from '../../../src/demo/catalogue.js';
import type { DemoItem } from '../../../src/demo/catalogue.js';
import { garmentSpec } from '../../../src/garments/render.js';
import { GARMENT_KINDS } from '../../../src/garments/spec.js';
import type { PrintKind } from '../../../src/garments/spec.js';

const both = [...drawCatalogue('en', 1, 160).items, ...drawCatalogue('ja', 1, 160).items];

describe('drawCatalogue', () => {
  it('sells all kinds in both shops, more than 320 pictures, every item number once', () => {
    for (const language of ['en', 'ja'] as const) {
      const { items } = drawCatalogue(language, 1, 160);
      expect(new Set(items.map((item) => item.category))).toEqual(new Set(GARMENT_KINDS));
      expect(new Set(items.map((item) => item.sku)).size).toBe(160);
    }
    expect(both.flatMap((item) => item.pictures).length).toBeGreaterThan(340);
  });

  it('asks only for looks that the garment renderer can draw', () => {
    for (const { pictures, category } of both) {
      const [picture] = pictures;
      if (picture?.from !== 'garment') throw new Error('expected a rendered picture');
      const { kind, seed, style, colourName, knit, print } = picture.look;
      const { garment } = garmentSpec(kind, seed, 'held-out', {
        style,
        colourName,
        print: print as PrintKind,
        ...(knit === null ? {} : { knit }),
      });
      expect(garment).toMatchObject({ category, style, colourName });
      expect(knit === null || garment.knit === knit).toBe(true);
    }
  });

  it('gives the same catalogue in another process, and another one for another seed', () => {
    const module = fileURLToPath(new URL('../../../dist/demo/catalogue.js', import.meta.url));
    const script = `import { drawCatalogue } from ${JSON.stringify(module)}; process.stdout.write(JSON.stringify(drawCatalogue('ja', 7, 60)));`;
    const other = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(other).toBe(JSON.stringify(drawCatalogue('ja', 7, 60)));
    expect(other).not.toBe(JSON.stringify(drawCatalogue('ja', 8, 60)));
  });

  it('misleads in Japanese without lying: the head of each title is the kind that is sold', () => {
    const titles = new Map<string, string[]>();
    for (const { category, title } of drawCatalogue('ja', 1, 400).items) {
      titles.set(category, [...(titles.get(category) ?? []), title.replace(/(（.*）| .*)$/, '')]);
    }
    for (const title of titles.get('sweater') ?? []) expect(title).toMatch(/ニット$/);
    for (const title of titles.get('beanie') ?? []) expect(title).toMatch(/ニット帽$/);
    for (const title of titles.get('skirt') ?? []) expect(title).toMatch(/スカート$/);
    const sweaters = (titles.get('sweater') ?? []).join('\n');
    expect(sweaters).toMatch(/ハニカムニット/);
    expect(sweaters).toMatch(/スカートにも合う/);
    expect((titles.get('beanie') ?? []).join('\n')).toMatch(/ワンピースに合う/);
    const sections = new Set(
      drawCatalogue('ja', 1, 400)
        .items.filter((item) => item.section === '小物・ニット')
        .map((item) => item.category),
    );
    expect([...sections]).toEqual(expect.arrayContaining(['sweater', 'beanie', 'hat']));
  });
});

describe('itemOn', () => {
  const changed = (change: DemoItem['change']): DemoItem[] => both.filter((item) => item.change === change);

  it('has every change in each shop, and leaves all other items as they were', () => {
    for (const change of ['price-drop', 'sold-out', 'vanished'] as const) {
      expect(changed(change).length).toBeGreaterThanOrEqual(4);
    }
    for (const item of changed(null)) expect(itemOn(item, 2)).toBe(item);
    for (const item of both) expect(itemOn(item, 1)).toBe(item);
  });

  it('drops prices, sells out and takes away', () => {
    for (const item of changed('price-drop')) {
      const after = itemOn(item, 2);
      expect(after?.price.minor).toBeLessThan(item.price.minor);
      expect(after?.listPrice?.minor).toBeGreaterThan(after?.price.minor ?? 0);
      expect(Number.isInteger(after?.price.minor)).toBe(true);
    }
    for (const item of changed('sold-out')) {
      expect(item.availability).not.toBe('sold-out');
      expect(itemOn(item, 2)?.availability).toBe('sold-out');
    }
    for (const item of changed('vanished')) expect(itemOn(item, 2)).toBeNull();
  });
});
