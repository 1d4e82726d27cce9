/** A training's history: what is kept of each epoch, and of one that was left in the middle. */

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Means over the epoch's batches, with augmentation, smoothing and mixup. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  /** On the validation split, as it will be served; NaN becomes null in JSON, so a diverged epoch is not kept. */
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly learningRate: number;
  /** Pictures a second while training, validation excluded. */
  readonly picturesPerSecond: number;
  readonly elapsedMs: number;
}

/** An epoch that was left in the middle. */
export interface EpochPart {
  /** Steps made. */
  readonly step: number;
  /** Sums over them, each divided by the steps of a whole epoch. */
  readonly loss: number;
  readonly accuracy: number;
  readonly elapsedMs: number;
}
