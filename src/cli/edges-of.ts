/** Edge directions of a data set's pixels, by which near duplicates are known. */
import { edgeDirections } from '../images/edge-directions.js';
import type { EdgeDirections } from '../learn/dataset/near-duplicates.js';

export const edgesOf: EdgeDirections = (pixels, size, box) =>
  edgeDirections({ data: pixels, width: size, height: size, channels: 3 }, box);
