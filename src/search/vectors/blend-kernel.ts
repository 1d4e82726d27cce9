/**
 * The inner loop of a first look: the blend of a query and of rows of bytes, as vector units compute it.
 *
 * A row is 24 bytes of head, the scale of each part (four float32) and its name (uint32), and its parts as signed bytes,
 * each filled up to a multiple of eight. The query's parts are 16-bit. A part's term weight x exp(sharpness (cosine - 1))
 * is 2^(gain x product of whole numbers x scale + rest), where gain and rest hold weight, sharpness and the query's own
 * scale. 2^x is 2^floor(x), which is put into the exponent, times a polynomial of degree 4 (relative error 3e-6).
 *
 * The query: its parts, the other one of the part that is compared both ways, gains, rests (four float32 each).
 */
import { WasmFunction, f32, f32x4, i16x8, i32, i32x4, v128 } from '../../platform/wasm-assembler.js';
import type { Code } from '../../platform/wasm-assembler.js';
import type { Kernel } from '../../platform/wasm-module.js';
import { sink, viewsOf } from './plain-kernels.js';
import type { Views } from './plain-kernels.js';
import { pick, scan } from './scan-kernels.js';

const NAME_AT = 16;
const HEAD = 24;
const STEP = 8;
const LANES = 4;
/** Of 2^x for x from 0 to 1, lowest first. */
const EXP2 = [1.0000026, 0.69300383, 0.24144275, 0.052011464, 0.013534167].map(Math.fround);
/** The least exponent of a float32: as good as nothing. */
export const NOTHING = -126;

/** Where a row's and a query's parts lie, in bytes. */
export interface BlendShape {
  /** Of each part, one to four of them: its bytes in a row. */
  readonly parts: readonly { readonly start: number; readonly length: number; readonly padded: number }[];
  /** The part that is compared with two vectors of the query, whichever is nearer; null for none. */
  readonly twice: number | null;
  readonly stride: number;
  readonly nameAt: number;
  /** In the query: the parts begin at 0. */
  readonly otherAt: number;
  readonly gainsAt: number;
  readonly restsAt: number;
}

export function blendShape(lengths: readonly number[], twice: number | null): BlendShape {
  let end = HEAD;
  const parts = lengths.map((length) => {
    const padded = Math.ceil(length / STEP) * STEP;
    const start = end;
    end += padded;
    return { start, length, padded };
  });
  const otherAt = (end - HEAD) * 2;
  const other = twice === null ? 0 : (parts[twice]?.padded ?? 0) * 2;
  return {
    parts,
    twice,
    stride: end,
    nameAt: NAME_AT,
    otherAt,
    gainsAt: otherAt + other,
    restsAt: otherAt + other + 16,
  };
}

export function blendKernels(shape: BlendShape): readonly WasmFunction[] {
  const step = (f: WasmFunction) => {
    declare(f, shape);
    return { before: terms(f, shape), score: added(f), name: i32.load(f.get('row'), NAME_AT), next: [] };
  };
  return [scan('blends', shape.stride, [], step), pick('someBlends', shape.stride, step)];
}

const sumOf = (part: number): string => `part${part}`;

function declare(f: WasmFunction, { parts }: BlendShape): void {
  f.locals('v128', 'power', 'whole', 'other', ...parts.map((_, part) => sumOf(part)));
}

/** Leaves the four terms in `power`. */
function terms(f: WasmFunction, shape: BlendShape): Code[] {
  const { parts, twice, otherAt, gainsAt, restsAt } = shape;
  const products = (part: number, asked: number): Code => {
    const { start, padded } = parts[part] ?? { start: 0, padded: 0 };
    const steps = Array.from({ length: padded / STEP }, (_, at) =>
      i32x4.dot(
        i16x8.load8(f.get('row'), start + at * STEP),
        v128.load(f.get('query'), asked + at * STEP * 2),
      ),
    );
    return steps.reduce((sum, step) => i32x4.add(sum, step));
  };
  const sum = (part: number): Code => (part < parts.length ? f.get(sumOf(part)) : v128.zero);
  const lanes = (): Code => transposed(f, [sum(0), sum(1), sum(2), sum(3)]);
  const straight = parts.map(({ start }, part) => f.set(sumOf(part), products(part, (start - HEAD) * 2)));
  const turned =
    twice === null
      ? []
      : [
          f.set('other', lanes()),
          f.set(sumOf(twice), products(twice, otherAt)),
          f.set('power', i32x4.max(f.get('other'), lanes())),
        ];
  const both = twice === null ? [f.set('power', lanes())] : turned;
  const cosines = f32x4.mul(f32x4.fromInt(f.get('power')), v128.load(f.get('row')));
  const exponent = f32x4.add(
    f32x4.mul(cosines, v128.load(f.get('query'), gainsAt)),
    v128.load(f.get('query'), restsAt),
  );
  const [lowest = 0, ...higher] = EXP2.toReversed();
  const polynomial = higher.reduce(
    (value: Code, coefficient) => f32x4.add(f32x4.mul(value, f.get('power')), f32x4.of(coefficient)),
    f32x4.of(lowest),
  );
  return [
    ...straight,
    ...both,
    f.set('power', f32x4.max(exponent, f32x4.of(NOTHING))),
    f.set('whole', f32x4.floor(f.get('power'))),
    f.set('power', f32x4.sub(f.get('power'), f.get('whole'))),
    f.set('power', i32x4.add(polynomial, i32x4.shl(i32x4.truncate(f.get('whole')), i32.of(23)))),
  ];
}

