/** The index beside a plain scan of the same items. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryId, ProductId } from '../../../src/domain/ids.js';
import type { SearchVectors } from '../../../src/domain/similar.js';
import { EVEN, FEATURES, HeldIndex, OPEN, entryOf, found, indexOf, layout } from './entries.js';
import type { Entry } from './entries.js';
import {
  anyBlend,
  anyFilter,
  anyItem,
  anyPictures,
  anyVectors,
  entriesOf,
  lastOfEach,
  plainly,
} from './plain-search.js';

describe('LookalikeIndex', () => {
  it('finds what a plain scan finds, in the same order, under any filter and weights', () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { maxLength: 60 }),
        anyPictures,
        anyVectors,
        anyFilter,
        anyBlend,
        (items, pictures, query, filter, settings) => {
          const entries = entriesOf(items, pictures);
          const expected = plainly(lastOfEach(entries), query, filter, settings);
          expect(found(indexOf(entries).similar(query, filter, settings))).toEqual(expected);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('answers after any adding, replacing and removing as if built anew', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: anyItem.map((item) => ({ item, gone: null })) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }).map((gone) => ({ item: null, gone })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), anyPictures, anyVectors, (steps, pictures, query) => {
        const index = new HeldIndex(layout);
        const model = new Map<number, Entry>();
        let agreed = true;
        for (const { item, gone } of steps) {
          if (item !== null) {
            const [entry] = entriesOf([item], pictures) as [Entry];
            index.upsert(item, entry.vectors);
            model.set(item.productId, entry);
          } else {
            const wasThere = index.remove(gone as ProductId);
            agreed = agreed && wasThere === model.delete(gone);
          }
        }
        expect(agreed).toBe(true);
        expect(index.size).toBe(model.size);
        for (const { item, vectors } of model.values()) {
          expect(index.vectorsOf(item.productId)).toEqual(vectors);
        }
        const filter = { ...OPEN, limit: 100 };
        expect(found(index.similar(query, filter, EVEN))).toEqual(
          plainly([...model.values()], query, filter, EVEN),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('an index of some thousand items', () => {
  it('finds exactly what a full comparison finds, also after changes, with and without a filter', () => {
    let state = 7;
    const next = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    const direction = (length: number): number[] => {
      const values = Array.from({ length }, () => next() ** 3);
      const norm = Math.hypot(...values);
      return values.map((value) => value / norm);
    };
    const randomVectors = (): SearchVectors => ({
      look: Float32Array.from([...direction(6), ...direction(7), ...direction(5)]),
      features: Float32Array.from(direction(FEATURES)),
    });
    const index = new HeldIndex(layout);
    const model = new Map<number, Entry>();
    const put = (id: number): void => {
      const category = (id % 3 === 0 ? 'beanie' : 'sweater') as CategoryId;
      const entry = { item: entryOf(id, 0, { category }).item, vectors: randomVectors() };
      index.upsert(entry.item, entry.vectors);
      model.set(id, entry);
    };
    for (let id = 1; id <= 2500; id += 1) put(id);
    const sharp = { ...EVEN, sharpness: { colour: 8, shape: 32, pattern: 1, features: 8 } };
    const checkAll = (): void => {
      for (const category of [null, 'sweater' as CategoryId]) {
        const query = randomVectors();
        const among = [...model.values()].filter(
          ({ item }) => category === null || item.category === category,
        );
        const best = among
          .map((entry) => ({
            id: Number(entry.item.productId),
            score: plainly([entry], query, OPEN, sharp)[0]!.score,
          }))
          .toSorted((one, other) => other.score - one.score || one.id - other.id);
        const results = found(index.similar(query, { ...OPEN, category, limit: 20 }, sharp));
        // Few look the same here; those that do are left out of the answer, and nothing else is.
        const places = results.map(({ id }) => best.findIndex((one) => one.id === id));
        expect(places).toEqual(places.toSorted((one, other) => one - other));
        for (const [at, { id }] of best.slice(0, places.at(-1)).entries()) {
          if (places.includes(at)) continue;
          const { look } = model.get(id)!.vectors;
          const twins = best.slice(0, at).filter((one) => {
            const other = model.get(one.id)!.vectors.look;
            return [layout.colour, layout.shape, layout.pattern].every(
              ([start, end]) =>
                look.subarray(start, end).reduce((sum, value, i) => sum + value * other[start + i]!, 0) >=
                0.99,
            );
          });
          expect(twins).not.toEqual([]);
        }
        expect(results).toHaveLength(20);
      }
    };
    checkAll();
    for (let id = 1; id <= 300; id += 1) {
      if (id % 2 === 0) put(id * 7);
      else {
        index.remove((id * 5) as ProductId);
        model.delete(id * 5);
      }
    }
    checkAll();
  });
});
