/** Resampling by the kernels of resample-kernel.ts: the picture and its taps are copied in, the result out. */
import { createMemory, instantiate, reserve } from '../platform/wasm-module.js';
import type { WasmMemory } from '../platform/wasm-module.js';
import type { Raster } from './raster.js';
import { DOUBLE, FLOAT, OVERRUN, lumaKernel, squeezeKernel, stackKernel } from './resample-kernel.js';
import type { Taps } from './taps.js';

/** channels: as the source has, or 1 for its luma. Shape of the result: [rows.outLength, columns.outLength, channels]. */
export type Resampler = (source: Raster, channels: 1 | 3, columns: Taps, rows: Taps) => Float32Array;

/** Enough for a picture of 192 x 192; grows for larger ones, up to what 32 bits address. */
const LIMITS = { initial: 16, maximum: 65_535, shared: false };

/** Null where the machine has no vector units. */
export function vectorResampler(): Resampler | null {
  const memory = createMemory(LIMITS);
  const kernels = instantiate<'squeeze1' | 'squeeze3' | 'stack' | 'luma'>(
    [squeezeKernel(1), squeezeKernel(3), stackKernel(), lumaKernel()],
    LIMITS,
    memory,
  );
  if (kernels === null) return null;
  return (source, channels, columns, rows) => {
    const { width } = source;
    const stride = columns.outLength * channels;
    // Rows that no output reads are left out.
    const firstRow = rows.starts[0] ?? 0;
    const height = (rows.starts[rows.outLength - 1] ?? 0) + rows.count - firstRow;
    const columnsAt = tapsBytes(rows);
    const sourceAt = columnsAt + tapsBytes(columns);
    const squeezedAt = sourceAt + aligned(height * width * source.channels * FLOAT);
    const outAt = squeezedAt + aligned(height * stride * FLOAT);
    const outLength = rows.outLength * stride;
    reserve(memory, outAt + aligned(outLength * FLOAT));
    writeTaps(memory, 0, rows, stride * FLOAT, firstRow);
    writeTaps(memory, columnsAt, columns, channels * FLOAT, 0);
    copyRows(memory, sourceAt, source, firstRow, height);
    if (channels < source.channels) kernels.luma(sourceAt, height * width, sourceAt);
    const squeeze = channels === 1 ? kernels.squeeze1 : kernels.squeeze3;
    squeeze(
      sourceAt,
      height,
      width * channels * FLOAT,
      columnsAt,
      columns.outLength,
      columns.count,
      squeezedAt,
    );
    kernels.stack(squeezedAt, stride * FLOAT, 0, rows.outLength, rows.count, outAt);
    return new Float32Array(memory.buffer, outAt, outLength).slice();
  };
}

/** To a whole number of vectors, with room behind. */
function aligned(bytes: number): number {
  return Math.ceil((bytes + OVERRUN) / OVERRUN) * OVERRUN;
}

function tapsBytes(taps: Taps): number {
  return aligned(taps.outLength * (taps.count + 1) * DOUBLE);
}

/** step: bytes from one source position to the next; origin: the source position at offset 0. */
function writeTaps(memory: WasmMemory, address: number, taps: Taps, step: number, origin: number): void {
  const { outLength, count, starts, weights } = taps;
  const records = new Float64Array(memory.buffer, address, outLength * (count + 1));
  const offsets = new Int32Array(memory.buffer, address, records.length * 2);
  for (let out = 0, at = 0, from = 0; out < outLength; out += 1) {
    offsets[at * 2] = ((starts[out] ?? 0) - origin) * step;
    at += 1;
    for (const end = at + count; at < end; at += 1, from += 1) records[at] = weights[from] ?? 0;
  }
}

function copyRows(memory: WasmMemory, address: number, source: Raster, first: number, height: number): void {
  const row = source.width * source.channels;
  const floats = new Float32Array(memory.buffer, address, height * row);
  floats.set(source.data.subarray(first * row, (first + height) * row));
}
