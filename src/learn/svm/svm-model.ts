/** Linear machines, opened for evaluation. Their logits are decision values, their features the description. */
import { FashiondError } from '../../domain/errors.js';
import type { JudgedModel } from '../evaluation/judged-model.js';
import { describeAll } from './descriptor.js';
import type { PictureDescriptor } from './descriptor.js';
import { classProbabilities, decisionValues } from './one-against-rest.js';
import { readSvmFolder } from './svm-folder.js';
import type { SvmManifest } from './svm-folder.js';

/** Throws FashiondError `incompatible` when the machines were trained on another description. */
export async function openSvmModel(folder: string, descriptor: PictureDescriptor): Promise<JudgedModel> {
  const { manifest, weights } = await readSvmFolder(folder);
  const { name, length } = manifest.descriptor;
  if (name === descriptor.name && length === descriptor.length) {
    return svmModel(manifest, weights, descriptor);
  }
  throw new FashiondError(
    'incompatible',
    `model ${manifest.name} sees ${name} (${length} numbers); this version makes ${descriptor.name} (${descriptor.length})`,
    { hint: 'train it anew with `fashiond train svm`' },
  );
}

export function svmModel(
  manifest: SvmManifest,
  weights: Float32Array,
  descriptor: PictureDescriptor,
): JudgedModel {
  const { name, fingerprint, labels, input, threshold, calibration } = manifest;
  const machines = { classes: labels.length, weights };
  return {
    kind: 'svm',
    name,
    fingerprint,
    labels,
    input,
    threshold,
    outputs(pixels, count) {
      const rows = describeAll(descriptor, pixels, input.size, [...Array.from({ length: count }).keys()]);
      const logits = decisionValues(machines, rows);
      return Promise.resolve({
        probabilities: classProbabilities(logits, calibration),
        logits,
        features: rows.values,
      });
    },
    close: () => Promise.resolve(),
  };
}
