/**
 * The inner loops of search, unrolled for one length of vector: dot products of float32 rows with a query, and Hamming
 * distances of codes; of rows of bytes, see blend-kernel.ts. Each compares rows with a bar as it goes and keeps those above it, so that a scan of a
 * million rows writes a few thousand results.
 *
 * `query`, `bar` (float32), `out` (pairs of float32 score and uint32 name) and `tally` (uint32: bytes of `out` that were
 * filled) are addresses. Every row's pair is stored at the end of `out`, which moves on only where the row is kept.
 */
import { WasmFunction, f32, f32x4, i32, i32x4, i64, v128 } from '../../platform/wasm-assembler.js';
import type { Code } from '../../platform/wasm-assembler.js';

/** Bytes of one code. */
export const CODE_BYTES = 16;
/** Numbers of a vector register: lengths are multiples of four of these. */
const LANES = 4;
const SUMS = ['a', 'b', 'c', 'd'] as const;

/** The rows `from`, `from` + `stride`, ... of float32; their names count up from `name`. */
export function floatScan(length: number): WasmFunction {
  return scan('floats', length * 4, ['name'], (f) => ({
    score: floatDot(f, length),
    name: f.get('name'),
    next: [f.advance('name', i32.of(1))],
  }));
}

/** The rows of float32 that `ids` names, counted from `from`. */
export function floatPick(length: number): WasmFunction {
  return pick('someFloats', length * 4, (f) => ({
    score: floatDot(f, length),
    name: i32.load(f.get('ids')),
    next: [],
  }));
}

/** Codes of 128 bits, one after the other. The score is the Hamming distance, negated. */
export function codeScan(): WasmFunction {
  return scan('codes', CODE_BYTES, ['name'], (f) => {
    const differing = (offset: number): Code =>
      i64.count(i64.xor(i64.load(f.get('row'), offset), i64.load(f.get('query'), offset)));
    return {
      score: f32.negate(f32.fromInt(i32.wrap(i64.add(differing(0), differing(8))))),
      name: f.get('name'),
      next: [f.advance('name', i32.of(1))],
    };
  });
}

interface Step {
  /** Run before the score is computed. */
  readonly before?: readonly Code[];
  readonly score: Code;
  readonly name: Code;
  readonly next: readonly Code[];
}

/** `stride`: bytes of a row. */
export function scan(
  name: string,
  stride: number,
  more: readonly string[],
  step: (f: WasmFunction) => Step,
): WasmFunction {
  const f = declared(name, ['row', 'count', 'query', 'bar', 'out', 'tally', ...more]);
  const { before = [], score, name: named, next } = step(f);
  const last = f.advance('row', i32.of(stride));
  return whole(f, [...before, f.set('score', score), ...keep(f, named), last, ...next]);
}

/** The rows whose places from `from` on stand in `ids`. */
export function pick(name: string, stride: number, step: (f: WasmFunction) => Step): WasmFunction {
  const f = declared(name, ['from', 'count', 'query', 'bar', 'out', 'tally', 'ids']);
  f.locals('i32', 'row');
  const { before = [], score, name: named, next } = step(f);
  const place = i32.mul(i32.load(f.get('ids')), i32.of(stride));
  return whole(f, [
    f.set('row', i32.add(f.get('from'), place)),
    ...before,
    f.set('score', score),
    ...keep(f, named),
    f.advance('ids', i32.of(4)),
    ...next,
  ]);
}

function declared(name: string, parameters: readonly string[]): WasmFunction {
  return new WasmFunction(name, parameters)
    .locals('i32', 'at', 'to')
    .locals('f32', 'score', 'limit')
    .locals('v128', ...SUMS);
}

function whole(f: WasmFunction, step: readonly Code[]): WasmFunction {
  return f.body(
    f.set('limit', f32.load(f.get('bar'))),
    f.set('to', f.get('out')),
    f.loop('at', f.get('count'), 1, ...step),
    i32.store(f.get('tally'), i32.sub(f.get('to'), f.get('out'))),
  );
}

function keep(f: WasmFunction, name: Code): Code[] {
  const isAbove = f32.greater(f.get('score'), f.get('limit'));
  return [
    f32.store(f.get('to'), f.get('score')),
    i32.store(f.get('to'), name, 4),
    f.advance('to', i32.shl(isAbove, i32.of(3))),
  ];
}

