/**
 * A small assembler for WebAssembly 2.0 with SIMD and shared memory: enough for loops over vectors in memory.
 *
 * Code is a list of bytes that leaves at most one value on the stack, so code nests as expressions do. Opcodes are
 * those of the specification's index of instructions. A module imports its memory as `env.memory`.
 */

export type Code = readonly number[];
type ValueType = 'i32' | 'v128';

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b };
const SIMD = 0xfd;
const NOTHING = 0x40;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
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
  add: plain(0x6a),
  mul: plain(0x6c),
  below: plain(0x49),
} as const;

export const f32 = {
  load: load(0x2a),
  store: store(0x38),
  mul: plain(0x94),
  fromInt: plain(0xb2),
} as const;

export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, SIMD, 0, 0, ...unsigned(offset)],
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
  xor: simd(0x51),
  /** (a, b, mask): a where the mask is set. */
  select: simd(0x52),
} as const;

export const i32x4 = {
  of: (value: number): Code => [...i32.of(value), SIMD, 0x11],
  add: simd(0xae),
  equal: simd(0x37),
  less: simd(0x39),
  shl: simd(0xab),
  truncate: simd(0xf8),
  extract: lane(0x1b),
  /** Products of eight 16-bit numbers, neighbours added. */
  dot: simd(0xba),
} as const;

export const i16x8 = { extendLow: simd(0x87), extendHigh: simd(0x88) } as const;

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
  unequal: simd(0x42),
  less: simd(0x43),
  greater: simd(0x44),
  extract: lane(0x1f),
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

/** Sizes in pages of 64 KiB; a shared memory has a maximum. */
interface MemoryLimits {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/** The bytes of a module that exports the functions under their names. */
function assemble(functions: readonly WasmFunction[], memory: MemoryLimits): Uint8Array {
  const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];
  const section = (id: number, entries: readonly (readonly number[])[]): number[] => {
    const content = [...unsigned(entries.length), ...entries.flat()];
    return [id, ...unsigned(content.length), ...content];
  };
  const limits = [memory.shared ? 3 : 1, ...unsigned(memory.initial), ...unsigned(memory.maximum)];
  return Uint8Array.from([
    // The magic number and version 1.
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(
      1,
      functions.map(({ parameters }) => [
        0x60,
        ...unsigned(parameters),
        ...Array.from({ length: parameters }, () => TYPES.i32),
        0,
      ]),
    ),
    ...section(2, [[...text('env'), ...text('memory'), 2, ...limits]]),
    ...section(
      3,
      functions.map((_, at) => unsigned(at)),
    ),
    ...section(
      7,
      functions.map(({ name }, at) => [...text(name), 0, ...unsigned(at)]),
    ),
    ...section(
      10,
      functions.map((one) => one.encoded()),
    ),
  ]);
}

export type Kernel = (...parameters: readonly number[]) => void;

export interface WasmMemory {
  /** Another one after the memory has grown. */
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** By so many pages. Throws RangeError beyond the maximum. */
  grow(pages: number): number;
}

/** What is used of the global; Node's types leave it out. */
interface WebAssemblyApi {
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly Memory: new (limits: MemoryLimits) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: object };
}

const { WebAssembly: api } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

export function createMemory(limits: MemoryLimits): WasmMemory {
  return new api.Memory(limits);
}

/** Null where the machine has no SIMD: then the caller computes the same without. */
export function instantiate<Name extends string>(
  functions: readonly WasmFunction[],
  limits: MemoryLimits,
  memory: WasmMemory,
): Readonly<Record<Name, Kernel>> | null {
  const bytes = assemble(functions, limits);
  if (!api.validate(bytes)) return null;
  const { exports } = new api.Instance(new api.Module(bytes), { env: { memory } });
  return exports as Readonly<Record<Name, Kernel>>;
}
