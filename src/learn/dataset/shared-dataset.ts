/** A data set in memory that training threads share. */
import type { TrainingData } from '../train/steps.js';
import { datasetFingerprint, picturesOf } from './dataset.js';
import type { Dataset } from './dataset.js';

export function shareDataset({ index, pixels }: Dataset): TrainingData {
  const shared = new SharedArrayBuffer(pixels.length);
  new Uint8Array(shared).set(pixels);
  const labels = new SharedArrayBuffer(index.entries.length * 4);
  const positions = new Map(index.labels.map((label, position) => [label, position]));
  new Int32Array(labels).set(index.entries.map(({ label }) => positions.get(label) ?? 0));
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
