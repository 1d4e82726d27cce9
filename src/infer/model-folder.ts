/**
 * Reads a model folder and believes nothing it has not checked: the manifest's shape, every file's SHA-256,
 * the fingerprint, the limits' own hash, and that the network lies wholly inside the folder.
 */
import { readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import { decodeClassMeans } from '../model/typicality.js';
import type { ClassMeans } from '../model/typicality.js';
import { decodeWeights, WEIGHTS_FILE } from '../model/weights.js';
import { fingerprintOf, rejectionHash, sha256Aside } from '../platform/fingerprint.js';
import { externalTensors } from '../model/external-data.js';
import { manifestSchema, NETWORK } from './manifest-schema.js';

/** A checked model, ready to be handed to inference threads. */
export interface LoadedModel {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly manifest: ModelManifest;
  /** model.onnx, the very bytes that were checked; in shared memory, so that threads need no copy. */
  readonly network: Uint8Array<SharedArrayBuffer>;
  /** weights.safetensors, likewise; null in a folder without it, which only ONNX Runtime serves. */
  readonly weights: Uint8Array<SharedArrayBuffer> | null;
  /** Likewise; null unless the typicality is the distance to them. */
  readonly classMeans: ClassMeans | null;
}

const MANIFEST = 'manifest.json';
const TRAIN_HINT = 'set model.path to a model folder, or make one with `fashiond train category`';
const REPLACE_HINT = 'copy the model folder again from where it was made, or train it anew';

/**
 * Throws FashiondError: `not-found` for a missing folder or file, `corrupt` for content that differs from what
 * the manifest says, `incompatible` for a manifest of another format, `refused` for what reaches outside.
 */
export async function loadModelFolder(path: string): Promise<LoadedModel> {
  const folder = await realpath(path).catch((error: unknown) => {
    throw new FashiondError('not-found', `there is no model folder ${path}`, {
      hint: TRAIN_HINT,
      cause: error,
    });
  });
  const manifest = parseManifest(await readInside(folder, MANIFEST), join(folder, MANIFEST));
  const files = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const bytes = await readInside(folder, name);
    checkHash(join(folder, name), expected, await sha256Aside(bytes));
    files.set(name, bytes);
  }
  const network = files.get(NETWORK);
  if (network === undefined)
    throw new FashiondError('internal', `${MANIFEST} was accepted without ${NETWORK}`);
  checkFingerprint(folder, manifest);
  checkRejection(folder, manifest);
  checkSelfContained(folder, network);
  const weights = files.get(WEIGHTS_FILE) ?? null;
  if (weights !== null) checkWeights(weights, manifest, join(folder, WEIGHTS_FILE));
  return {
    folder,
    manifest,
    network: shared(network),
    weights: weights === null ? null : shared(weights),
    classMeans: classMeansOf(manifest, files),
  };
}

function sharedFloats(values: Float32Array): Float32Array<SharedArrayBuffer> {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** The weights must be of a network that answers as the manifest says; layer by layer they are checked in use. */
function checkWeights(bytes: Uint8Array, { input, labels }: ModelManifest, path: string): void {
  const { spec } = decodeWeights(bytes, path);
  if (spec.size === input.size && spec.classes === labels.length) return;
  throw new FashiondError(
    'corrupt',
    `${path} is of a network with ${spec.size} px and ${spec.classes} classes; the manifest says ` +
      `${input.size} px and ${labels.length} labels`,
    { hint: REPLACE_HINT },
  );
}

function classMeansOf(
  { typicality, featureLength }: ModelManifest,
  files: ReadonlyMap<string, Uint8Array>,
): ClassMeans | null {
  if (typicality?.score !== 'class-means') return null;
  const decoded = decodeClassMeans(files.get(typicality.file) ?? new Uint8Array(0), featureLength);
  return { ...decoded, factor: sharedFloats(decoded.factor), means: sharedFloats(decoded.means) };
}

function parseManifest(bytes: Uint8Array, path: string): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FashiondError('corrupt', `${path} is not JSON: ${messageOf(error)}`, {
      hint: REPLACE_HINT,
      cause: error,
    });
  }
  const format = z.object({ format: z.unknown() }).safeParse(json);
  if (format.success && format.data.format !== undefined && format.data.format !== 1) {
    throw new FashiondError(
      'incompatible',
      `${path} has format ${JSON.stringify(format.data.format)}; this version reads format 1`,
      { hint: 'use the fashiond version that wrote the model, or train it anew' },
    );
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new FashiondError('corrupt', `${path} is no model manifest: ${problems.join('; ')}`, {
    hint: REPLACE_HINT,
  });
}

async function readInside(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (isAbsolute(name) || leaves(relative(folder, join(folder, name)))) throw outside(folder, name, name);
  const real = await realpath(join(folder, name)).catch((error: unknown) => {
    throw new FashiondError('not-found', `model folder ${folder} has no file ${name}`, {
      hint: name === MANIFEST ? TRAIN_HINT : REPLACE_HINT,
      cause: error,
    });
  });
  if (leaves(relative(folder, real))) throw outside(folder, name, real);
  try {
    return await readFile(real);
  } catch (error) {
    throw new FashiondError('corrupt', `cannot read ${real}: ${messageOf(error)}`, {
      hint: REPLACE_HINT,
      cause: error,
    });
  }
}

function leaves(path: string): boolean {
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`);
}

function outside(folder: string, name: string, target: string): FashiondError {
  return new FashiondError('refused', `${name} in model folder ${folder} leads outside of it, to ${target}`, {
    hint: 'put the file itself into the folder; links and paths that leave it are not followed',
  });
}

function checkHash(path: string, expected: string, found: string): void {
  if (found === expected) return;
  throw new FashiondError(
    'corrupt',
    `${path} is not the file its manifest names: expected SHA-256 ${expected}, found ${found}`,
    { hint: REPLACE_HINT },
  );
}

function checkFingerprint(folder: string, manifest: ModelManifest): void {
  const { input, labels, typicality, files } = manifest;
  const found = fingerprintOf({
    networkHash: files[NETWORK] ?? '',
    input,
    labels,
    typicality,
    ...(typicality?.score === 'class-means' ? { typicalityHash: files[typicality.file] ?? '' } : {}),
  });
  if (found === manifest.fingerprint) return;
  throw new FashiondError(
    'corrupt',
    `${join(folder, MANIFEST)} states fingerprint ${manifest.fingerprint}, but its network, input, labels and ` +
      `typicality give ${found}`,
    { hint: `one of them was edited by hand; ${REPLACE_HINT}` },
  );
}

function checkRejection(folder: string, { fingerprint, rejection }: ModelManifest): void {
  if (rejection === null || rejectionHash(fingerprint, rejection) === rejection.sha256) return;
  throw new FashiondError(
    'corrupt',
    `the limits under rejection in ${join(folder, MANIFEST)} are not those that were fitted to this model`,
    { hint: 'they were edited by hand; fit them anew with `fashiond calibrate`' },
  );
}

function checkSelfContained(folder: string, network: Uint8Array): void {
  const path = join(folder, NETWORK);
  let external: string[];
  try {
    external = externalTensors(network);
  } catch (error) {
    throw new FashiondError('corrupt', `${path}: ${messageOf(error)}`, { hint: REPLACE_HINT, cause: error });
  }
  if (external.length === 0) return;
  throw new FashiondError(
    'refused',
    `${path} keeps ${external.length} tensors outside the file (${external.slice(0, 3).join(', ')})`,
    { hint: 'save the model with its weights inside the .onnx file' },
  );
}
