/** A trained model that another training starts from. */
import type { CategoryId } from '../../domain/ids.js';
import { FashiondError } from '../../domain/errors.js';
import type { ModelManifest } from '../../domain/model.js';
import type { NetworkSpec } from '../../model/network.js';
import type { NamedTensor } from '../../model/safetensors.js';
import { decodeWeights, WEIGHTS_FILE } from '../../model/weights.js';
import type { NamedValues } from '../networks/served-values.js';

export interface BaseModel {
  readonly name: string;
  readonly fingerprint: string;
  /** In the order of the network's outputs. */
  readonly labels: readonly CategoryId[];
  readonly spec: NetworkSpec;
  /** Of its calibrated probabilities; the tensors are not divided by it. */
  readonly temperature: number;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** From the parts of a model folder that was checked. Throws FashiondError `incompatible` for one without weights. */
export function baseModelOf(
  folder: string,
  { name, fingerprint, labels }: Pick<ModelManifest, 'name' | 'fingerprint' | 'labels'>,
  weights: Uint8Array | null,
): BaseModel {
  if (weights === null) {
    throw new FashiondError('incompatible', `model folder ${folder} has no ${WEIGHTS_FILE} to start from`, {
      hint: 'start from a model that `fashiond train category` made without --backbone, or from nothing',
    });
  }
  const { spec, temperature, tensors } = decodeWeights(weights, `${folder}/${WEIGHTS_FILE}`);
  return { name, fingerprint, labels, spec, temperature, tensors };
}

/** As a card and a log name it. */
export function baseName({ name, fingerprint }: Pick<BaseModel, 'name' | 'fingerprint'>): string {
  return `${name} (fingerprint ${fingerprint.slice(0, 12)})`;
}

/** The values alone, as the serving graph takes them. */
export function valuesOfBase({ tensors }: BaseModel): NamedValues {
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}
