/** What a backbone gives, found out by trying: its shape, and whether pictures in one batch keep apart. */
import { FashiondError, messageOf } from '../../domain/errors.js';
import { Random } from '../../platform/random.js';
import { openForeignSession, Tensor } from '../runtime.js';
import { OUT_OF } from './ends.js';

/** The manifest of a model knows no longer ones. */
const MOST_FEATURES = 65_536;
/** Of the largest value; other kernels round differently for other batches. */
const TOLERANCE = 1e-3;
const BATCHES = 'export it with an open batch, and without a batch size in its Reshape operators';

/** Throws FashiondError `incompatible` for anything but rows or maps of finite float32 features. */
export async function featureShape(
  network: Uint8Array,
  path: string,
  size: number,
): Promise<readonly number[]> {
  const refuse = (what: string, hint: string): FashiondError =>
    new FashiondError('incompatible', `${path} cannot be a backbone: ${what}`, { hint });
  const session = await openForeignSession(network).catch((error: unknown) => {
    throw refuse(`ONNX Runtime does not take it with our pictures: ${messageOf(error)}`, BATCHES);
  });
  const bytes = size * size * 3;
  const random = new Random(17);
  const pixels = Uint8Array.from({ length: 2 * bytes }, () => random.int(0, 255));
  const run = async (some: Uint8Array): Promise<{ dims: readonly number[]; data: Float32Array }> => {
    const count = some.length / bytes;
    const feeds = { pixels: new Tensor('uint8', some, [count, size, size, 3]) };
    const tensor = await session.run(feeds).then(
      (outputs) => outputs[OUT_OF],
      (error: unknown) => {
        throw refuse(
          `it fails on ${count === 1 ? 'a picture' : `${count} pictures at once`}: ${messageOf(error)}`,
          BATCHES,
        );
      },
    );
    if (!(tensor?.data instanceof Float32Array)) {
      throw refuse(`its features are ${tensor?.type ?? 'missing'}, not float32`, 'choose another `output:`');
    }
    return { dims: tensor.dims, data: Float32Array.from(tensor.data) };
  };
  try {
    const both = await run(pixels);
    const alone = [await run(pixels.slice(0, bytes)), await run(pixels.slice(bytes))];
    const [first] = alone;
    const shape = first?.dims ?? [];
    const shown = `[${shape.join(', ')}]`;
    if ((shape.length !== 2 && shape.length !== 4) || shape[0] !== 1) {
      throw refuse(
        `it gives ${shown} for one picture; features are rows [1, C] or maps [1, C, H, W]`,
        'name another tensor with `output:` in its description',
      );
    }
    const width = shape.slice(1).reduce((product, side) => product * side, 1);
    if (shape.length === 2 && width > MOST_FEATURES) {
      throw refuse(`it gives ${width} features, more than ${MOST_FEATURES}`, 'name a tensor with fewer');
    }
    if (!both.data.every(Number.isFinite))
      throw refuse('it gives values that are no finite numbers', 'check range, mean and std');
    const apart = Float32Array.from(alone.flatMap(({ data }) => [...data]));
    if (both.dims[0] !== 2 || !near(both.data, apart)) {
      throw refuse('it gives other features for two pictures at once than for each alone', BATCHES);
    }
    return shape;
  } finally {
    await session.release();
  }
}

function near(values: Float32Array, expected: Float32Array): boolean {
  if (values.length !== expected.length) return false;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return values.every((value, at) => Math.abs(value - (expected[at] ?? 0)) <= TOLERANCE * scale);
}
