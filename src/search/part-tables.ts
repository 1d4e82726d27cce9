/**
 * The vectors of an index, part by part: in full to compare exactly, and past some hundred rows also as bytes, which
 * say of most rows that they cannot be among the best.
 */
import type { LookLayout } from '../domain/picture.js';
import type { BlendSettings, SearchVectors, SimilarityParts } from '../domain/similar.js';
import { PARTS, likeness } from './blend.js';
import type { Part } from './blend.js';
import { withMirroredShape } from './mirror-shape.js';
import { QuantizedTable } from './quantized-table.js';
import { TopK } from './top-k.js';
import { VectorTable, requireVector } from './vector-table.js';

/** A query's vectors, checked. */
export interface AskedVectors extends SearchVectors {
  /** The look with its shape mirrored; null where that cannot be told. */
  readonly mirrored: Float32Array | null;
}

type Quantized = Readonly<Record<Part, QuantizedTable>>;

/** Steps of a table of likenesses over cosines from -1 to 1. */
const STEPS = 16_384;

export class PartTables {
  readonly #layout: LookLayout;
  readonly #look: VectorTable;
  readonly #features: VectorTable;
  #quantized: Quantized | null = null;

  constructor(layout: LookLayout, featureLength: number) {
    this.#layout = layout;
    this.#look = new VectorTable(Math.max(layout.colour[1], layout.shape[1], layout.pattern[1]));
    this.#features = new VectorTable(featureLength);
  }

