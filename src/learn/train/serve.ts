/** Runs a serving graph over pictures of a data set. */
import { floats, openSession, Tensor } from '../runtime.js';

export interface PixelSource {
  /** uint8, size x size x 3 a picture. */
  readonly pixels: Uint8Array;
  readonly size: number;
}

const BATCH = 64;

/** Probabilities, classes of them a picture, or another of its outputs, in the order of `pictures`. */
export async function predict(
  network: Uint8Array,
  source: PixelSource,
  pictures: readonly number[],
  threads: number,
  output: 'probabilities' | 'embedding' = 'probabilities',
): Promise<Float32Array> {
  const session = await openSession(network, threads);
  try {
    const bytes = source.size * source.size * 3;
    const parts: Float32Array[] = [];
    for (let start = 0; start < pictures.length; start += BATCH) {
      const some = pictures.slice(start, start + BATCH);
      const pixels = new Uint8Array(some.length * bytes);
      for (const [row, picture] of some.entries()) {
        pixels.set(source.pixels.subarray(picture * bytes, (picture + 1) * bytes), row * bytes);
      }
      const feeds = { pixels: new Tensor('uint8', pixels, [some.length, source.size, source.size, 3]) };
      parts.push(Float32Array.from(floats(await session.run(feeds, [output]), output)));
    }
    return joined(parts);
  } finally {
    await session.release();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
