/**
 * A small assembler for WebAssembly 2.0 with SIMD and shared memory: enough for loops over vectors in memory.
 *
 * Code is a list of bytes that leaves at most one value on the stack, so code nests as expressions do. Opcodes are
 * those of the specification's index of instructions. See wasm-module.ts for what runs it.
 */

export type Code = readonly number[];
type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

export const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const SIMD = 0xfd;
const NOTHING = 0x40;

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit value. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return bytes;
  }
}

const plain =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), opcode];
const simd =
  (opcode: number) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), SIMD, ...unsigned(opcode)];
const lane =
  (opcode: number) =>
  (vector: Code, at: number): Code => [...vector, SIMD, ...unsigned(opcode), at];
/** Alignment 0 promises nothing. */
const load =
  (opcode: number) =>
  (address: Code, offset = 0): Code => [...address, opcode, 0, ...unsigned(offset)];
const store =
  (opcode: number) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, opcode, 0, ...unsigned(offset)];

export const i32 = {
  of: (value: number): Code => [0x41, ...signed(value)],
  load: load(0x28),
  store: store(0x36),
  store8: store(0x3a),
  add: plain(0x6a),
  sub: plain(0x6b),
  mul: plain(0x6c),
  shl: plain(0x74),
  below: plain(0x49),
  /** (a, b, condition): a where it is not 0. */
  select: plain(0x1b),
  /** The lower half of 64 bits. */
  wrap: plain(0xa7),
  /** Of double precision; the nearest there is where it has no room, 0 for what is no number. */
  truncate: (value: Code): Code => [...value, 0xfc, 2],
} as const;

export const i64 = {
  load: load(0x29),
  add: plain(0x7c),
  xor: plain(0x85),
  /** How many bits are set. */
  count: plain(0x7b),
} as const;

export const f32 = {
  load: load(0x2a),
  store: store(0x38),
  of: (value: number): Code => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  add: plain(0x92),
  sub: plain(0x93),
  mul: plain(0x94),
  negate: plain(0x8c),
  greater: plain(0x5e),
  select: plain(0x1b),
  fromInt: plain(0xb2),
} as const;

export const f64 = {
  load: load(0x2b),
  of: (value: number): Code => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
  add: plain(0xa0),
  mul: plain(0xa2),
  /** Of single precision; exact. */
  promote: plain(0xbb),
  /** To single precision. */
  demote: plain(0xb6),
} as const;

export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, SIMD, 0, 0, ...unsigned(offset)],
  /** Into the lower half; the upper one is 0. */
  load64: (address: Code, offset = 0): Code => [...address, SIMD, 0x5d, 0, ...unsigned(offset)],
  /** Into one half; the other stays. */
  load64Lane: (address: Code, vector: Code, at: number): Code => [
    ...address,
    ...vector,
    SIMD,
    0x57,
    0,
    0,
    at,
  ],
  /** Into both halves. */
  load64Splat: (address: Code, offset = 0): Code => [...address, SIMD, 0x0a, 0, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    SIMD,
    0x0b,
    0,
    ...unsigned(offset),
  ],
  zero: [SIMD, 0x0c, ...Array.from({ length: 16 }, () => 0)] as Code,
  and: simd(0x4e),
  or: simd(0x50),
  xor: simd(0x51),
  /** Lanes of 32 bits, by place: 0 to 3 of the first operand, 4 to 7 of the second. */
  shuffle: (one: Code, other: Code, ...lanes: readonly number[]): Code => [
    ...one,
    ...other,
    SIMD,
    0x0d,
    ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => lane * 4 + byte)),
  ],
  /** (a, b, mask): a where the mask is set. */
  select: simd(0x52),
} as const;

export const i32x4 = {
  of: (value: number): Code => [...i32.of(value), SIMD, 0x11],
  add: simd(0xae),
  equal: simd(0x37),
  less: simd(0x39),
  max: simd(0xb8),
  shl: simd(0xab),
  truncate: simd(0xf8),
  extract: lane(0x1b),
  /** Products of eight 16-bit numbers, neighbours added. */
  dot: simd(0xba),
} as const;

