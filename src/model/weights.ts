/**
 * A network's weights as weights.safetensors in a model folder: parameters and running statistics under the
 * names `partName` gives, such as `stem.weight`, and in the metadata what the layers are. Training can start
 * from it, another runtime can serve it, other tools can read it.
 */
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { NetworkSpec } from './network.js';
import { decodeTensors, encodeTensors } from './safetensors.js';
import type { NamedTensor } from './safetensors.js';

export const WEIGHTS_FILE = 'weights.safetensors';

export interface NetworkWeights {
  readonly spec: NetworkSpec;
  /** Logits are divided by it when the network serves (Guo et al. 2017); the stored classifier is not. */
  readonly temperature: number;
  /** Parameters as the training graph takes them and, for each `mean` and `variance`, one value a channel. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** No network that is trained here comes near it. */
const MAX_FILE = 1024 ** 3;
const HINT = 'copy the model folder again from where it was made, or train it anew';

const name = z.string().min(1).max(200);
const width = z.int().min(1).max(65_536);
const kernel = z.union([z.literal(1), z.literal(3)]);
const stride = z.union([z.literal(1), z.literal(2)]);
const layerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('convolution'),
    name,
    channels: width,
    kernel,
    stride,
    pool: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('residual'), name }),
  z.strictObject({ kind: z.literal('features'), name, dropout: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('latent'), name, bits: width }),
  z.strictObject({ kind: z.literal('classifier'), name }),
]);
const specSchema: z.ZodType<NetworkSpec> = z.strictObject({
  name,
  size: z.int().min(1).max(4096),
  classes: width,
  layers: z.array(layerSchema).min(1).max(1000),
  mirrored: z.boolean().exactOptional(),
  contrastive: z
    .strictObject({ temperature: z.number().positive(), facts: z.int().min(0).max(65_536) })
    .exactOptional(),
});
const metadataSchema = z.object({
  network: z.string(),
  temperature: z.string().transform(Number).pipe(z.number().positive()),
});

/** The bytes of weights.safetensors. */
export function encodeWeights({ spec, temperature, tensors }: NetworkWeights): Uint8Array {
  const metadata = { network: JSON.stringify(spec), temperature: String(temperature) };
  return encodeTensors({ tensors, metadata });
}

/**
 * `path` stands in errors. Throws FashiondError `corrupt` for what is no safetensors file of a fashiond network,
 * and for weights that are no finite numbers. Whether they fit the layers is found out where they are used.
 */
export function decodeWeights(bytes: Uint8Array, path: string): NetworkWeights {
  const { tensors, metadata } = decodeTensors(bytes, path);
  for (const [tensor, { data }] of tensors) {
    if (!areFinite(data)) throw foreign(path, `${tensor} holds values that are no finite numbers`);
  }
  const parsed = metadataSchema.safeParse(metadata);
  if (!parsed.success) throw foreign(path, 'its metadata names no network and temperature');
  const spec = specSchema.safeParse(parseJson(parsed.data.network, path));
  if (spec.success) return { spec: spec.data, temperature: parsed.data.temperature, tensors };
  const problems = spec.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw foreign(path, `its network is none that is known here: ${problems.slice(0, 3).join('; ')}`);
}

/** A sum of finite numbers that overflows is no proof: each is looked at. */
function areFinite(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at += 1) {
    if (!Number.isFinite(values[at])) return false;
  }
  return true;
}

/** As `decodeWeights`, from a file. Throws FashiondError `not-found` without one, `refused` for one above 1 GiB. */
export async function readWeights(path: string): Promise<NetworkWeights> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE) throw tooLarge(path, size);
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof FashiondError) throw error;
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: `name a model folder with ${WEIGHTS_FILE}; \`fashiond train category\` writes it`,
      cause: error,
    });
  }
  return decodeWeights(bytes, path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw foreign(path, `its network is no JSON: ${messageOf(error)}`);
  }
}

function foreign(path: string, what: string): FashiondError {
  return new FashiondError('corrupt', `${path} holds no weights of a fashiond network: ${what}`, {
    hint: HINT,
  });
}

function tooLarge(path: string, size: number): FashiondError {
  return new FashiondError('refused', `${path} has ${size} bytes; at most ${MAX_FILE} are read`, {
    hint: HINT,
  });
}
