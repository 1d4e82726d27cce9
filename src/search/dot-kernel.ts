/**
 * Dot products of many rows of bytes with one query: the inner loop of search, for vector units, and the same without.
 *
 * A row is its scale (float32 in 16 bytes), then its numbers as signed bytes, a multiple of 16 of them. The query is
 * 16-bit, because that is what the multiplication takes.
 */
import { WasmFunction, f32, i16x8, i32, i32x4, v128 } from '../platform/wasm-assembler.js';
import type { Code } from '../platform/wasm-assembler.js';

/** Bytes of the scale in front of a row's numbers: as many as keep these aligned. */
export const ROW_HEAD = 16;
const STEP = 16;

/**
 * table, ids: addresses, ids as uint32; count: at least 1; stride: bytes of a row; query: int16, its length `length`, a
 * multiple of 16; out: float32, one for each id: the whole-number dot product times the row's scale.
 */
export function dotKernel(): WasmFunction {
  const f = new WasmFunction('dots', ['table', 'ids', 'count', 'stride', 'query', 'length', 'out']);
  f.locals('i32', 'at', 'row', 'from', 'asked', 'step').locals('v128', 'bytes', 'sum', 'other');
  const product = (half: Code, offset: number): Code => i32x4.dot(half, v128.load(f.get('asked'), offset));
  const step = [
    f.set('bytes', v128.load(f.get('from'), ROW_HEAD)),
    f.set('sum', i32x4.add(f.get('sum'), product(i16x8.extendLow(f.get('bytes')), 0))),
    f.set('other', i32x4.add(f.get('other'), product(i16x8.extendHigh(f.get('bytes')), 16))),
    f.advance('from', i32.of(STEP)),
    f.advance('asked', i32.of(2 * STEP)),
  ];
  const lanes = [0, 1, 2, 3].map((lane) => i32x4.extract(f.get('sum'), lane));
  const total = lanes.reduce((one, other) => i32.add(one, other));
  return f.body(
    f.loop(
      'at',
      f.get('count'),
      1,
      f.set('row', i32.add(f.get('table'), i32.mul(i32.load(f.get('ids')), f.get('stride')))),
      f.set('from', f.get('row')),
      f.set('asked', f.get('query')),
      f.set('sum', v128.zero),
      f.set('other', v128.zero),
      f.loop('step', f.get('length'), STEP, ...step),
      f.set('sum', i32x4.add(f.get('sum'), f.get('other'))),
      f32.store(f.get('out'), f32.mul(f32.fromInt(total), f32.load(f.get('row')))),
      f.advance('ids', i32.of(4)),
      f.advance('out', i32.of(4)),
    ),
  );
}

/** What the kernel computes, in the same memory; sums of whole numbers are the same in any order. */
export function plainDots(
  buffer: ArrayBufferLike,
  table: number,
  ids: number,
  count: number,
  stride: number,
  query: number,
  length: number,
  out: number,
): void {
  const bytes = new Int8Array(buffer);
  const floats = new Float32Array(buffer);
  const rows = new Uint32Array(buffer, ids, count);
  const asked = new Int16Array(buffer, query, length);
  for (let at = 0; at < count; at += 1) {
    const row = table + (rows[at] ?? 0) * stride;
    let sum = 0;
    for (let i = 0; i < length; i += 1) sum += (bytes[row + ROW_HEAD + i] ?? 0) * (asked[i] ?? 0);
    floats[out / 4 + at] = Math.fround(sum) * (floats[row / 4] ?? 0);
  }
}
