/** What runs a network: the port every runtime implements. */

/** The outputs of one call, row-major: one row for each picture. */
export interface NetworkOutputs {
  /** [count, labels], each row adds up to 1. */
  readonly probabilities: Float32Array;
  /** [count, latentBits], each in 0..1. */
  readonly latent: Float32Array;
  /** [count, featureLength]. */
  readonly features: Float32Array;
  /** [count, labels]; null where nobody needs them. */
  readonly logits: Float32Array | null;
}

/** A network loaded on one thread. */
export interface ModelSession {
  /** `pixels`: uint8 [count, size, size, 3]. Throws when the network fails or gives other shapes. */
  run(pixels: Uint8Array, count: number): Promise<NetworkOutputs>;
  close(): Promise<void>;
}
