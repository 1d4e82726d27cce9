/** How linear machines are trained. */

export interface TrainSvmOptions {
  /** Values of C to try; the one with the best validation accuracy is kept, the smaller of equals. */
  readonly costs: readonly number[];
  readonly tolerance: number;
  readonly maxRounds: number;
  readonly seed: number;
  readonly threshold: number;
}

export const SVM_DEFAULTS: TrainSvmOptions = {
  costs: [0.01, 0.1, 1],
  tolerance: 0.01,
  maxRounds: 1000,
  seed: 1,
  threshold: 0.9,
};
