/**
 * All pairs of 64-bit hashes within a Hamming radius, exactly, by multi-index hashing (Norouzi, Punjani and Fleet
 * 2012): two hashes that differ in at most R bits differ, in at least one of their four bands of 16 bits, in at
 * most R / 4. So each band has a table, and only what lies within that small radius of a band is compared in full.
 */

/** Radii up to which the number of probes per hash stays small (4 x 137). */
export const LARGEST_RADIUS = 11;

const BANDS = 4;
const BAND_BITS = 16;

export interface HashPair {
  /** Positions in the list, the smaller first. */
  readonly first: number;
  readonly second: number;
  /** Bits that differ. */
  readonly distance: number;
}

/** Hashes as 16 hex digits; radius 0 to LARGEST_RADIUS. Pairs by position. Throws RangeError for another radius. */
export function pairsWithin(hashes: readonly string[], radius: number): HashPair[] {
  if (!Number.isInteger(radius) || radius < 0 || radius > LARGEST_RADIUS) {
    throw new RangeError(`radius ${radius}; expected a whole number from 0 to ${LARGEST_RADIUS}`);
  }
  const halves = Uint32Array.from(
    hashes.flatMap((hash) => [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)]),
  );
  const masks = masksWithin(Math.floor(radius / BANDS));
  const tables = Array.from({ length: BANDS }, () => new Map<number, number[]>());
  const comparedWith = new Int32Array(hashes.length).fill(-1);
  const pairs: HashPair[] = [];
  for (let second = 0; second < hashes.length; second += 1) {
    for (const [band, table] of tables.entries()) {
      const value = bandOf(halves, second, band);
      for (const mask of masks) {
        for (const first of table.get(value ^ mask) ?? []) {
          // Once for each pair, though several bands may find it.
          if (comparedWith[first] === second) continue;
          comparedWith[first] = second;
          const distance = distanceOf(halves, first, second);
          if (distance <= radius) pairs.push({ first, second, distance });
        }
      }
    }
    for (const [band, table] of tables.entries()) {
      const value = bandOf(halves, second, band);
      const bucket = table.get(value);
      if (bucket === undefined) table.set(value, [second]);
      else bucket.push(second);
    }
  }
  return pairs.sort((a, b) => a.first - b.first || a.second - b.second);
}

/** Every 16-bit number with at most `bits` ones. */
function masksWithin(bits: number): number[] {
  return Array.from({ length: 2 ** BAND_BITS }, (_, mask) => mask).filter((mask) => onesIn(mask) <= bits);
}

function bandOf(halves: Uint32Array, at: number, band: number): number {
  const half = halves[at * 2 + (band >> 1)] ?? 0;
  return band % 2 === 0 ? half >>> BAND_BITS : half & 0xffff;
}

function distanceOf(halves: Uint32Array, first: number, second: number): number {
  return (
    onesIn((halves[first * 2] ?? 0) ^ (halves[second * 2] ?? 0)) +
    onesIn((halves[first * 2 + 1] ?? 0) ^ (halves[second * 2 + 1] ?? 0))
  );
}

/** Ones among 32 bits, added up in pairs, nibbles and bytes (Warren, Hacker's Delight, section 5-1). */
function onesIn(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
