import { describe, expect, it } from 'vitest';
import type { LookLayout } from '../../../../src/domain/picture.js';
import type { BlendSettings } from '../../../../src/domain/similar.js';
import { fitBlend } from '../../../../src/search/evaluation/fit-blend.js';
import { Measure } from '../../../../src/search/evaluation/measure.js';
import { DCGAN_METHOD, methodsOf } from '../../../../src/search/evaluation/methods.js';
import { PartRows } from '../../../../src/search/evaluation/part-rows.js';
import type { PartRow } from '../../../../src/search/evaluation/part-rows.js';
import { parseTruth, queriesOf } from '../../../../src/search/evaluation/truth.js';
import type { TruthPicture } from '../../../../src/search/evaluation/truth.js';

const ONES = { colour: 1, shape: 1, pattern: 1, features: 1 };
const EVEN: BlendSettings = { weights: ONES, sharpness: ONES };

function pictures(...groups: readonly string[]): TruthPicture[] {
  return groups.map((group, at) => ({ path: `${at}.jpg`, group, category: null, role: null }));
}

/** A method whose scores are given. */
function rowOf(scores: readonly number[]): PartRow {
  const values = Float32Array.from(scores);
  return { colour: values, shape: values, pattern: values, features: values, hamming: values };
}

describe('a truth', () => {
  it('is read line by line, blank lines and a byte order mark skipped', () => {
    const text =
      '\uFEFF{"path":"a.jpg","group":"1"}\r\n\n{"path":"b.jpg","group":1,"category":"hat","role":"gallery"}\n';
    expect(parseTruth(text, 't')).toEqual([
      { path: 'a.jpg', group: '1', category: null, role: null },
      { path: 'b.jpg', group: '1', category: 'hat', role: 'gallery' },
    ]);
  });

  it.each([
    ['{"path":"a","group":"1"}\nnot json', /t:2 is not JSON/],
    ['{"path":"a","group":"1"}\n[]', /t:2 lacks "path" or "group"/],
    ['{"path":"a","group":"1"}\n7', /t:2 is not an object/],
    ['{"path":"a"}', /t:1 lacks/],
    ['{"path":"a","group":"1"}\n{"path":"a","group":"1"}', /t:2 names a, as line 1 does/],
    ['{"path":"a","group":"1","role":"both"}', /"role" other than query and gallery/],
    ['{"path":"a","group":"1"}\n{"path":"b","group":"2"}', /no two pictures of one group/],
    ['', /no two pictures of one group/],
  ])('is refused by line: %j', (text, message) => {
    expect(() => parseTruth(text, 't')).toThrow(message);
    expect(() => parseTruth(text, 't')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('asks with every picture that has another to be found', () => {
    const [a, b, c, d] = pictures('x', 'x', 'y', 'x') as [
      TruthPicture,
      TruthPicture,
      TruthPicture,
      TruthPicture,
    ];
    expect(queriesOf([a, b, c, d])).toEqual([0, 1, 3]);
    expect(queriesOf([{ ...a, role: 'query' }, b, c, { ...d, role: 'gallery' }])).toEqual([0, 1]);
  });
});

describe('the figures of a method', () => {
  it('are recall, average precision and same-category rate as defined', () => {
    const gallery = pictures('x', 'y', 'x', 'y', 'x', 'z').map((picture, at) => ({
      ...picture,
      category: at < 4 ? 'hat' : 'bag',
    }));
    const [colour] = methodsOf(EVEN);
    const measure = new Measure(colour!);
    // Without itself: y, x, y, x, z. The two x are at ranks 2 and 4.
    measure.add(0, gallery[0]!, 0, gallery, rowOf([9, 5, 4, 3, 2, 1]));
    expect(measure.figures(6)).toMatchObject({
      queries: 1,
      recall: [0, 1, 1],
      meanAveragePrecision: (1 / 2 + 2 / 4) / 2,
      sameCategory: 3 / 5,
    });
    measure.add(1, gallery[1]!, 1, gallery, rowOf([1, 9, 2, 8, 3, 4]));
    expect(measure.figures(6).recall).toEqual([0.5, 1, 1]);
    expect(measure.answers[1]).toEqual({ query: 1, ranked: [3, 5, 4, 2, 0] });
  });

  it('rank by the nearest codes first and those by the features', () => {
    const hash = methodsOf(EVEN).find(({ name }) => name === 'cnn-hash')!;
    const hamming = Float32Array.from({ length: 300 }, (_, at) => (at < 200 ? 1 : 2));
    const features = Float32Array.from({ length: 300 }, (_, at) => (at === 150 ? 0.9 : at === 250 ? 1 : 0.1));
    const scores = hash.score({ ...rowOf([...hamming]), hamming, features });
    expect(scores.indexOf(Math.max(...scores))).toBe(150);
    expect(scores[250]).toBeLessThan(Math.min(...scores.subarray(0, 200)));
  });
});

describe('parts of a picture', () => {
  const layout: LookLayout = {
    version: 'grid',
    colour: [0, 2],
    shape: [2, 6],
    pattern: [6, 8],
    shapeGrid: { rows: 1, columns: 2, bins: 2 },
  };
  const picture = (look: readonly number[], code: number) => ({
    look: Float32Array.from(look),
    features: Float32Array.from([0.6, 0.8]),
    latent: Uint8Array.from([code]),
  });

  it('are cosines, of the shape that of picture or mirror image, and bits that differ', () => {
    const rows = new PartRows(layout, [
      picture([1, 0, 1, 0, 0, 0, 0, 1], 0b1010),
      picture([0, 1, 0, 0, 0, 1, 0, 1], 0b0101),
    ]);
    const row = rows.of(picture([1, 0, 1, 0, 0, 0, 0, 1], 0b1000));
    expect([...row.colour]).toEqual([1, 0]);
    expect([...row.shape]).toEqual([1, 1]);
    expect([...row.pattern]).toEqual([1, 1]);
    expect([...row.hamming]).toEqual([1, 3]);
    expect(row.features[1]).toBeCloseTo(1, 6);
  });

  it("hold the cosine of an encoder's numbers, whatever their length, where there is an encoder", () => {
    const plain = picture([1, 0, 1, 0, 0, 0, 0, 1], 1);
    const encoded = (...dcgan: number[]) => ({ ...plain, dcgan: Float32Array.from(dcgan) });
    const rows = new PartRows(layout, [encoded(3, 4), encoded(-6, -8), encoded(0, 0)]);
    const scores = DCGAN_METHOD.score(rows.of(encoded(8, 6)));
    expect([...scores].map((score) => Number(score.toFixed(6)))).toEqual([0.96, -0.96, 0]);
    expect(new PartRows(layout, [plain]).of(plain)).not.toHaveProperty('dcgan');
  });

  it('are of one model only', () => {
    const other = { ...picture([1, 0, 1, 0, 0, 0, 0, 1], 1), features: new Float32Array(3) };
    expect(() => new PartRows(layout, [picture([1, 0, 1, 0, 0, 0, 0, 1], 1), other])).toThrow(
      expect.objectContaining({ code: 'incompatible' }),
    );
  });
});

describe('fitBlend', () => {
  it('finds the part that tells groups apart, and leaves out what misleads', () => {
    const groups = Array.from({ length: 24 }, (_, at) => String(at >> 1));
    const gallery = pictures(...groups);
    const rows = gallery.map(({ group }, self) => {
      const right = Float32Array.from(groups, (other) => (other === group ? 0.6 : 0.5));
      // The colour of the next picture is always nearer than that of the same garment.
      const wrong = Float32Array.from(groups, (_, at) => (at === (self + 5) % groups.length ? 1 : 0));
      const flat = new Float32Array(groups.length);
      return {
        row: { colour: wrong, shape: right, pattern: flat, features: flat, hamming: flat },
        group,
        self,
      };
    });
    const recallOf = (settings: BlendSettings): number => {
      const measure = new Measure(methodsOf(settings).find(({ name }) => name === 'blend')!);
      for (const { row, self } of rows) measure.add(self, gallery[self]!, self, gallery, row);
      return measure.figures(gallery.length).recall[0]!;
    };
    expect(recallOf(EVEN)).toBe(0);
    const fitted = fitBlend([{ rows, gallery }], EVEN);
    expect(recallOf(fitted)).toBe(1);
    expect(fitted.weights.shape).toBeGreaterThan(0);
  });
});
