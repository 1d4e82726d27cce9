/** Shapes of tensors, and the error for two that do not fit: it names the layer and both shapes. */
import { FashiondError } from '../../domain/errors.js';
import type { Dimension } from '../onnx/encode.js';

export type Shape = readonly Dimension[];
/** Batch, channels, height, width. */
export type Image = readonly [batch: Dimension, channels: number, height: number, width: number];
/** Batch, units. */
export type Rows = readonly [batch: Dimension, units: number];

function describeShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

export function mismatch(layer: string, expected: string, shapes: readonly Shape[]): FashiondError {
  const got = shapes.map(describeShape).join(' and ');
  return new FashiondError('incompatible', `layer ${layer}: expected ${expected}, got ${got}`, {
    hint: 'change the network so that the shapes fit',
  });
}

/** The shape as [N, C, H, W]; throws when it is none. Only the batch may be symbolic. */
export function imageShape(layer: string, shape: Shape): Image {
  const [batch, channels, height, width] = shape;
  if (
    shape.length !== 4 ||
    batch === undefined ||
    typeof channels !== 'number' ||
    typeof height !== 'number' ||
    typeof width !== 'number'
  ) {
    throw mismatch(layer, 'a picture tensor [N, C, H, W]', [shape]);
  }
  return [batch, channels, height, width];
}

/** The shape as [N, units]; throws when it is none. Only the batch may be symbolic. */
export function rowsShape(layer: string, shape: Shape): Rows {
  const [batch, units] = shape;
  if (shape.length !== 2 || batch === undefined || typeof units !== 'number') {
    throw mismatch(layer, 'rows [N, units]', [shape]);
  }
  return [batch, units];
}

/** The batch as a number; derivatives need one, serving graphs leave it open. */
export function fixedBatch(layer: string, batch: Dimension): number {
  if (typeof batch === 'number') return batch;
  throw new FashiondError('internal', `layer ${layer}: a derivative needs a fixed batch size`);
}

/** Number of elements; throws for a symbolic shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= fixedBatch('size', length);
  return size;
}
