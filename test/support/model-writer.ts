/** Writes model folders for tests and benchmarks. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CategoryId } from '../../src/domain/ids.js';
import type { ModelManifest } from '../../src/domain/model.js';
import { fingerprintOf, sha256Hex } from '../../src/platform/fingerprint.js';

export interface ModelParts {
  readonly name: string;
  readonly network: Uint8Array;
  readonly size: number;
  readonly labels: readonly string[];
  readonly latentBits: number;
  readonly featureLength: number;
  /** weights.safetensors; left out when absent. */
  readonly weights?: Uint8Array;
  /** Overrides what the manifest says, after fingerprint and hashes were computed. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** Makes `folder` a model folder; gives its path back. */
export async function writeModel(folder: string, parts: ModelParts): Promise<string> {
  const { name, network, labels, latentBits, featureLength } = parts;
  const card = `# ${name}\n`;
  const networkHash = sha256Hex(network);
  const input = { size: parts.size, fill: 255 };
  const manifest: ModelManifest = {
    format: 1,
    name,
    fingerprint: fingerprintOf({ networkHash, input, labels }),
    createdAt: '2026-01-01T00:00:00.000Z',
    input,
    labels: labels as CategoryId[],
    latentBits,
    featureLength,
    threshold: 0.9,
    precision: null,
    typicality: null,
    rejection: null,
    files: {
      'model.onnx': networkHash,
      'card.md': sha256Hex(Buffer.from(card)),
      ...(parts.weights === undefined ? {} : { 'weights.safetensors': sha256Hex(parts.weights) }),
    },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), network);
  await writeFile(join(folder, 'card.md'), card);
  if (parts.weights !== undefined) await writeFile(join(folder, 'weights.safetensors'), parts.weights);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...parts.manifest }));
  return folder;
}
