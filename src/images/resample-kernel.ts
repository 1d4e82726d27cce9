/**
 * The two passes of resample.ts for vector units, two numbers of double precision at a time. Every operation is the
 * one of the plain code, in its order, so the results are the same bit for bit.
 *
 * Taps lie in memory as one record an output position: the byte offset of the first source position (i32, in eight
 * bytes), then `count` weights in double precision.
 */
import { WasmFunction, f32, f64, f64x2, i32, v128 } from '../platform/wasm-assembler.js';
import type { Code } from '../platform/wasm-assembler.js';
import { LUMA } from './raster.js';

export const FLOAT = Float32Array.BYTES_PER_ELEMENT;
export const DOUBLE = Float64Array.BYTES_PER_ELEMENT;
/** Bytes by which the kernels may read and write behind the end of what they are given. */
export const OVERRUN = 32;

/**
 * Rows to narrower or wider ones. source: address of the first row; rows: how many; stride: bytes of one; taps:
 * address of the records; outs: how many; count: weights of one; to: address of the first new row.
 */
export function squeezeKernel(channels: 1 | 3): WasmFunction {
  const f = new WasmFunction(`squeeze${channels}`, [
    'source',
    'rows',
    'stride',
    'taps',
    'outs',
    'count',
    'to',
  ]);
  f.locals('i32', 'y', 'x', 'tap', 'at', 'from');
  const pixel = channels === 3 ? colourPixel(f) : greyPixel(f);
  return f.body(
    f.loop(
      'y',
      f.get('rows'),
      1,
      f.set('at', f.get('taps')),
      f.loop(
        'x',
        f.get('outs'),
        1,
        f.set('from', i32.add(f.get('source'), i32.load(f.get('at')))),
        f.advance('at', i32.of(DOUBLE)),
        ...pixel.clear,
        f.loop(
          'tap',
          f.get('count'),
          1,
          ...pixel.add,
          f.advance('at', i32.of(DOUBLE)),
          f.advance('from', i32.of(channels * FLOAT)),
        ),
        pixel.store,
        f.advance('to', i32.of(channels * FLOAT)),
      ),
      f.advance('source', f.get('stride')),
    ),
  );
}

/** RGB pixels to luma, as `greyOf`; source and to: addresses, which may be the same; count: pixels. */
export function lumaKernel(): WasmFunction {
  const f = new WasmFunction('luma', ['source', 'count', 'to']);
  f.locals('i32', 'pixel');
  const [red, green, blue] = LUMA.map((weight, channel) =>
    f64.mul(f64.of(weight), f64.promote(f32.load(f.get('source'), channel * FLOAT))),
  ) as [Code, Code, Code];
  return f.body(
    f.loop(
      'pixel',
      f.get('count'),
      1,
      f32.store(f.get('to'), f64.demote(f64.add(f64.add(red, green), blue))),
      f.advance('source', i32.of(3 * FLOAT)),
      f.advance('to', i32.of(FLOAT)),
    ),
  );
}

/** How the sums of one output pixel begin, grow by a tap and are stored. */
interface PixelCode {
  readonly clear: readonly Code[];
  readonly add: readonly Code[];
  readonly store: Code;
}

function greyPixel(f: WasmFunction): PixelCode {
  f.locals('f64', 'sum');
  const product = f64.mul(f64.load(f.get('at')), f64.promote(f32.load(f.get('from'))));
  return {
    clear: [f.set('sum', f64.of(0))],
    add: [f.set('sum', f64.add(f.get('sum'), product))],
    store: f32.store(f.get('to'), f64.demote(f.get('sum'))),
  };
}

/** Red and green in one vector, blue and what lies behind it in another. */
function colourPixel(f: WasmFunction): PixelCode {
  f.locals('v128', 'weight', 'first', 'second');
  const grown = (sum: string, offset: number): Code =>
    f.set(
      sum,
      f64x2.add(f.get(sum), f64x2.mul(f.get('weight'), f64x2.promote(v128.load64(f.get('from'), offset)))),
    );
  return {
    clear: [f.set('first', v128.zero), f.set('second', v128.zero)],
    add: [f.set('weight', v128.load64Splat(f.get('at'))), grown('first', 0), grown('second', 2 * FLOAT)],
    store: v128.store(f.get('to'), demoted(f.get('first'), f.get('second'))),
  };
}

/**
 * Rows to fewer or more rows. source: address of the first; stride: bytes of one, in and out; taps, outs and count as
 * for `squeezeKernel`; to: address of the first new row.
 */
export function stackKernel(): WasmFunction {
  const f = new WasmFunction('stack', ['source', 'stride', 'taps', 'outs', 'count', 'to']);
  f.locals('i32', 'y', 'x', 'tap', 'at', 'from', 'first');
  f.locals('v128', 'weight', 's0', 's1', 's2', 's3');
  const sums = ['s0', 's1', 's2', 's3'];
  const grown = (sum: string, index: number): Code => {
    const value = f64x2.promote(v128.load64(f.get('from'), index * 2 * FLOAT));
    const exact = f64x2.add(f.get(sum), f64x2.mul(f.get('weight'), value));
    return f.set(sum, f64x2.promote(f64x2.demote(exact)));
  };
  return f.body(
    f.loop(
      'y',
      f.get('outs'),
      1,
      f.set('first', i32.add(f.get('source'), i32.load(f.get('taps')))),
      // The last numbers of a row spill over into the next, which is written after it.
      f.loop(
        'x',
        f.get('stride'),
        OVERRUN,
        f.set('from', i32.add(f.get('first'), f.get('x'))),
        f.set('at', f.get('taps')),
        ...sums.map((sum) => f.set(sum, v128.zero)),
        f.loop(
          'tap',
          f.get('count'),
          1,
          f.advance('at', i32.of(DOUBLE)),
          f.set('weight', v128.load64Splat(f.get('at'))),
          ...sums.map(grown),
          f.advance('from', f.get('stride')),
        ),
        v128.store(i32.add(f.get('to'), f.get('x')), demoted(f.get('s0'), f.get('s1'))),
        v128.store(i32.add(f.get('to'), f.get('x')), demoted(f.get('s2'), f.get('s3')), 4 * FLOAT),
      ),
      f.advance('to', f.get('stride')),
      f.set('taps', i32.add(f.get('at'), i32.of(DOUBLE))),
    ),
  );
}

/** Two vectors of two in double precision -> one of four in single. */
function demoted(first: Code, second: Code): Code {
  return v128.shuffle(f64x2.demote(first), f64x2.demote(second), 0, 1, 4, 5);
}
