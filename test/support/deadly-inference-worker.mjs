/** The real inference thread, in which deadly pictures do their deed. */
import * as thread from '../../dist/inference-worker.js';
import { meet } from './deadly-picture.mjs';

export const { load, preparePixels, forward, release } = thread;
export function prepare(task) {
  meet(task.source.path, 'daemon');
  return thread.prepare(task);
}
