/** What is ground in a data set's pixels, by the estimate that search uses, which training knows nothing of. */
import { estimateForeground } from '../images/foreground.js';
import { labPixels } from '../images/lab-pixels.js';
import type { ForegroundEstimate } from '../learn/evaluation/cut-out.js';

export const foregroundOf: ForegroundEstimate = (pixels, width, height) => {
  const { weights, found } = estimateForeground(labPixels(pixels), width, height);
  return found ? weights : null;
};
