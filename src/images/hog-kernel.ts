/**
 * `addTile` of hog-votes.ts for vector units: four pixels at a time through the gradient, sixteen weights of a pixel
 * as four vectors. Every operation is the one of the plain code, in its order, so the sums are the same bit for bit.
 */
import { WasmFunction, f32, f32x4, i32, i32x4, v128 } from '../platform/wasm-assembler.js';
import type { Code } from '../platform/wasm-assembler.js';
import { BINS, LANES } from './hog-geometry.js';
import { ARCTANGENT, RIGHT_ANGLE } from './hog-orientation.js';

const FLOAT = 4;
/** Bytes from one bin's sums to the next; a power of two. */
const BIN_SHIFT = Math.log2(LANES * FLOAT);
/** Keeps a division by no gradient finite; below every gradient of a picture. */
const LEAST = 1e-30;

/**
 * grey: address of the tile's first pixel in a picture with a border of one pixel; stride: bytes of its row; cell:
 * pixels of the tile's side; weights: [cell, cell, LANES]; sums: [BINS, LANES], added to; scratch: 4 x 16 bytes.
 */
export function tileKernel(): WasmFunction {
  const f = new WasmFunction('addTile', ['grey', 'stride', 'cell', 'weights', 'sums', 'scratch']);
  f.locals('i32', 'x', 'y', 'at', 'row', 'to');
  f.locals(
    'v128',
    'dx',
    'dy',
    'ax',
    'ay',
    'magnitude',
    'steep',
    'slope',
    's',
    'sum',
    'place',
    'lower',
    'share',
  );
  const { get, set } = bound(f);
  const pixels = f.loop(
    'x',
    get('cell'),
    4,
    set('dx', f32x4.sub(v128.load(get('at'), FLOAT), v128.load(i32.add(get('at'), i32.of(-FLOAT))))),
    set(
      'dy',
      f32x4.sub(
        v128.load(i32.add(get('at'), get('stride'))),
        v128.load(i32.add(get('at'), i32.mul(get('stride'), i32.of(-1)))),
      ),
    ),
    ...votes(f),
    ...[0, 1, 2, 3].flatMap((pixel) => [
      addVote(f, pixel, 0, 2),
      addVote(f, pixel, 1, 3),
      f.advance('weights', i32.of(LANES * FLOAT)),
    ]),
    f.advance('at', i32.of(4 * FLOAT)),
  );
  return f.body(
    set('row', get('grey')),
    f.loop('y', get('cell'), 1, set('at', get('row')), pixels, f.advance('row', get('stride'))),
  );
}

/** Into scratch: offsets of the two bins' sums, then what goes into each. */
function votes(f: WasmFunction): Code[] {
  const { get, set } = bound(f);
  const [c1, c3, c5, c7, c9] = ARCTANGENT;
  const step = (coefficient: number, inner: Code): Code =>
    f32x4.add(f32x4.of(coefficient), f32x4.mul(get('s'), inner));
  return [
    set('magnitude', f32x4.sqrt(f32x4.add(f32x4.mul(get('dx'), get('dx')), f32x4.mul(get('dy'), get('dy'))))),
    set('ax', f32x4.abs(get('dx'))),
    set('ay', f32x4.abs(get('dy'))),
    set('steep', f32x4.greater(get('ay'), get('ax'))),
    set(
      'slope',
      f32x4.div(f32x4.min(get('ax'), get('ay')), f32x4.max(f32x4.max(get('ax'), get('ay')), f32x4.of(LEAST))),
    ),
    set('s', f32x4.mul(get('slope'), get('slope'))),
    set('sum', f32x4.mul(get('slope'), step(c1, step(c3, step(c5, step(c7, f32x4.of(c9))))))),
    set('sum', v128.select(f32x4.sub(f32x4.of(RIGHT_ANGLE), get('sum')), get('sum'), get('steep'))),
    // Of opposite signs, the orientation lies beyond the right angle.
    set(
      'steep',
      v128.and(
        v128.xor(f32x4.less(get('dx'), v128.zero), f32x4.less(get('dy'), v128.zero)),
        f32x4.unequal(get('dy'), v128.zero),
      ),
    ),
    set('sum', v128.select(f32x4.sub(f32x4.of(BINS), get('sum')), get('sum'), get('steep'))),
    set('place', f32x4.sub(get('sum'), f32x4.of(0.5))),
    set('lower', f32x4.floor(get('place'))),
    set('share', f32x4.mul(get('magnitude'), f32x4.sub(get('place'), get('lower')))),
    v128.store(get('scratch'), f32x4.sub(get('magnitude'), get('share')), 2 * 16),
    v128.store(get('scratch'), get('share'), 3 * 16),
    set('lower', i32x4.truncate(get('lower'))),
    v128.store(
      get('scratch'),
      offsets(v128.select(i32x4.of(BINS - 1), get('lower'), i32x4.less(get('lower'), v128.zero))),
    ),
    v128.store(
      get('scratch'),
      offsets(
        v128.select(
          v128.zero,
          i32x4.add(get('lower'), i32x4.of(1)),
          i32x4.equal(get('lower'), i32x4.of(BINS - 1)),
        ),
      ),
      16,
    ),
  ];
}

function offsets(bins: Code): Code {
  return i32x4.shl(bins, i32.of(BIN_SHIFT));
}

/** The sums at the offset in one place of scratch grow by the pixel's weights times the number in another. */
function addVote(f: WasmFunction, pixel: number, offsetAt: number, voteAt: number): Code {
  const { get, set } = bound(f);
  return [
    set('to', i32.add(get('sums'), i32.load(get('scratch'), offsetAt * 16 + pixel * FLOAT))),
    set('s', f32x4.splat(f32.load(get('scratch'), voteAt * 16 + pixel * FLOAT))),
    ...Array.from({ length: LANES / 4 }, (_, at) =>
      v128.store(
        get('to'),
        f32x4.add(v128.load(get('to'), at * 16), f32x4.mul(v128.load(get('weights'), at * 16), get('s'))),
        at * 16,
      ),
    ),
  ].flat();
}

function bound(f: WasmFunction): Pick<WasmFunction, 'get' | 'set'> {
  return { get: (name) => f.get(name), set: (name, value) => f.set(name, value) };
}
