/** A model folder's manifest: what the network expects and what its outputs mean. */
import type { CategoryId, ModelFingerprint } from './ids.js';
import type { Rejection, Typicality } from './rejection.js';

export interface ModelInput {
  /** Side of the square input, in pixels. */
  readonly size: number;
  /** Value of the letterbox bars, 0 to 255. */
  readonly fill: number;
}

/**
 * manifest.json. The network (model.onnx) takes `pixels`: uint8 [N, size, size, 3], and gives `probabilities`:
 * float32 [N, labels], `latent`: float32 [N, latentBits] in 0..1, `features`: float32 [N, featureLength] and, where
 * the typicality is the energy, `logits`: float32 [N, labels].
 */
export interface ModelManifest {
  readonly format: 1;
  readonly name: string;
  readonly fingerprint: ModelFingerprint;
  readonly createdAt: string;
  readonly input: ModelInput;
  readonly labels: readonly CategoryId[];
  /** How its network calculates: null for float32. */
  readonly precision: 'int8' | null;
  readonly latentBits: number;
  readonly featureLength: number;
  /** Probabilities at or below this are unknown where the decision is by a fixed threshold. */
  readonly threshold: number;
  /** How it is told whether a picture looks like what was taught; null where nothing tells. */
  readonly typicality: Typicality | null;
  /** Limits fitted to pictures; null for a model that was never calibrated. */
  readonly rejection: Rejection | null;
  /** File name inside the folder -> SHA-256 of its bytes, hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a model answered of a golden picture when it was loaded first. */
export interface GoldenAnswer {
  /** Its name. */
  readonly picture: string;
  /** By category. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly features: readonly number[];
  /** What prepared the picture and described the garment; answers that something else made are not compared. */
  readonly made?: string;
}

export interface GoldenKeeping {
  /** Of the first load; empty before it. */
  answers(model: ModelFingerprint): readonly GoldenAnswer[];
  keep(model: ModelFingerprint, answers: readonly GoldenAnswer[]): void;
}

/** What networks run on, and why: for the log, `status` and people. */
export interface ServingRuntime {
  /** `onnx` or `tensorflow`. */
  readonly runtime: string;
  readonly device: string;
  /** npm package of the runtime, where there are several. */
  readonly package?: string;
  readonly reason: string;
}
