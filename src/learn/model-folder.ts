/** A model as a folder: manifest.json, model.onnx, weights.safetensors, card.md, history.json, perhaps class means. */
import { join } from 'node:path';
import type { ModelManifest } from '../domain/model.js';
import type { CategoryId } from '../domain/ids.js';
import { WEIGHTS_FILE, encodeWeights } from '../model/weights.js';
import type { NetworkWeights } from '../model/weights.js';
import { writeFilesAtomic } from '../platform/atomic-file.js';
import { fingerprintOf, sha256Hex } from '../platform/fingerprint.js';

export interface ModelFacts {
  readonly name: string;
  readonly network: Uint8Array;
  readonly size: number;
  readonly fill: number;
  readonly labels: readonly CategoryId[];
  readonly latentBits: number;
  readonly featureLength: number;
  readonly threshold: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Float32 when absent. */
  readonly precision?: 'int8';
}

const NETWORK = 'model.onnx';

/** The manifest of a network that is described by `facts`. */
export function manifestOf(facts: ModelFacts): ModelManifest {
  const input = { size: facts.size, fill: facts.fill };
  const networkHash = sha256Hex(facts.network);
  return {
    format: 1,
    name: facts.name,
    fingerprint: fingerprintOf({ networkHash, input, labels: facts.labels }),
    createdAt: facts.createdAt,
    input,
    labels: facts.labels,
    precision: facts.precision ?? null,
    latentBits: facts.latentBits,
    featureLength: facts.featureLength,
    threshold: facts.threshold,
    typicality: null,
    rejection: null,
    files: { [NETWORK]: networkHash },
  };
}

/** Writes the folder, all files or none; the manifest comes last, so a folder with a manifest is whole. */
export async function writeModelFolder(
  folder: string,
  model: {
    readonly manifest: ModelManifest;
    readonly network: Uint8Array;
    /** Null for a network of layers that are not ours. */
    readonly weights: NetworkWeights | null;
    readonly card: string;
    /** The file that the manifest's typicality names. */
    readonly classMeans?: { readonly name: string; readonly data: Uint8Array } | null;
    /** Any JSON: options, epochs and figures. */
    readonly history: unknown;
  },
): Promise<ModelManifest> {
  const { classMeans = null } = model;
  const others = {
    ...(model.weights === null ? {} : { [WEIGHTS_FILE]: encodeWeights(model.weights) }),
    ...(classMeans === null ? {} : { [classMeans.name]: classMeans.data }),
    'card.md': Buffer.from(model.card),
    'history.json': Buffer.from(`${JSON.stringify(model.history, null, 2)}\n`),
  };
  const hashes = Object.entries(others).map(([name, data]) => [name, sha256Hex(data)]);
  const files = { ...model.manifest.files, ...(Object.fromEntries(hashes) as Record<string, string>) };
  const manifest = { ...model.manifest, files };
  await writeFilesAtomic([
    { path: join(folder, NETWORK), data: model.network },
    ...Object.entries(others).map(([name, data]) => ({ path: join(folder, name), data })),
    { path: join(folder, 'manifest.json'), data: `${JSON.stringify(manifest, null, 2)}\n` },
  ]);
  return manifest;
}
