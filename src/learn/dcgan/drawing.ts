/** Asks the served networks: pictures of codes, and codes of pictures. */
import { floats, openSession, Tensor } from '../runtime.js';
import { codesTensor } from './batch.js';
import { CODE_LENGTH, SIDE, TANH_SPREAD } from './networks.js';

const BATCH = 64;
const PLANE = SIDE * SIDE;
const PICTURE = 3 * PLANE;

/** Codes [N, 100] -> pictures, uint8 [N, 64, 64, 3], through generator.onnx. */
export async function drawPictures(
  network: Uint8Array,
  codes: Float32Array,
  threads: number,
): Promise<Uint8Array> {
  const session = await openSession(network, threads);
  try {
    const count = codes.length / CODE_LENGTH;
    const pictures = new Uint8Array(count * PICTURE);
    for (let start = 0; start < count; start += BATCH) {
      const some = codes.slice(start * CODE_LENGTH, Math.min(count, start + BATCH) * CODE_LENGTH);
      const drawn = floats(await session.run({ codes: codesTensor(some) }, ['pictures']), 'pictures');
      pictures.set(asPixels(drawn), start * PICTURE);
    }
    return pictures;
  } finally {
    await session.release();
  }
}

/** Float32 [N, 3, 64, 64], -1 to 1 -> uint8 [N, 64, 64, 3]. */
function asPixels(planes: Float32Array): Uint8Array {
  const pixels = new Uint8ClampedArray(planes.length);
  for (let picture = 0; picture < planes.length; picture += PICTURE) {
    for (let channel = 0; channel < 3; channel += 1) {
      const plane = picture + channel * PLANE;
      for (let place = 0; place < PLANE; place += 1) {
        pixels[picture + place * 3 + channel] = ((planes[plane + place] ?? 0) + 1) * TANH_SPREAD;
      }
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** An encoder that is ready to be asked. */
export interface OpenEncoder {
  /** Pictures, uint8 [N, 64, 64, 3] -> codes [N, 100]. */
  encode(pixels: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** `network`: encoder.onnx. */
export async function openPictureEncoder(network: Uint8Array, threads: number): Promise<OpenEncoder> {
  const session = await openSession(network, threads);
  return {
    async encode(pixels) {
      const count = pixels.length / PICTURE;
      const codes = new Float32Array(count * CODE_LENGTH);
      for (let start = 0; start < count; start += BATCH) {
        const some = pixels.slice(start * PICTURE, Math.min(count, start + BATCH) * PICTURE);
        const input = new Tensor('uint8', some, [some.length / PICTURE, SIDE, SIDE, 3]);
        codes.set(floats(await session.run({ pixels: input }, ['codes']), 'codes'), start * CODE_LENGTH);
      }
      return codes;
    },
    close: () => session.release(),
  };
}
