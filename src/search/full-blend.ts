/** Two pictures compared in full: the cosine of each part, by all numbers of their vectors. */
import { FashiondError } from '../domain/errors.js';
import type { LookLayout } from '../domain/picture.js';
import type { SearchVectors, SimilarityParts } from '../domain/similar.js';
import { withMirroredShape } from './mirror-shape.js';
import { requireVector } from './vector-table.js';

/** A query's vectors, checked. */
export interface AskedVectors extends SearchVectors {
  /** The look with its shape mirrored; null where that cannot be told. */
  readonly mirrored: Float32Array | null;
}

export class FullBlend {
  readonly #layout: LookLayout;
  #featureLength: number | null;

  /** `featureLength`: null where the first vectors say it. */
  constructor(layout: LookLayout, featureLength: number | null) {
    this.#layout = layout;
    this.#featureLength = featureLength;
  }

  /** Throws `incompatible` for vectors of another length and `corrupt` for such that are no numbers. */
  require({ look, features }: SearchVectors, whose: string): void {
    const { colour, shape, pattern } = this.#layout;
    requireVector(look, Math.max(colour[1], shape[1], pattern[1]), `the look vector of ${whose}`);
    this.#featureLength ??= features.length;
    requireVector(features, this.#featureLength, `the feature vector of ${whose}`);
  }

  asked(query: SearchVectors): AskedVectors {
    this.require(query, 'the query');
    return { ...query, mirrored: withMirroredShape(query.look, this.#layout) };
  }

  /** Parts whose weight is 0 are left at 0; with null, all are computed. */
  parts(query: AskedVectors, other: SearchVectors, weights: SimilarityParts | null): SimilarityParts {
    const { colour, shape, pattern } = this.#layout;
    const look = (asked: Float32Array, [start, end]: readonly [number, number]): number =>
      cosine(dot(asked, other.look, start, end));
    const shapeOf = (): number => {
      const straight = look(query.look, shape);
      return query.mirrored === null ? straight : Math.max(straight, look(query.mirrored, shape));
    };
    const { length } = query.features;
    return {
      colour: weights?.colour === 0 ? 0 : look(query.look, colour),
      shape: weights?.shape === 0 ? 0 : shapeOf(),
      pattern: weights?.pattern === 0 ? 0 : look(query.look, pattern),
      features: weights?.features === 0 ? 0 : cosine(dot(query.features, other.features, 0, length)),
    };
  }

  /** Whether colour, shape and pattern are all at least so near. */
  looksLike(one: SearchVectors, other: SearchVectors, least: number): boolean {
    const { colour, shape, pattern } = this.#layout;
    return [colour, shape, pattern].every(([start, end]) => dot(one.look, other.look, start, end) >= least);
  }
}

/** Of components `start` to `end`, in double precision. */
function dot(one: Float32Array, other: Float32Array, start: number, end: number): number {
  if (end > other.length) throw new FashiondError('internal', 'vectors of two lengths were compared');
  let [a, b, c, d] = [0, 0, 0, 0];
  let index = start;
  // Four sums that do not wait for each other: an addition takes several cycles, and one can start in each.
  for (; index + 3 < end; index += 4) {
    a += (one[index] ?? 0) * (other[index] ?? 0);
    b += (one[index + 1] ?? 0) * (other[index + 1] ?? 0);
    c += (one[index + 2] ?? 0) * (other[index + 2] ?? 0);
    d += (one[index + 3] ?? 0) * (other[index + 3] ?? 0);
  }
  for (; index < end; index += 1) a += (one[index] ?? 0) * (other[index] ?? 0);
  return a + b + (c + d);
}

/** Parts have unit length, so a dot product is a cosine but for rounding. */
function cosine(product: number): number {
  return Math.max(-1, Math.min(1, product));
}
