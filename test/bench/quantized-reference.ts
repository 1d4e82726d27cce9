/**
 * The reference network in int8, as `fashiond quantize` makes it, with the latent layer that its neighbours compute as
 * well. Weights are noise; time does not depend on them.
 */
import { referenceNetwork } from '../../src/learn/networks/category.js';
import { buildQuantizedGraph } from '../../src/learn/quantization/quantized-graph.js';
import { observedRanges } from '../../src/learn/quantization/ranges.js';
import { randomWeights, valuesOf } from '../support/random-weights.js';
import type { Layer, NetworkSpec } from '../../src/model/network.js';
import { REFERENCE_BITS, noise } from './reference-network.js';

export async function quantizedReference(): Promise<Uint8Array> {
  const spec = withLatent(referenceNetwork());
  const values = valuesOf(randomWeights(spec, 1));
  const random = noise(3);
  const pixels = Uint8Array.from({ length: 8 * spec.size ** 2 * 3 }, () => (random() + 1) * 127.5);
  const ranges = await observedRanges(spec, values, { pixels, size: spec.size }, [0, 1, 2, 3, 4, 5, 6, 7], 1);
  return buildQuantizedGraph(spec, values, 1, ranges);
}

/** Between the features and the classifier, as in `./reference-network.ts`. */
function withLatent(spec: NetworkSpec): NetworkSpec {
  const layers = spec.layers.flatMap((layer): Layer[] =>
    layer.kind === 'classifier' ? [{ kind: 'latent', name: 'latent', bits: REFERENCE_BITS }, layer] : [layer],
  );
  return { ...spec, layers };
}