  /** Throws `incompatible` for vectors of another length and `corrupt` for such that are no numbers. */
  require({ look, features }: SearchVectors, whose: string): void {
    requireVector(look, this.#look.length, `the look vector of ${whose}`);
    requireVector(features, this.#features.length, `the feature vector of ${whose}`);
  }

  asked(query: SearchVectors): AskedVectors {
    this.require(query, 'the query');
    return { ...query, mirrored: withMirroredShape(query.look, this.#layout) };
  }

  push(vectors: SearchVectors): void {
    this.#look.push(vectors.look);
    this.#features.push(vectors.features);
    if (this.#quantized === null) return;
    for (const part of PARTS) this.#quantized[part].push(this.#cut(vectors, part));
  }

  set(row: number, vectors: SearchVectors): void {
    this.#look.set(row, vectors.look);
    this.#features.set(row, vectors.features);
    if (this.#quantized === null) return;
    for (const part of PARTS) this.#quantized[part].set(row, this.#cut(vectors, part));
  }

  /** Makes the bytes of the rows now, and from here on with each row that comes, not all of them in the first search. */
  prepare(): void {
    this.#quantized ??= this.#quantize();
  }

  /** Copies. */
  at(row: number): SearchVectors {
    return { look: this.#look.row(row), features: this.#features.row(row) };
  }

  removeByMovingLast(row: number): void {
    this.#look.removeByMovingLast(row);
    this.#features.removeByMovingLast(row);
    if (this.#quantized === null) return;
    for (const part of PARTS) this.#quantized[part].removeByMovingLast(row);
  }

  /** Exact cosines. Parts whose weight is 0 are left at 0; with null, all are computed. */
  partsOf(row: number, query: AskedVectors, weights: SimilarityParts | null): SimilarityParts {
    const { colour, shape, pattern } = this.#layout;
    const cosineOf = (look: Float32Array, [start, end]: readonly [number, number]): number =>
      cosine(this.#look.dot(row, look, start, end));
    const shapeOf = (): number => {
      const straight = cosineOf(query.look, shape);
      return query.mirrored === null ? straight : Math.max(straight, cosineOf(query.mirrored, shape));
    };
    const { length } = this.#features;
    return {
      colour: weights?.colour === 0 ? 0 : cosineOf(query.look, colour),
      shape: weights?.shape === 0 ? 0 : shapeOf(),
      pattern: weights?.pattern === 0 ? 0 : cosineOf(query.look, pattern),
      features: weights?.features === 0 ? 0 : cosine(this.#features.dot(row, query.features, 0, length)),
    };
  }

  /** Whether colour, shape and pattern of a row and of a look vector are all at least so near. */
  looksLike(row: number, look: Float32Array, least: number): boolean {
    const { colour, shape, pattern } = this.#layout;
    return [colour, shape, pattern].every(([start, end]) => this.#look.dot(row, look, start, end) >= least);
  }

  /**
   * Rows among which the best `want` are for sure: all whose score may reach what `want` rows are known to score. How
   * far bytes are off is known, so nothing is left out that an exact scan would find.
   */
  shortlist(rows: Uint32Array, query: AskedVectors, settings: BlendSettings, want: number): Uint32Array {
    const quantized = (this.#quantized ??= this.#quantize());
    const least = new Float32Array(rows.length);
    const most = new Float32Array(rows.length);
    for (const part of PARTS) {
      const weight = settings.weights[part];
      if (weight === 0) continue;
      const { dots, slack } = this.#approximate(quantized, part, rows, query);
      const sharpness = settings.sharpness[part];
      // A step of the table is as much again that a cosine may be off.
      const off = Math.exp(sharpness * (slack + 2 / STEPS));
      const table = gains(weight, sharpness);
      for (let at = 0; at < rows.length; at += 1) {
        const step = Math.round(((dots[at] ?? 0) + 1) * (STEPS / 2));
        const gain = table[Math.min(STEPS, Math.max(0, step))] ?? 0;
        least[at] = (least[at] ?? 0) + gain / off;
        most[at] = (most[at] ?? 0) + gain * off;
      }
    }
    const best = new TopK<number>(want, (one, other) => one > other);
    for (const score of least) best.add(score);
    const bar = best.worst() ?? 0;
    return rows.filter((_, at) => (most[at] ?? 0) >= bar);
  }

  #approximate(
    quantized: Quantized,
    part: Part,
    rows: Uint32Array,
    query: AskedVectors,
  ): { readonly dots: Float32Array; readonly slack: number } {
    const straight = quantized[part].dots(rows, this.#cut(query, part));
    if (part !== 'shape' || query.mirrored === null) return straight;
    const turned = quantized.shape.dots(rows, query.mirrored.subarray(...this.#layout.shape));
    return {
      dots: straight.dots.map((dot, at) => Math.max(dot, turned.dots[at] ?? 0)),
      slack: Math.max(straight.slack, turned.slack),
    };
  }

  #cut({ look, features }: SearchVectors, part: Part): Float32Array {
    return part === 'features' ? features : look.subarray(...this.#layout[part]);
  }

  #quantize(): Quantized {
    const rows = this.#look.size;
    const lengthOf = (part: Part): number =>
      part === 'features' ? this.#features.length : this.#layout[part][1] - this.#layout[part][0];
    const tableOf = (part: Part): QuantizedTable => new QuantizedTable(lengthOf(part), rows);
    const tables: Quantized = {
      colour: tableOf('colour'),
      shape: tableOf('shape'),
      pattern: tableOf('pattern'),
      features: tableOf('features'),
    };
    for (let row = 0; row < rows; row += 1) {
      const vectors = this.at(row);
      for (const part of PARTS) tables[part].push(this.#cut(vectors, part));
    }
    return tables;
  }
}

/** Weight times likeness at each step; from one to the next it grows by the same factor. */
function gains(weight: number, sharpness: number): Float32Array {
  const table = new Float32Array(STEPS + 1);
  const factor = Math.exp((2 * sharpness) / STEPS);
  let gain = weight * likeness(-1, sharpness);
  for (let step = 0; step <= STEPS; step += 1, gain *= factor) table[step] = gain;
  return table;
}

/** Parts have unit length, so a dot product is a cosine but for rounding. */
function cosine(dot: number): number {
  return Math.max(-1, Math.min(1, dot));
}
