/** Many pixels to CIELAB at once. */
import { plainLab } from './lab.js';
import { vectorLab } from './lab-kernel.js';
import type { LabConverter } from './lab-kernel.js';

let converter: LabConverter | undefined;

/** RGB, 0 to 255, interleaved -> L*, a*, b* interleaved, same number of values. */
export function labPixels(rgb: Float32Array | Uint8Array): Float32Array {
  converter ??= vectorLab() ?? plainLab;
  return converter(rgb);
}
