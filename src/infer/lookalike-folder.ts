/** Reads a lookalike model's folder and believes nothing it has not checked: shape, hashes, fingerprint, metric. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { LookalikeManifest } from '../domain/lookalike-model.js';
import { externalTensors } from '../model/external-data.js';
import { decodeMetric, METRIC_FILE } from '../model/metric.js';
import type { Metric } from '../model/metric.js';
import { lookalikeFingerprint, sha256Hex } from '../platform/fingerprint.js';
import { NETWORK } from './manifest-schema.js';

export interface LoadedLookalike {
  readonly manifest: LookalikeManifest;
  /** model.onnx, in shared memory. */
  readonly network: Uint8Array<SharedArrayBuffer>;
  /** Null where the embedding itself is what is compared. */
  readonly metric: Metric | null;
}

const MANIFEST = 'manifest.json';
const HINT =
  'copy the model folder again from where it was made, or make one with `fashiond train lookalike`';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.strictObject({
  format: z.literal(1),
  kind: z.literal('lookalike'),
  name: z.string().min(1),
  fingerprint: hash,
  createdAt: z.string(),
  input: z.strictObject({ size: z.int().min(16).max(512), fill: z.int().min(0).max(255) }),
  embeddingLength: z.int().min(1).max(65_536),
  files: z
    .record(z.string(), hash)
    .refine(
      (files) => Object.hasOwn(files, NETWORK) && Object.keys(files).every((name) => basename(name) === name),
      {
        error: `expected files of the folder itself, ${NETWORK} among them`,
      },
    ),
});

/** Throws FashiondError `not-found` for a missing file, `corrupt` for one that differs, `refused` for tensors outside. */
export async function loadLookalikeFolder(folder: string): Promise<LoadedLookalike> {
  const manifest = parse(await read(join(folder, MANIFEST)), join(folder, MANIFEST));
  const files = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const bytes = await read(join(folder, name));
    if (sha256Hex(bytes) !== expected)
      throw corrupt(`${join(folder, name)} is not the file its manifest names`);
    files.set(name, bytes);
  }
  const network = files.get(NETWORK) ?? new Uint8Array();
  if (externalTensors(network).length > 0) {
    throw new FashiondError('refused', `${join(folder, NETWORK)} keeps tensors outside the file`, {
      hint: HINT,
    });
  }
  const metric = files.get(METRIC_FILE);
  if (fingerprintOf(manifest) !== manifest.fingerprint) {
    throw corrupt(
      `${join(folder, MANIFEST)} states another fingerprint than its network, input and metric give`,
    );
  }
  const shared = new Uint8Array(new SharedArrayBuffer(network.length));
  shared.set(network);
  return {
    manifest,
    network: shared,
    metric: metric === undefined ? null : decodeMetric(metric, join(folder, METRIC_FILE)),
  };
}

function fingerprintOf({ input, embeddingLength, files }: LookalikeManifest): string {
  const metricHash = files[METRIC_FILE] ?? null;
  return lookalikeFingerprint({ networkHash: files[NETWORK] ?? '', metricHash, input, embeddingLength });
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
}

function parse(bytes: Uint8Array, path: string): LookalikeManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(`${path} is not JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw corrupt(`${path} is no manifest of a lookalike model: ${problems.join('; ')}`);
}

function corrupt(message: string): FashiondError {
  return new FashiondError('corrupt', message, { hint: HINT });
}
