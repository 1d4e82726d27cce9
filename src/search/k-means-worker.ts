/** A thread that trains centroids, for Piscina. */
import { trainCentroids } from './vectors/k-means.js';

export function train(task: {
  readonly rows: Float32Array;
  readonly length: number;
  readonly lists: number;
}): Float32Array {
  return trainCentroids(task.rows, task.length, task.lists);
}
