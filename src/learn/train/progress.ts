/** How a training shows itself: a bar that redraws itself on a terminal, a line for each epoch everywhere. */
import type { EpochRecord } from './history.js';
import type { StepProgress } from './trainer.js';

const WIDTH = 28;

/** One line to be drawn over the one before. */
export function progressBar({ epoch, step, steps, loss }: StepProgress, epochs: number): string {
  const done = Math.round((WIDTH * step) / steps);
  const bar = '#'.repeat(done) + '.'.repeat(WIDTH - done);
  return `epoch ${epoch}/${epochs} [${bar}] ${step}/${steps}  loss ${loss.toFixed(3)}`;
}

export function epochLine(record: EpochRecord, epochs: number): string {
  return (
    `epoch ${record.epoch}/${epochs}  train loss ${record.trainLoss.toFixed(3)} accuracy ` +
    `${record.trainAccuracy.toFixed(3)}  validation loss ${record.validationLoss.toFixed(3)} accuracy ` +
    `${record.validationAccuracy.toFixed(3)}  ${Math.round(record.picturesPerSecond)} pictures/s  ` +
    `${(record.elapsedMs / 1000).toFixed(1)} s`
  );
}
