/**
 * Short vectors for a first look: each part's numbers along its main directions, slice by slice in the order of PARTS.
 *
 * The directions have unit length and stand at right angles, and nothing is taken off first, so the dot product of two
 * slices is nearly that of the whole parts, which is their cosine: with `likeness` and the weights of a query the
 * slices give nearly the blend's score. Of the shape's mirror image the slice is that of `withMirroredShape`.
 */
import type { LookLayout } from '../domain/picture.js';
import type { BlendSettings, CompactBasis, SearchVectors } from '../domain/similar.js';
import { PARTS, likeness } from './blend.js';
import type { Part } from './blend.js';

export type CompactSlices = Readonly<Record<Part, readonly [start: number, end: number]>>;

/** Where the parts lie in a short vector. */
export function compactSlices({ parts }: CompactBasis): CompactSlices {
  let end = 0;
  const slices = PARTS.map((part) => {
    const start = end;
    end += parts[part].rows;
    return [part, [start, end]] as const;
  });
  return Object.fromEntries(slices) as CompactSlices;
}

/**
 * Whether the basis is of these vectors. The look's version names the lookalike model, which makes the features; what
 * the categories come from has no part in them, so a basis outlasts a change of that model.
 */
export function suits(basis: CompactBasis, layout: LookLayout): boolean {
  return basis.lookVersion === layout.version;
}

export function compactVector(
  vectors: SearchVectors,
  layout: LookLayout,
  { parts }: CompactBasis,
): Float32Array {
  const compact = new Float32Array(PARTS.reduce((sum, part) => sum + parts[part].rows, 0));
  let to = 0;
  for (const part of PARTS) {
    const { rows, columns, values } = parts[part];
    const vector = partOf(vectors, layout, part);
    for (let row = 0, at = 0; row < rows; row += 1, to += 1) {
      let sum = 0;
      for (let column = 0; column < columns; column += 1, at += 1) {
        sum += (values[at] ?? 0) * (vector[column] ?? 0);
      }
      compact[to] = sum;
    }
  }
  return compact;
}

/** Nearly the blend of two pictures, from their short vectors. `mirrored`: the query's, of its mirrored shape. */
export function compactScore(
  query: Float32Array,
  mirrored: Float32Array | null,
  item: Float32Array,
  slices: CompactSlices,
  { weights, sharpness }: BlendSettings,
): number {
  let total = 0;
  let sum = 0;
  for (const part of PARTS) {
    const weight = weights[part];
    total += weight;
    if (weight === 0) continue;
    const straight = dot(query, item, slices[part]);
    const cosine =
      part === 'shape' && mirrored !== null
        ? Math.max(straight, dot(mirrored, item, slices.shape))
        : straight;
    sum += weight * likeness(cosine, sharpness[part]);
  }
  return sum / total;
}

export function partOf({ look, features }: SearchVectors, layout: LookLayout, part: Part): Float32Array {
  return part === 'features' ? features : look.subarray(...layout[part]);
}

function dot(one: Float32Array, other: Float32Array, [start, end]: readonly [number, number]): number {
  let sum = 0;
  for (let at = start; at < end; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}
