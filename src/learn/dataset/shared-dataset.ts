/** A data set in memory that training threads share. */
import type { TrainingData } from '../train/steps.js';
import { classesOf, datasetFingerprint, picturesOf } from './dataset.js';
import type { Dataset } from './dataset.js';

export function shareDataset({ index, pixels }: Dataset): TrainingData {
  const shared = new SharedArrayBuffer(pixels.length);
  new Uint8Array(shared).set(pixels);
  const labels = new SharedArrayBuffer(index.entries.length * 4);
  new Int32Array(labels).set([...index.entries.keys()].map(classesOf(index)));
  return {
    pixels: shared,
    size: index.size,
    labels,
    train: picturesOf(index, 'train'),
    validation: picturesOf(index, 'validation'),
    sources: index.entries.map(({ source }) => source),
    fingerprint: datasetFingerprint(index),
  };
}
