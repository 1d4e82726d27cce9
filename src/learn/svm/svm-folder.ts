/** Linear machines as a folder: svm.json (manifest), weights.bin (float32, little-endian), card.md, history.json. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FashiondError, messageOf } from '../../domain/errors.js';
import type { CategoryId, ModelFingerprint } from '../../domain/ids.js';
import type { ModelInput } from '../../domain/model.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import { fingerprintOf, sha256Hex } from '../../platform/fingerprint.js';
import type { Calibration } from './one-against-rest.js';

export const SVM_MANIFEST = 'svm.json';
const WEIGHTS = 'weights.bin';
const HINT = 'train it anew with `fashiond train svm`';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  format: z.literal(1),
  name: z.string().min(1),
  fingerprint: hash.transform((text) => text as ModelFingerprint),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  input: z.object({ size: z.int().min(1).max(4096), fill: z.int().min(0).max(255) }),
  labels: z.array(z.string().transform((text) => text as CategoryId)).min(1),
  threshold: z.number().min(0).max(1),
  /** Name and length of the description that the machines see. */
  descriptor: z.object({ name: z.string(), length: z.int().min(1).max(1_000_000) }),
  /** C of every machine. */
  cost: z.number().positive(),
  calibration: z.object({
    sigmoids: z.array(z.object({ slope: z.number(), offset: z.number() })),
    temperature: z.number().positive(),
  }),
  weightsSha256: hash,
});

export type SvmManifest = Readonly<z.output<typeof schema>>;

export interface SvmFacts {
  readonly name: string;
  readonly createdAt: string;
  readonly input: ModelInput;
  readonly labels: readonly CategoryId[];
  readonly threshold: number;
  readonly descriptor: { readonly name: string; readonly length: number };
  readonly cost: number;
  readonly calibration: Calibration;
}

/** `weights`: [labels, descriptor length + 1]. The fingerprint covers all that decides an answer. */
export function svmManifest(facts: SvmFacts, weights: Float32Array): SvmManifest {
  const weightsSha256 = sha256Hex(bytesOf(weights));
  return {
    ...facts,
    format: 1,
    fingerprint: fingerprintFor({ ...facts, weightsSha256 }),
    labels: [...facts.labels],
    calibration: { ...facts.calibration, sigmoids: [...facts.calibration.sigmoids] },
    weightsSha256,
  };
}

/** The manifest comes last, so a folder with a manifest is whole. */
export async function writeSvmFolder(
  folder: string,
  model: {
    readonly manifest: SvmManifest;
    readonly weights: Float32Array;
    readonly card: string;
    readonly history: unknown;
  },
): Promise<void> {
  await writeFilesAtomic([
    { path: join(folder, WEIGHTS), data: bytesOf(model.weights) },
    { path: join(folder, 'card.md'), data: model.card },
    { path: join(folder, 'history.json'), data: `${JSON.stringify(model.history, null, 2)}\n` },
    { path: join(folder, SVM_MANIFEST), data: `${JSON.stringify(model.manifest, null, 2)}\n` },
  ]);
}

/** Throws FashiondError `not-found` without a manifest, `corrupt` when its parts do not belong together. */
export async function readSvmFolder(
  folder: string,
): Promise<{ readonly manifest: SvmManifest; readonly weights: Float32Array }> {
  const manifest = parsed(await read(folder, SVM_MANIFEST), join(folder, SVM_MANIFEST));
  const bytes = await read(folder, WEIGHTS);
  const { labels, descriptor, calibration } = manifest;
  const numbers = labels.length * (descriptor.length + 1);
  const whole =
    sha256Hex(bytes) === manifest.weightsSha256 &&
    bytes.length === numbers * 4 &&
    calibration.sigmoids.length === labels.length &&
    fingerprintFor(manifest) === manifest.fingerprint;
  if (!whole) {
    throw new FashiondError(
      'corrupt',
      `${join(folder, WEIGHTS)} and ${SVM_MANIFEST} do not belong together`,
      { hint: HINT },
    );
  }
  const weights = new Float32Array(numbers);
  for (let at = 0; at < numbers; at += 1) weights[at] = bytes.readFloatLE(at * 4);
  return { manifest, weights };
}

function fingerprintFor(
  facts: Pick<SvmManifest, 'input' | 'weightsSha256'> & {
    readonly labels: readonly string[];
    readonly calibration: Calibration;
    readonly descriptor: { readonly name: string; readonly length: number };
  },
): ModelFingerprint {
  const { input, labels, calibration, descriptor, weightsSha256 } = facts;
  const sigmoids = calibration.sigmoids.map(({ slope, offset }) => [slope, offset]);
  const decisive = [weightsSha256, descriptor.name, sigmoids, calibration.temperature];
  return fingerprintOf({ networkHash: sha256Hex(Buffer.from(JSON.stringify(decisive))), input, labels });
}

function bytesOf(weights: Float32Array): Buffer {
  const bytes = Buffer.alloc(weights.length * 4);
  for (const [at, weight] of weights.entries()) bytes.writeFloatLE(weight, at * 4);
  return bytes;
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${join(folder, name)}: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
}

function parsed(bytes: Buffer, path: string): SvmManifest {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString());
  } catch (error) {
    throw new FashiondError('corrupt', `${path} is not JSON: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`);
  throw new FashiondError('corrupt', `${path} is no manifest of format 1: ${problems.join('; ')}`, {
    hint: HINT,
  });
}
