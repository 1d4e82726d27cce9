/** A model folder's manifest: what the network expects and what its outputs mean. */
import type { CategoryId, ModelFingerprint } from './ids.js';

export interface ModelInput {
  /** Side of the square input, in pixels. */
  readonly size: number;
  /** Value of the letterbox bars, 0 to 255. */
  readonly fill: number;
}

/**
 * manifest.json. The network (model.onnx) takes `pixels`: uint8 [N, size, size, 3], and gives `probabilities`:
 * float32 [N, labels], `latent`: float32 [N, latentBits] in 0..1, and `features`: float32 [N, featureLength].
 */
export interface ModelManifest {
  readonly format: 1;
  readonly name: string;
  readonly fingerprint: ModelFingerprint;
  readonly createdAt: string;
  readonly input: ModelInput;
  readonly labels: readonly CategoryId[];
  readonly latentBits: number;
  readonly featureLength: number;
  /** Probabilities at or below this are unknown unless the config says otherwise. */
  readonly threshold: number;
  /** File name inside the folder -> SHA-256 of its bytes, hex. */
  readonly files: Readonly<Record<string, string>>;
}
