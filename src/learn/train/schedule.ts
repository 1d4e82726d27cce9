/** The learning rate over a training: linear warm-up, then half a cosine down (Loshchilov and Hutter 2017). */

export interface Schedule {
  /** Reached at the end of the warm-up. */
  readonly peak: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/** For step 0, 1, ... totalSteps - 1. The first step already moves, the last one is almost zero. */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { peak, warmupSteps, totalSteps } = schedule;
  if (step < warmupSteps) return (peak * (step + 1)) / warmupSteps;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  return (peak * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
}
