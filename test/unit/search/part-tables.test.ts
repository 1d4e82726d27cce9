import { describe, expect, it } from 'vitest';
import type { SearchVectors } from '../../../src/domain/similar.js';
import { blend } from '../../../src/search/blend.js';
import { PartTables } from '../../../src/search/part-tables.js';
import { FEATURES, SHARPNESS, layout } from './entries.js';

let state = 11;
function next(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function direction(length: number): number[] {
  const values = Array.from({ length }, () => next() ** 3 - 0.1);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

function vectors(): SearchVectors {
  return {
    look: Float32Array.from([...direction(6), ...direction(7), ...direction(5)]),
    features: Float32Array.from(direction(FEATURES)),
  };
}

describe('the shortlist of bytes', () => {
  it.each([1, 5, 40])('holds the best %i for sure, and few others', (want) => {
    const tables = new PartTables(layout, FEATURES);
    const size = 1200;
    for (let row = 0; row < size; row += 1) tables.push(vectors());
    const rows = Uint32Array.from({ length: size }, (_, row) => row);
    for (const sharpness of [SHARPNESS, { colour: 4, shape: 48, pattern: 1, features: 16 }]) {
      const settings = { weights: { colour: 1, shape: 3, pattern: 0, features: 0.5 }, sharpness };
      const asked = tables.asked(vectors());
      const scoreOf = (row: number): number => blend(tables.partsOf(row, asked, null), settings);
      const best = [...rows].toSorted((one, other) => scoreOf(other) - scoreOf(one)).slice(0, want);
      const shortlist = new Set(tables.shortlist(rows, asked, settings, want));
      expect(best.filter((row) => !shortlist.has(row))).toEqual([]);
      expect(shortlist.size).toBeLessThan(size / 3);
    }
  });
});
