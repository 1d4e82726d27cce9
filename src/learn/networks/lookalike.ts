/** The lookalike network: the category network's trunk, and an embedding in which one garment's pictures lie together. */
import type { NetworkSpec } from '../../model/network.js';
import { categoryNetwork } from './category.js';

const EMBEDDING_LENGTH = 128;

/**
 * `size`: side of the square input; a multiple of 16. `facts`: how many of a garment it tells in training. `temperature`:
 * of the loss; the smaller, the more the nearest others count. `widths`: channels of the stem and of the three stages.
 */
export function lookalikeNetwork(
  size: number,
  facts: number,
  temperature: number,
  widths?: readonly [number, number, number, number],
): NetworkSpec {
  const trunk = categoryNetwork({
    size,
    classes: EMBEDDING_LENGTH,
    dropout: 0,
    ...(widths === undefined ? {} : { widths }),
  });
  const layers = trunk.layers.filter(({ kind }) => kind !== 'latent' && kind !== 'classifier');
  return {
    name: 'lookalike',
    size,
    classes: EMBEDDING_LENGTH,
    layers: [...layers, { kind: 'classifier', name: 'embedding' }],
    contrastive: { temperature, facts },
    // A garment is shown from either side.
    mirrored: true,
  };
}
