/** Fingerprints of models and of what they refuse: SHA-256, as 64 hex digits. */
import { createHash, webcrypto } from 'node:crypto';
import type { ModelFingerprint } from '../domain/ids.js';
import type { ModelInput } from '../domain/model.js';
import type { Rejection, Typicality } from '../domain/rejection.js';

/** Over weights, preprocessing, labels and typicality: all that decides the numbers stored of a picture. */
export function fingerprintOf(model: {
  /** SHA-256 of model.onnx, hex. */
  readonly networkHash: string;
  readonly input: ModelInput;
  readonly labels: readonly string[];
  readonly typicality?: Typicality | null;
  /** SHA-256 of the typicality's file, where it has one. */
  readonly typicalityHash?: string;
}): ModelFingerprint {
  const { typicality = null, typicalityHash = '' } = model;
  const parts = [
    model.networkHash,
    model.input.size,
    model.input.fill,
    ...model.labels,
    ...(typicality === null ? [] : [{ typicality: typicality.score, sha256: typicalityHash }]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex') as ModelFingerprint;
}

/** Over a model's limits and its fingerprint: limits of another model do not count for this one. */
export function rejectionHash(fingerprint: ModelFingerprint, rejection: Omit<Rejection, 'sha256'>): string {
  const { version, thresholds, floor, promise, evidence, fittedAt } = rejection;
  const sources = evidence.map(({ source, role, pictures, accepted, wrong, promise: state }) => [
    source,
    role,
    pictures,
    accepted,
    wrong,
    state,
  ]);
  const { precision, confidence } = promise;
  const parts = [fingerprint, version, thresholds, floor, precision, confidence, sources, fittedAt];
  return sha256Hex(Buffer.from(JSON.stringify(parts)));
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same by a thread of Node's pool: files of megabytes do not hold the event loop. */
export async function sha256Aside(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** The same of a lookalike model, which has no labels. */
export function lookalikeFingerprint(parts: {
  readonly networkHash: string;
  /** Null without a metric. */
  readonly metricHash: string | null;
  readonly input: ModelInput;
  readonly embeddingLength: number;
}): string {
  const { networkHash, metricHash, input, embeddingLength } = parts;
  return sha256Hex(
    Buffer.from(JSON.stringify([networkHash, metricHash, input.size, input.fill, embeddingLength])),
  );
}
