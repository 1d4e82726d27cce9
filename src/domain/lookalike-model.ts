/** A lookalike model's manifest: what its network takes and gives. */
import type { ModelInput } from './model.js';

/** manifest.json. The network (model.onnx) takes `pixels`: uint8 [N, size, size, 3], and gives `embedding`: float32 [N, length]. */
export interface LookalikeManifest {
  readonly format: 1;
  readonly kind: 'lookalike';
  readonly name: string;
  /** Of network and input: vectors of two fingerprints are never compared. */
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly input: ModelInput;
  /** Numbers of an embedding, which has unit length; as many bits has its code, the signs. */
  readonly embeddingLength: number;
  /** File name inside the folder -> SHA-256 of its bytes, hex. */
  readonly files: Readonly<Record<string, string>>;
}
