/** What a step is fed: pictures of the data set, half of them mirrored, and codes, all from one seed. */
import type { Random } from '../../platform/random.js';
import { Tensor } from '../runtime.js';
import { shuffle } from '../train/distributions.js';
import { CODE_LENGTH, SIDE } from './networks.js';

const ROW = SIDE * 3;
const PICTURE = SIDE * ROW;

/** The pictures of an epoch in its order. */
export function epochOrder(pictures: readonly number[], random: Random): readonly number[] {
  return shuffle(random, [...pictures]);
}

/** Numbers of `count` codes, uniform from -1 to 1. */
export function drawCodes(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count * CODE_LENGTH }, () => random.range(-1, 1));
}

export function codesTensor(codes: Float32Array): Tensor {
  return new Tensor('float32', codes, [codes.length / CODE_LENGTH, CODE_LENGTH]);
}

/** `pixels` of the data set, uint8, 64 x 64 x 3 a picture -> [N, 64, 64, 3]. */
export function picturesTensor(
  pixels: Uint8Array,
  pictures: readonly number[],
  random: Random | null,
): Tensor {
  const batch = new Uint8Array(pictures.length * PICTURE);
  for (const [at, picture] of pictures.entries()) {
    const source = pixels.subarray(picture * PICTURE, (picture + 1) * PICTURE);
    const target = batch.subarray(at * PICTURE, (at + 1) * PICTURE);
    if (random?.chance(0.5) === true) mirror(source, target);
    else target.set(source);
  }
  return new Tensor('uint8', batch, [pictures.length, SIDE, SIDE, 3]);
}

function mirror(source: Uint8Array, target: Uint8Array): void {
  for (let at = 0; at < PICTURE; at += 3) {
    const column = (at % ROW) / 3;
    const from = at + (SIDE - 1 - 2 * column) * 3;
    for (let channel = 0; channel < 3; channel += 1) target[at + channel] = source[from + channel] ?? 0;
  }
}
