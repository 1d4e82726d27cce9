/** The real inference thread, in which deadly pictures do their deed. */
import * as thread from '../../dist/inference-worker.js';
import { meet } from './deadly-picture.mjs';

export const { load, preparePixels, forward } = thread;
export function prepare(task) {
  meet(task.path, 'daemon');
  return thread.prepare(task);
}