/** The sums of four vectors' lanes, as the lanes of one. `c` and `d` are free. */
function transposed(f: WasmFunction, [one, two, three, four]: readonly [Code, Code, Code, Code]): Code {
  const half = (a: Code, b: Code): Code =>
    i32x4.add(v128.shuffle(a, b, 0, 4, 1, 5), v128.shuffle(a, b, 2, 6, 3, 7));
  const [c, d] = [f.get('c'), f.get('d')];
  return [
    ...f.set('c', half(one, two)),
    ...f.set('d', half(three, four)),
    ...i32x4.add(v128.shuffle(c, d, 0, 1, 4, 5), v128.shuffle(c, d, 2, 3, 6, 7)),
  ];
}

function added(f: WasmFunction): Code {
  const lanes = [0, 1, 2, 3].map((lane) => f32x4.extract(f.get('power'), lane));
  return lanes.reduce((one, other) => f32.add(one, other));
}

/** What the kernels compute, number for number. */
export function plainBlendKernels(
  shape: BlendShape,
  buffer: () => ArrayBufferLike,
): { readonly blends: Kernel; readonly someBlends: Kernel } {
  const run = (
    from: number,
    count: number,
    query: number,
    at: readonly number[],
    ids: number | null,
  ): void => {
    const [bar = 0, out = 0, tally = 0] = at;
    const to = sink(viewsOf(buffer()), bar, out, tally);
    for (let index = 0; index < count; index += 1) {
      const place = ids === null ? index : (to.views.words[ids / 4 + index] ?? 0);
      const row = from + place * shape.stride;
      to.add(plainBlend(to.views, row, query, shape), to.views.words[(row + NAME_AT) / 4] ?? 0);
    }
  };
  return {
    blends: (...[row = 0, count = 0, query = 0, ...at]) => {
      run(row, count, query, at, null);
    },
    someBlends: (...[from = 0, count = 0, query = 0, bar = 0, out = 0, tally = 0, ids = 0]) => {
      run(from, count, query, [bar, out, tally], ids);
    },
  };
}

const word = new Int32Array(1);
const float = new Float32Array(word.buffer);

function plainBlend(views: Views, row: number, query: number, shape: BlendShape): number {
  const { floats, bytes, shorts } = views;
  let total = 0;
  for (let lane = 0; lane < LANES; lane += 1) {
    const { start = HEAD, length = 0 } = shape.parts[lane] ?? {};
    const product = (asked: number): number => {
      let sum = 0;
      for (let at = 0; at < length; at += 1) {
        sum += (bytes[row + start + at] ?? 0) * (shorts[(query + asked) / 2 + at] ?? 0);
      }
      return sum;
    };
    const straight = product((start - HEAD) * 2);
    const dot = lane === shape.twice ? Math.max(straight, product(shape.otherAt)) : straight;
    const cosine = Math.fround(Math.fround(dot) * (floats[row / 4 + lane] ?? 0));
    const gain = Math.fround(cosine * (floats[(query + shape.gainsAt) / 4 + lane] ?? 0));
    total = Math.fround(total + power(Math.fround(gain + (floats[(query + shape.restsAt) / 4 + lane] ?? 0))));
  }
  return total;
}

function power(exponent: number): number {
  const bounded = Math.max(exponent, NOTHING);
  const whole = Math.floor(bounded);
  const rest = Math.fround(bounded - whole);
  const [lowest = 0, ...higher] = EXP2.toReversed();
  float[0] = higher.reduce((value, one) => Math.fround(Math.fround(value * rest) + one), lowest);
  word[0] = (word[0] ?? 0) + (whole << 23);
  return float[0] ?? 0;
}
