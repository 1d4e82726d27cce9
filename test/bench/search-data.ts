/** Made vectors for the benchmark of search: styles, and items near them, as in shops; the same in every run. */
import { Random } from '../../src/platform/random.js';

export const LENGTH = 128;

export interface VectorSet {
  /** [count, LENGTH], each row of unit length. */
  readonly base: Float32Array;
  readonly queries: Float32Array;
}

/** One style for so many items. */
const ITEMS_OF_STYLE = 100;
/** How far items lie from their style, against how far styles lie apart. */
const SPREAD = 1;

/** The queries lie as the items do, and are none of them. */
export function vectorSet(count: number, queries: number): VectorSet {
  const random = new Random(7);
  // Variance falls with the component, as after a principal component analysis of pictures.
  const spectrum = Float32Array.from({ length: LENGTH }, (_, at) => (1 + at / 4) ** -0.5);
  const styles = Math.max(1, Math.round(count / ITEMS_OF_STYLE));
  const centres = new Float32Array(styles * LENGTH);
  for (let at = 0; at < centres.length; at += 1) centres[at] = normal(random) * (spectrum[at % LENGTH] ?? 0);
  const near = (into: Float32Array): void => {
    const style = random.int(0, styles - 1) * LENGTH;
    let squares = 0;
    for (let at = 0; at < LENGTH; at += 1) {
      const value = (centres[style + at] ?? 0) + SPREAD * normal(random) * (spectrum[at] ?? 0);
      into[at] = value;
      squares += value * value;
    }
    const norm = Math.sqrt(squares);
    for (let at = 0; at < LENGTH; at += 1) into[at] = (into[at] ?? 0) / norm;
  };
  const make = (many: number): Float32Array => {
    const rows = new Float32Array(many * LENGTH);
    for (let row = 0; row < many; row += 1) near(rows.subarray(row * LENGTH, (row + 1) * LENGTH));
    return rows;
  };
  return { base: make(count), queries: make(queries) };
}

/** Nearly: four uniform numbers added, of variance 1. */
export function normal(random: Random): number {
  const sum = random.next() + random.next() + random.next() + random.next();
  return (sum - 2) * Math.sqrt(3);
}