/** Four sums that do not wait for each other. */
function floatDot(f: WasmFunction, length: number): Code {
  const sums = SUMS.map((sum, which): Code => {
    const terms: Code[] = [];
    for (let at = which * LANES; at < length; at += SUMS.length * LANES) {
      terms.push(f32x4.mul(v128.load(f.get('row'), at * 4), v128.load(f.get('query'), at * 4)));
    }
    return f.set(
      sum,
      terms.reduce((total, term) => f32x4.add(total, term)),
    );
  });
  const [a, b, c, d] = SUMS.map((sum) => f.get(sum)) as [Code, Code, Code, Code];
  const total = f.set('a', f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  const lanes = [0, 1, 2, 3].map((lane) => f32x4.extract(a, lane));
  return [...sums.flat(), ...total, ...lanes.reduce((one, other) => f32.add(one, other))];
}

/** Adds up all bytes from `from`, a multiple of 64, so that none is left unread: what the memory gives. */
export function readScan(): WasmFunction {
  const f = new WasmFunction('read', ['from', 'bytes', 'out']).locals('i32', 'at').locals('v128', ...SUMS);
  const step = SUMS.map((sum, which) =>
    f.set(sum, i32x4.add(f.get(sum), v128.load(f.get('from'), which * 16))),
  );
  const [a, b, c, d] = SUMS.map((sum) => f.get(sum)) as [Code, Code, Code, Code];
  return f.body(
    f.loop('at', f.get('bytes'), 64, ...step, f.advance('from', i32.of(64))),
    v128.store(f.get('out'), i32x4.add(i32x4.add(a, b), i32x4.add(c, d))),
  );
}

/** Rows that one step of `nearestScan` takes. */
export const NEAREST_STEP = 4;

/**
 * For each row of float32 the centroid c with the largest x.c - |c|^2 / 2, which is the nearest. `count`: a multiple of
 * `NEAREST_STEP`, as `length` is of four; halves: |c|^2 / 2 of each; out: uint32 of each row.
 */
export function nearestScan(length: number): WasmFunction {
  const f = new WasmFunction('nearest', ['row', 'count', 'centroids', 'many', 'halves', 'out']);
  const rows = [0, 1, 2, 3];
  f.locals('i32', 'at', 'c', 'centroid', 'half', ...rows.map((row) => `id${row}`));
  f.locals('f32', 'score', ...rows.map((row) => `best${row}`));
  f.locals('v128', 'part', ...rows.flatMap((row) => [`even${row}`, `odd${row}`]));
  const parts: Code[] = [];
  for (let at = 0; at < length; at += LANES) {
    parts.push(f.set('part', v128.load(f.get('centroid'), at * 4)));
    for (const row of rows) {
      const sum = `${(at / LANES) % 2 === 0 ? 'even' : 'odd'}${row}`;
      const term = f32x4.mul(f.get('part'), v128.load(f.get('row'), (row * length + at) * 4));
      parts.push(f.set(sum, at < 2 * LANES ? term : f32x4.add(f.get(sum), term)));
    }
  }
  const judge = rows.flatMap((row) => {
    const lanes = [0, 1, 2, 3].map((lane) => f32x4.extract(f.get(`even${row}`), lane));
    const isBetter = f32.greater(f.get('score'), f.get(`best${row}`));
    return [
      f.set(`even${row}`, f32x4.add(f.get(`even${row}`), f.get(`odd${row}`))),
      f.set(
        'score',
        f32.sub(
          lanes.reduce((one, other) => f32.add(one, other)),
          f32.load(f.get('half')),
        ),
      ),
      f.set(`id${row}`, i32.select(f.get('c'), f.get(`id${row}`), isBetter)),
      f.set(`best${row}`, f32.select(f.get('score'), f.get(`best${row}`), isBetter)),
    ];
  });
  return f.body(
    f.loop(
      'at',
      f.get('count'),
      NEAREST_STEP,
      f.set('centroid', f.get('centroids')),
      f.set('half', f.get('halves')),
      ...rows.flatMap((row) => [f.set(`best${row}`, f32.of(-Infinity)), f.set(`id${row}`, i32.of(0))]),
      f.loop(
        'c',
        f.get('many'),
        1,
        ...parts,
        ...judge,
        f.advance('centroid', i32.of(length * 4)),
        f.advance('half', i32.of(4)),
      ),
      ...rows.map((row) => i32.store(f.get('out'), f.get(`id${row}`), row * 4)),
      f.advance('row', i32.of(NEAREST_STEP * length * 4)),
      f.advance('out', i32.of(NEAREST_STEP * 4)),
    ),
  );
}
