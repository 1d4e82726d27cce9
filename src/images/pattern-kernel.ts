/**
 * `plainRings` of pattern-ring.ts for vector units, two neighbouring pixels at a time. Every operation is the one of
 * the plain code, in its order, so the results are the same bit for bit.
 */
import { WasmFunction, f64x2, i32, i64x2, v128 } from '../platform/wasm-assembler.js';
import type { Code } from '../platform/wasm-assembler.js';
import { createMemory, instantiate, reserve } from '../platform/wasm-module.js';
import { POINTS, TOLERANCE, cornersOf } from './pattern-ring.js';
import type { Corner, RingReader } from './pattern-ring.js';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const DOUBLE = Float64Array.BYTES_PER_ELEMENT;
/** Enough for a picture of 96 x 96; grows for larger ones. */
const LIMITS = { initial: 4, maximum: 65_535, shared: false };

/** Of rings of these radii; null where the machine has no vector units. */
export function vectorRings(radii: readonly number[]): RingReader | null {
  const memory = createMemory(LIMITS);
  const kernels = instantiate<string>(radii.map(ringKernel), LIMITS, memory);
  if (kernels === null) return null;
  return ({ data, width, height }, radius) => {
    const columns = width - 2 * radius;
    const rows = height - 2 * radius;
    const stride = columns + (columns & 1);
    const bitsAt = Math.ceil((width * height * FLOAT) / DOUBLE + 1) * DOUBLE;
    const variancesAt = bitsAt + Math.ceil((stride * rows) / DOUBLE) * DOUBLE;
    reserve(memory, variancesAt + stride * rows * DOUBLE);
    new Float32Array(memory.buffer, 0, data.length).set(data);
    kernels[nameOf(radius)]?.(0, width * FLOAT, rows, columns * FLOAT, bitsAt, variancesAt);
    return {
      stride,
      bits: new Uint8Array(memory.buffer, bitsAt, stride * rows),
      variances: new Float64Array(memory.buffer, variancesAt, stride * rows),
    };
  };
}

function nameOf(radius: number): string {
  return `rings${radius}`;
}

/**
 * grey: address of the picture; stride: bytes of its row; rows: how many have rings; columns: bytes of the pixels of
 * a row that have; bits and variances: addresses of the results.
 */
function ringKernel(radius: number): WasmFunction {
  const f = new WasmFunction(nameOf(radius), ['grey', 'stride', 'rows', 'columns', 'bits', 'variances']);
  const corners = cornersOf(radius);
  const heights = [...new Set(corners.filter(({ weight }) => weight > 0).map(({ y }) => y))];
  f.locals('i32', 'y', 'x', ...heights.map(rowOf));
  f.locals('v128', 'centre', 'difference', 'sum', 'squares', 'mask');
  const points = Array.from({ length: POINTS }, (_, point) =>
    addPoint(f, radius, corners.slice(point * 4, point * 4 + 4), point),
  );
  const mean = f64x2.mul(f.get('sum'), f64x2.of(1 / POINTS));
  return f.body(
    ...heights.map((y) =>
      f.set(rowOf(y), i32.add(f.get('grey'), i32.mul(f.get('stride'), i32.of(y + radius)))),
    ),
    f.loop(
      'y',
      f.get('rows'),
      1,
      f.loop(
        'x',
        f.get('columns'),
        2 * FLOAT,
        f.set('centre', pixels(f, radius, { x: 0, y: 0 })),
        ...['sum', 'squares', 'mask'].map((name) => f.set(name, v128.zero)),
        ...points.flat(),
        f.set('sum', mean),
        v128.store(
          f.get('variances'),
          f64x2.sub(f64x2.mul(f.get('squares'), f64x2.of(1 / POINTS)), f64x2.mul(f.get('sum'), f.get('sum'))),
        ),
        i32.store8(f.get('bits'), i64x2.extractLow(f.get('mask'), 0)),
        i32.store8(f.get('bits'), i64x2.extractLow(f.get('mask'), 1), 1),
        f.advance('bits', i32.of(2)),
        f.advance('variances', i32.of(2 * DOUBLE)),
      ),
      ...heights.map((y) => f.advance(rowOf(y), f.get('stride'))),
    ),
  );
}

/** The local that holds the address of the row so far below the ring's centre. */
function rowOf(y: number): string {
  return `row${y}`;
}

function pixels(f: WasmFunction, radius: number, { x, y }: Pick<Corner, 'x' | 'y'>): Code {
  return f64x2.promote(v128.load64(i32.add(f.get(rowOf(y)), f.get('x')), (x + radius) * FLOAT));
}

function addPoint(f: WasmFunction, radius: number, corners: readonly Corner[], point: number): Code[] {
  const value = corners
    .filter(({ weight }) => weight > 0)
    .map((corner) => {
      const read = pixels(f, radius, corner);
      return corner.weight === 1 ? read : f64x2.mul(read, f64x2.of(corner.weight));
    })
    .reduce((sum, product) => f64x2.add(sum, product));
  const lighter = f64x2.atLeast(f.get('difference'), f64x2.of(-TOLERANCE));
  return [
    f.set('difference', f64x2.sub(value, f.get('centre'))),
    f.set('mask', v128.or(f.get('mask'), v128.and(lighter, i64x2.of(1 << point)))),
    f.set('sum', f64x2.add(f.get('sum'), f.get('difference'))),
    f.set('squares', f64x2.add(f.get('squares'), f64x2.mul(f.get('difference'), f.get('difference')))),
  ];
}
