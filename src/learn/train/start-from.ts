/** Starting a training from the weights of another, such as one on smaller pictures, which is cheaper. */
import { basename, dirname } from 'node:path';
import { FashiondError } from '../../domain/errors.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import type { NetworkSpec } from '../../model/network.js';
import { readCheckpoint } from './checkpoint.js';
import type { NetworkState } from './state.js';

/**
 * Takes over the best weights of a finished or interrupted training. The network is convolutional up to its
 * global average, so the pictures may be of another size; layers and number of classes must be the same.
 * Returns the name of those weights, for the new model's card: folder and start of their SHA-256.
 *
 * Throws FashiondError: `not-found` without a checkpoint at `path`, `incompatible` for another network.
 */
export async function startFrom(path: string, spec: NetworkSpec, state: NetworkState): Promise<string> {
  const checkpoint = await readCheckpoint(path);
  if (checkpoint === null) {
    throw new FashiondError('not-found', `there is no checkpoint ${path} to start from`, {
      hint: 'name the folder of an earlier training that still has its checkpoint.bin',
    });
  }
  const recipe = JSON.parse(checkpoint.recipe) as { readonly spec: NetworkSpec };
  const shapeOf = ({ classes, layers }: NetworkSpec): string => JSON.stringify({ classes, layers });
  if (shapeOf(recipe.spec) !== shapeOf(spec)) {
    throw new FashiondError('incompatible', `${path} holds another network, or one of other classes`, {
      hint: 'start from a training with the same layers and classes, or from nothing',
    });
  }
  const { bestWeights, bestStatistics } = checkpoint.vectors;
  state.weights.set(bestWeights);
  state.statistics.set(bestStatistics);
  const { buffer, byteOffset, byteLength } = bestWeights;
  const hash = sha256Hex(new Uint8Array(buffer, byteOffset, byteLength));
  return `${basename(dirname(path))} (weights ${hash.slice(0, 12)})`;
}
