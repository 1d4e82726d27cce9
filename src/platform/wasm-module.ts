/** WebAssembly modules of assembled functions, which import their memory as `env.memory`, and that memory. */
import { TYPES, unsigned } from './wasm-assembler.js';
import type { WasmFunction } from './wasm-assembler.js';

const PAGE = 65_536;

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

/** Makes room for so many bytes; views of the memory from before may be void. Throws RangeError beyond its maximum. */
export function reserve(memory: WasmMemory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
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
