/** Which range of activations to quantize: the one of the smallest squared error, which may cut rare large values off. */
import { FashiondError } from '../../domain/errors.js';
import { buildObservedGraph } from '../networks/serving-graph.js';
import type { NamedValues } from '../networks/served-values.js';
import { floats, openSession, Tensor } from '../runtime.js';
import type { Session } from '../runtime.js';
import type { PixelSource } from '../train/serve.js';
import type { NetworkSpec } from '../../model/network.js';
import { quantizationOf, rounded } from './affine.js';
import type { Range } from './affine.js';

const BINS = 2048;
/** Pictures of one forward pass: what every layer gives is kept at once. */
const BATCH = 8;
/** Shares of the whole range that are tried. */
const SHARES = Array.from({ length: 36 }, (_, at) => 0.3 + at * 0.02);

/** The range of each convolution and sum of the network over the pictures (positions in the source), by layer. */
export async function observedRanges(
  spec: NetworkSpec,
  values: NamedValues,
  source: PixelSource,
  pictures: readonly number[],
  threads: number,
): Promise<Map<string, Range>> {
  const { network, points } = buildObservedGraph(spec, values);
  const session = await openSession(network, threads);
  try {
    const whole = new Map(points.map((point) => [point, { low: 0, high: 0 }]));
    await eachOutput(session, source, pictures, points, (point, given) => {
      const range = whole.get(point) ?? { low: 0, high: 0 };
      let { low, high } = range;
      for (const value of given) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (!Number.isFinite(high - low)) throw notFinite(point);
      whole.set(point, { low, high });
    });
    const counts = new Map(points.map((point) => [point, new Float64Array(BINS)]));
    await eachOutput(session, source, pictures, points, (point, given) => {
      const { low, high } = whole.get(point) ?? { low: 0, high: 0 };
      count(given, low, high, counts.get(point) ?? new Float64Array(BINS));
    });
    return new Map(
      points.map((point) => {
        const range = whole.get(point) ?? { low: 0, high: 0 };
        return [point, bestRange(counts.get(point) ?? new Float64Array(BINS), range)];
      }),
    );
  } finally {
    await session.release();
  }
}

async function eachOutput(
  session: Session,
  { pixels, size }: PixelSource,
  pictures: readonly number[],
  points: readonly string[],
  take: (point: string, values: Float32Array) => void,
): Promise<void> {
  const bytes = size * size * 3;
  for (let start = 0; start < pictures.length; start += BATCH) {
    const some = pictures.slice(start, start + BATCH);
    const batch = new Uint8Array(some.length * bytes);
    for (const [row, picture] of some.entries()) {
      batch.set(pixels.subarray(picture * bytes, (picture + 1) * bytes), row * bytes);
    }
    const outputs = await session.run({
      pixels: new Tensor('uint8', batch, [some.length, size, size, 3]),
    });
    for (const point of points) take(point, floats(outputs, point));
    for (const output of Object.values(outputs)) output.dispose();
  }
}

function count(values: Float32Array, low: number, high: number, counts: Float64Array): void {
  const perBin = counts.length / Math.max(high - low, Number.MIN_VALUE);
  for (const value of values) {
    const bin = Math.min(counts.length - 1, Math.trunc((value - low) * perBin));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
}

/**
 * The part of `whole` (both ends drawn in alike) with the smallest squared error of what was counted in its bins of
 * equal width: Nagel et al. 2021, "A White Paper on Neural Network Quantization", section 3.1.
 */
export function bestRange(counts: Float64Array, whole: Range): Range {
  const width = (whole.high - whole.low) / counts.length;
  let best = { range: whole, error: Number.POSITIVE_INFINITY };
  for (const share of SHARES) {
    const range = { low: whole.low * share, high: whole.high * share };
    const quantization = quantizationOf(range);
    let error = 0;
    for (const [bin, times] of counts.entries()) {
      if (times === 0) continue;
      const value = whole.low + (bin + 0.5) * width;
      error += times * (value - rounded(value, quantization)) ** 2;
    }
    if (error <= best.error) best = { range, error };
  }
  return best.range;
}

function notFinite(point: string): FashiondError {
  return new FashiondError('refused', `layer ${point} gives values that are no finite numbers`, {
    hint: 'the model is broken; train it anew',
  });
}
