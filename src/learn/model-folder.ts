/** A model as a folder: manifest.json, model.onnx, card.md and history.json. */
import { join } from 'node:path';
import type { ModelManifest } from '../domain/model.js';
import type { CategoryId } from '../domain/ids.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
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
    latentBits: facts.latentBits,
    featureLength: facts.featureLength,
    threshold: facts.threshold,
    files: { [NETWORK]: networkHash },
  };
}

/** Writes the folder; the manifest comes last, so a folder with a manifest is whole. */
export async function writeModelFolder(
  folder: string,
  model: {
    readonly manifest: ModelManifest;
    readonly network: Uint8Array;
    readonly card: string;
    /** Any JSON: options, epochs and figures. */
    readonly history: unknown;
  },
): Promise<ModelManifest> {
  const card = Buffer.from(model.card);
  const history = Buffer.from(`${JSON.stringify(model.history, null, 2)}\n`);
  await writeFileAtomic(join(folder, NETWORK), model.network);
  await writeFileAtomic(join(folder, 'card.md'), card);
  await writeFileAtomic(join(folder, 'history.json'), history);
  const files = { ...model.manifest.files, 'card.md': sha256Hex(card), 'history.json': sha256Hex(history) };
  const manifest = { ...model.manifest, files };
  await writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
