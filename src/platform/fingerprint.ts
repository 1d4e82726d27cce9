/** The fingerprint of a model: SHA-256 over weights, preprocessing and labels, as 64 hex digits. */
import { createHash } from 'node:crypto';
import type { ModelFingerprint } from '../domain/ids.js';
import type { ModelInput } from '../domain/model.js';

export function fingerprintOf(model: {
  /** SHA-256 of model.onnx, hex. */
  readonly networkHash: string;
  readonly input: ModelInput;
  readonly labels: readonly string[];
}): ModelFingerprint {
  const parts = [model.networkHash, model.input.size, model.input.fill, ...model.labels];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex') as ModelFingerprint;
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
