/** Starting a training from the weights of a trained model, which may be of other pictures and of other classes. */
import { FashiondError } from '../../domain/errors.js';
import { partName } from '../../model/network.js';
import type { NetworkSpec } from '../../model/network.js';
import type { NamedTensor } from '../../model/safetensors.js';
import type { NetworkState } from './state.js';

export interface StartingPoint {
  /** For people, and for the new model's card. */
  readonly name: string;
  /** Of the model, for checkpoints. */
  readonly fingerprint: string;
  /** Parameters and running statistics of a network with the same layers. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** For each of the first classes its position among those of the tensors; later ones start as they were drawn. */
  readonly columns: readonly number[];
}

/**
 * Takes all weights and running statistics over. The network is convolutional up to its global average, so pictures
 * may be of another size. Of the classifier, each known class keeps its own weights, wherever it stands now.
 *
 * Throws FashiondError `incompatible` for weights of other layers.
 */
export function startFrom(start: StartingPoint, spec: NetworkSpec, state: NetworkState): void {
  const last = spec.layers.at(-1)?.name ?? '';
  const classifier = new Set([partName(last, 'weight'), partName(last, 'bias')]);
  const parts = [
    ...state.weightLayout.parts.map((part) => ({ ...part, into: state.weights })),
    ...state.statisticLayout.parts.map((part) => ({ ...part, into: state.statistics })),
  ];
  for (const { name, start: at, end, into } of parts) {
    const own = into.subarray(at, end);
    const tensor = start.tensors.get(name);
    // What compares pictures is not in a model that tells classes, and starts as it was drawn.
    if (spec.contrastive !== undefined && tensor === undefined) continue;
    if (tensor === undefined) throw otherLayers(start.name, name, own.length, 0);
    if (classifier.has(name) && spec.contrastive === undefined)
      takeColumns(own, spec.classes, tensor, start, name);
    else if (tensor.data.length === own.length) own.set(tensor.data);
    else throw otherLayers(start.name, name, own.length, tensor.data.length);
  }
}

/** Both are rows of one value a class; a bias is one such row. */
function takeColumns(
  own: Float32Array,
  classes: number,
  { data, shape }: NamedTensor,
  { name, columns }: StartingPoint,
  part: string,
): void {
  const width = shape.at(-1) ?? 0;
  const rows = own.length / classes;
  if (data.length !== rows * width || columns.some((column) => column >= width)) {
    throw otherLayers(name, part, rows * width, data.length);
  }
  for (let row = 0; row < rows; row += 1) {
    for (const [at, column] of columns.entries()) own[row * classes + at] = data[row * width + column] ?? 0;
  }
}

function otherLayers(name: string, part: string, expected: number, found: number): FashiondError {
  return new FashiondError(
    'incompatible',
    `${name} holds another network: of ${part} ${expected} values were expected, and there are ${found}`,
    { hint: 'start from a model with the same layers, or from nothing' },
  );
}
