/**
 * `plainLab` of lab.ts for vector units, two pixels at a time. Every operation is the one of the plain code, in its
 * order, so the results are the same bit for bit.
 */
import { WasmFunction, f32, f64, f64x2, i32, i64x2, v128 } from '../platform/wasm-assembler.js';
import type { Code } from '../platform/wasm-assembler.js';
import { createMemory, instantiate, reserve } from '../platform/wasm-module.js';
import { EXPONENT_BIAS, POLYNOMIAL } from './cube-root.js';
import { CUBE_ROOT_FROM, LINEAR, LINE_SLOPE, LINE_START, WHITE_X, WHITE_Z } from './lab.js';

/** RGB, 0 to 255, interleaved -> L*, a*, b* interleaved, same number of values. */
export type LabConverter = (rgb: Float32Array | Uint8Array) => Float32Array;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const PIXEL = 3 * FLOAT;
/** Enough for a picture of 128 x 128; grows for larger ones. */
const LIMITS = { initial: 7, maximum: 65_535, shared: false };

/** Null where the machine has no vector units. */
export function vectorLab(): LabConverter | null {
  const memory = createMemory(LIMITS);
  const kernel = instantiate<'convert'>([labKernel()], LIMITS, memory)?.convert;
  if (kernel === undefined) return null;
  new Float64Array(memory.buffer, 0, LINEAR.length).set(LINEAR);
  return (rgb) => {
    // A pixel more, as two are read and written at a time, and what a vector writes behind it.
    const room = rgb.length + 8;
    const labAt = LINEAR.byteLength + room * FLOAT;
    reserve(memory, labAt + room * FLOAT);
    const source = new Float32Array(memory.buffer, LINEAR.byteLength, room);
    source.set(rgb);
    kernel(0, LINEAR.byteLength, Math.floor(rgb.length / 3), labAt);
    return new Float32Array(memory.buffer, labAt, rgb.length).slice();
  };
}

/** linear: address of linear light, [256]; rgb: address of the pixels; count: how many; lab: address of the results. */
function labKernel(): WasmFunction {
  const f = new WasmFunction('convert', ['linear', 'rgb', 'count', 'lab']);
  f.locals('i32', 'pixel', 'byte');
  f.locals('v128', 'r', 'g', 'b', 'x', 'y', 'z', 'root', 'ratio', 'lightness', 'chroma');
  const weighted = (red: number, green: number, blue: number): Code =>
    f64x2.add(
      f64x2.add(f64x2.mul(f.get('r'), f64x2.of(red)), f64x2.mul(f.get('g'), f64x2.of(green))),
      f64x2.mul(f.get('b'), f64x2.of(blue)),
    );
  const scaledDifference = (scale: number, one: string, other: string): Code =>
    f64x2.demote(f64x2.mul(f64x2.of(scale), f64x2.sub(f.get(one), f.get(other))));
  return f.body(
    f.loop(
      'pixel',
      f.get('count'),
      2,
      ...['r', 'g', 'b'].flatMap((name, channel) => light(f, name, channel)),
      f.set('x', f64x2.div(weighted(0.4124, 0.3576, 0.1805), f64x2.of(WHITE_X))),
      f.set('y', weighted(0.2126, 0.7152, 0.0722)),
      f.set('z', f64x2.div(weighted(0.0193, 0.1192, 0.9505), f64x2.of(WHITE_Z))),
      ...['x', 'y', 'z'].flatMap((name) => compress(f, name)),
      f.set('lightness', f64x2.demote(f64x2.sub(f64x2.mul(f.get('y'), f64x2.of(116)), f64x2.of(16)))),
      // L*, a*, L*, a* of the two, and then b* between them.
      f.set('chroma', v128.shuffle(f.get('lightness'), scaledDifference(500, 'x', 'y'), 0, 4, 1, 5)),
      f.set('root', scaledDifference(200, 'y', 'z')),
      v128.store(f.get('lab'), v128.shuffle(f.get('chroma'), f.get('root'), 0, 1, 4, 2)),
      v128.store(f.get('lab'), v128.shuffle(f.get('chroma'), f.get('root'), 3, 5, 6, 7), 4 * FLOAT),
      f.advance('rgb', i32.of(2 * PIXEL)),
      f.advance('lab', i32.of(2 * PIXEL)),
    ),
  );
}

/** A channel of two pixels, rounded to bytes and looked up. */
function light(f: WasmFunction, name: string, channel: number): Code[] {
  const lookedUp = (pixel: number): Code => {
    const value = f64.promote(f32.load(f.get('rgb'), pixel * PIXEL + channel * FLOAT));
    return f.set('byte', i32.truncate(f64.add(value, f64.of(0.5))));
  };
  // What is no byte counts as 0.
  const byte = i32.select(f.get('byte'), i32.of(0), i32.below(f.get('byte'), i32.of(LINEAR.length)));
  const address = i32.add(f.get('linear'), i32.shl(byte, i32.of(3)));
  return [
    lookedUp(0),
    f.set(name, v128.load64(address)),
    lookedUp(1),
    f.set(name, v128.load64Lane(address, f.get(name), 1)),
  ];
}

/** The function of CIE 15, in place: the cube root (cube-root.ts), or the line below it. */
function compress(f: WasmFunction, name: string): Code[] {
  const { mul, add, sub, div, of } = f64x2;
  const [x, root, ratio] = [f.get(name), f.get('root'), f.get('ratio')];
  const [p0, p1, p2, p3, p4] = POLYNOMIAL.map((value) => of(value)) as [Code, Code, Code, Code, Code];
  // A third of the upper half, by multiplication.
  const third = i64x2.shr(i64x2.mul(i64x2.shr(x, i32.of(32)), i64x2.of(0xaaaaaaab)), i32.of(33));
  const polynomial = add(
    add(p0, mul(ratio, add(p1, mul(ratio, p2)))),
    mul(mul(mul(ratio, ratio), ratio), add(p3, mul(ratio, p4))),
  );
  return [
    f.set('root', i64x2.shl(i64x2.add(third, i64x2.of(EXPONENT_BIAS)), i32.of(32))),
    f.set('ratio', mul(mul(root, root), div(root, x))),
    f.set('root', mul(root, polynomial)),
    f.set('root', v128.and(i64x2.add(root, i64x2.of(0x80000000)), i64x2.of(-0x40000000))),
    f.set('ratio', div(x, mul(root, root))),
    f.set('root', add(root, mul(root, div(sub(ratio, root), add(add(root, root), ratio))))),
    f.set(
      name,
      v128.select(root, add(mul(x, of(LINE_SLOPE)), of(LINE_START)), f64x2.greater(x, of(CUBE_ROOT_FROM))),
    ),
  ];
}
