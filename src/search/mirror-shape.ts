/** The shape of a picture's mirror image, from that of the picture: a shoe that points left is the shoe that points right. */
import type { LookLayout } from '../domain/picture.js';

/** A copy of a look vector, its shape mirrored; null where the layout does not say how. */
export function withMirroredShape(look: Float32Array, { shape, shapeGrid }: LookLayout): Float32Array | null {
  if (shapeGrid === undefined) return null;
  const { rows, columns, bins } = shapeGrid;
  const mirrored = look.slice();
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const from = shape[0] + (row * columns + column) * bins;
      const to = shape[0] + (row * columns + columns - 1 - column) * bins;
      for (let bin = 0; bin < bins; bin += 1) mirrored[to + bins - 1 - bin] = look[from + bin] ?? 0;
    }
  }
  return mirrored;
}
