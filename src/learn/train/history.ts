/** One line of a training's history. */

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
