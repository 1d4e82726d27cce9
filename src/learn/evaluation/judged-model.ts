/** What evaluation asks of a model of any kind: pixels in; probabilities, and what rejection can use, out. */
import type { CategoryId } from '../../domain/ids.js';
import type { ModelInput } from '../../domain/model.js';

export interface Outputs {
  /** [pictures, classes] */
  readonly probabilities: Float32Array;
  /** [pictures, classes], before the softmax; null where the model does not give them. */
  readonly logits: Float32Array | null;
  /** [pictures, any width]; null where the model does not give them. */
  readonly features: Float32Array | null;
}

export interface JudgedModel {
  readonly kind: 'network' | 'svm';
  readonly name: string;
  readonly fingerprint: string;
  readonly labels: readonly CategoryId[];
  readonly input: ModelInput;
  /** Probabilities at or below it are unknown, unless the caller says otherwise. */
  readonly threshold: number;
  /** `pixels`: uint8 [count, size, size, 3]. */
  outputs(pixels: Uint8Array, count: number): Promise<Outputs>;
  close(): Promise<void>;
}

const BATCH = 64;

/** The outputs for these pictures of a block of pixels (size x size x 3 bytes each), in their order. */
export async function outputsOf(
  model: JudgedModel,
  pixels: Uint8Array,
  pictures: readonly number[],
): Promise<Outputs> {
  const bytes = model.input.size ** 2 * 3;
  const parts: Outputs[] = [];
  for (let start = 0; start < pictures.length; start += BATCH) {
    const some = pictures.slice(start, start + BATCH);
    const batch = new Uint8Array(some.length * bytes);
    for (const [row, picture] of some.entries()) {
      batch.set(pixels.subarray(picture * bytes, (picture + 1) * bytes), row * bytes);
    }
    parts.push(await model.outputs(batch, some.length));
  }
  return {
    probabilities: joined(parts.map(({ probabilities }) => probabilities)) ?? new Float32Array(0),
    logits: joined(parts.map(({ logits }) => logits)),
    features: joined(parts.map(({ features }) => features)),
  };
}

function joined(parts: readonly (Float32Array | null)[]): Float32Array | null {
  const present = parts.filter((part) => part !== null);
  if (present.length < Math.max(1, parts.length)) return null;
  const whole = new Float32Array(present.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of present) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
