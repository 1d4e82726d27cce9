/** What the kernels of scan-kernels.ts compute, number for number, for machines without vector units. */
import type { Kernel } from '../../platform/wasm-module.js';
import { CODE_BYTES } from './scan-kernels.js';

/** As many sums side by side as the kernels keep in vector registers. */
const SUMS = 16;

export interface PlainKernels {
  readonly floats: Kernel;
  readonly someFloats: Kernel;
  readonly codes: Kernel;
  readonly nearest: Kernel;
}

type Numbers = readonly number[];

export function plainKernels(length: number, buffer: () => ArrayBufferLike): PlainKernels {
  const views = (): Views => viewsOf(buffer());
  const floatStride = length * 4;
  return {
    floats: (...[row = 0, count = 0, query = 0, bar = 0, out = 0, tally = 0, name = 0]: Numbers) => {
      const to = sink(views(), bar, out, tally);
      for (let at = 0; at < count; at += 1) {
        to.add(floatDot(to.views, row + at * floatStride, query, length), name + at);
      }
    },
    someFloats: (...[from = 0, count = 0, query = 0, bar = 0, out = 0, tally = 0, ids = 0]: Numbers) => {
      const to = sink(views(), bar, out, tally);
      for (let at = 0; at < count; at += 1) {
        const id = to.views.words[ids / 4 + at] ?? 0;
        to.add(floatDot(to.views, from + id * floatStride, query, length), id);
      }
    },
    codes: (...[row = 0, count = 0, query = 0, bar = 0, out = 0, tally = 0, name = 0]: Numbers) => {
      const to = sink(views(), bar, out, tally);
      for (let at = 0; at < count; at += 1) {
        to.add(-differing(to.views, row + at * CODE_BYTES, query), name + at);
      }
    },
    nearest: (...parameters: Numbers) => {
      nearest(views(), length, parameters);
    },
  };
}

export interface Views {
  readonly floats: Float32Array;
  readonly words: Uint32Array;
  readonly bytes: Int8Array;
  readonly shorts: Int16Array;
}

export function viewsOf(buffer: ArrayBufferLike): Views {
  return {
    floats: new Float32Array(buffer),
    words: new Uint32Array(buffer),
    bytes: new Int8Array(buffer),
    shorts: new Int16Array(buffer),
  };
}

/** Keeps what is above the bar. */
export function sink(views: Views, bar: number, out: number, tally: number) {
  const limit = views.floats[bar / 4] ?? 0;
  views.words[tally / 4] = 0;
  return {
    views,
    add: (score: number, name: number): void => {
      if (!(score > limit)) return;
      const filled = views.words[tally / 4] ?? 0;
      views.floats[(out + filled) / 4] = score;
      views.words[(out + filled) / 4 + 1] = name;
      views.words[tally / 4] = filled + 8;
    },
  };
}

function floatDot({ floats }: Views, row: number, query: number, length: number): number {
  const sums = new Float32Array(SUMS);
  for (let at = 0; at < length; at += 1) {
    const product = Math.fround((floats[row / 4 + at] ?? 0) * (floats[query / 4 + at] ?? 0));
    sums[at % SUMS] = (sums[at % SUMS] ?? 0) + product;
  }
  return added(sums);
}

/** The four registers first, two by two, then the four lanes. */
function added(sums: Float32Array): number {
  const lane = (at: number): number => {
    const [a = 0, b = 0, c = 0, d = 0] = [sums[at], sums[at + 4], sums[at + 8], sums[at + 12]];
    return Math.fround(Math.fround(a + b) + Math.fround(c + d));
  };
  return Math.fround(Math.fround(Math.fround(lane(0) + lane(1)) + lane(2)) + lane(3));
}

function differing({ words }: Views, row: number, query: number): number {
  let count = 0;
  for (let at = 0; at < CODE_BYTES / 4; at += 1) {
    let bits = (words[row / 4 + at] ?? 0) ^ (words[query / 4 + at] ?? 0);
    for (; bits !== 0; bits &= bits - 1) count += 1;
  }
  return count;
}

function nearest({ floats, words }: Views, length: number, parameters: Numbers): void {
  const [row = 0, count = 0, centroids = 0, many = 0, halves = 0, out = 0] = parameters;
  const sums = new Float32Array(8);
  for (let at = 0; at < count; at += 1) {
    let best = -Infinity;
    for (let c = 0; c < many; c += 1) {
      sums.fill(0);
      for (let i = 0; i < length; i += 1) {
        const x = floats[row / 4 + at * length + i] ?? 0;
        sums[i % 8] = (sums[i % 8] ?? 0) + Math.fround(x * (floats[centroids / 4 + c * length + i] ?? 0));
      }
      const lane = (one: number): number => Math.fround((sums[one] ?? 0) + (sums[one + 4] ?? 0));
      const dot = Math.fround(Math.fround(Math.fround(lane(0) + lane(1)) + lane(2)) + lane(3));
      const score = Math.fround(dot - (floats[halves / 4 + c] ?? 0));
      if (score <= best) continue;
      best = score;
      words[out / 4 + at] = c;
    }
  }
}