export const i16x8 = {
  extendLow: simd(0x87),
  extendHigh: simd(0x88),
  /** Of eight signed bytes in memory. */
  load8: (address: Code, offset = 0): Code => [...address, SIMD, 1, 0, ...unsigned(offset)],
} as const;

export const f32x4 = {
  of: (value: number): Code => {
    const bytes = new Uint8Array(Float32Array.of(value, value, value, value).buffer);
    return [SIMD, 0x0c, ...bytes];
  },
  splat: simd(0x13),
  add: simd(0xe4),
  sub: simd(0xe5),
  mul: simd(0xe6),
  div: simd(0xe7),
  min: simd(0xe8),
  max: simd(0xe9),
  abs: simd(0xe0),
  sqrt: simd(0xe3),
  floor: simd(0x68),
  fromInt: simd(0xfa),
  unequal: simd(0x42),
  less: simd(0x43),
  greater: simd(0x44),
  extract: lane(0x1f),
} as const;

export const i64x2 = {
  of: (value: number): Code => [
    SIMD,
    0x0c,
    ...new Uint8Array(BigInt64Array.of(BigInt(value), BigInt(value)).buffer),
  ],
  add: simd(0xce),
  mul: simd(0xd5),
  shl: simd(0xcb),
  /** Without sign. */
  shr: simd(0xcd),
  /** The lower half of a lane. */
  extractLow: (vector: Code, at: number): Code => [...vector, SIMD, 0x1d, at, ...i32.wrap()],
} as const;

export const f64x2 = {
  of: (value: number): Code => [SIMD, 0x0c, ...new Uint8Array(Float64Array.of(value, value).buffer)],
  add: simd(0xf0),
  sub: simd(0xf1),
  div: simd(0xf3),
  greater: simd(0x4a),
  mul: simd(0xf2),
  atLeast: simd(0x4c),
  /** Of the lower two lanes of single precision; exact. */
  promote: simd(0x5f),
  /** To single precision, into the lower two lanes; the others are 0. */
  demote: simd(0x5e),
} as const;

/** A function without a result; its parameters are all i32: addresses and counts. */
export class WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly #indices = new Map<string, number>();
  readonly #locals: ValueType[] = [];
  readonly #body: number[] = [];

  constructor(name: string, parameters: readonly string[]) {
    this.name = name;
    this.parameters = parameters.length;
    for (const parameter of parameters) this.#indices.set(parameter, this.#indices.size);
  }

  /** Declares locals of one type. */
  locals(type: ValueType, ...names: readonly string[]): this {
    for (const name of names) {
      this.#indices.set(name, this.#indices.size);
      this.#locals.push(type);
    }
    return this;
  }

  get(name: string): Code {
    return [0x20, ...unsigned(this.#indexOf(name))];
  }

  set(name: string, value: Code): Code {
    return [...value, 0x21, ...unsigned(this.#indexOf(name))];
  }

  /** An address or a count grows. */
  advance(name: string, by: Code): Code {
    return this.set(name, i32.add(this.get(name), by));
  }

  /** Runs the body for the counter at 0, `step`, ... below the limit, at least once. */
  loop(counter: string, limit: Code, step: number, ...body: readonly Code[]): Code {
    return [
      ...this.set(counter, i32.of(0)),
      0x03,
      NOTHING,
      ...body.flat(),
      ...this.advance(counter, i32.of(step)),
      ...i32.below(this.get(counter), limit),
      0x0d,
      0,
      0x0b,
    ];
  }

  body(...code: readonly Code[]): this {
    this.#body.push(...code.flat());
    return this;
  }

  /** As the code section holds it. */
  encoded(): number[] {
    const locals = this.#locals.flatMap((type) => [1, TYPES[type]]);
    const content = [...unsigned(this.#locals.length), ...locals, ...this.#body, 0x0b];
    return [...unsigned(content.length), ...content];
  }

  #indexOf(name: string): number {
    const index = this.#indices.get(name);
    if (index === undefined) throw new TypeError(`function ${this.name} has no local ${name}`);
    return index;
  }
}
