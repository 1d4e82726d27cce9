/** How trainings end. */
import { FashiondError, unreachable } from '../../domain/errors.js';

/** How a training ended; in every case the best weights so far are the result. */
export type TrainEnd =
  | { readonly kind: 'completed' }
  /** The validation loss did not fall for `patience` epochs. */
  | { readonly kind: 'stopped-early' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'diverged'; readonly reason: string };

/** What to do after a training that diverged. */
export const LOWER_RATE = 'start again with a lower learning rate (--lr)';

/** How a training ended, in words for people. */
export function describeEnd(end: TrainEnd): string {
  switch (end.kind) {
    case 'completed':
      return 'all epochs done';
    case 'stopped-early':
      return 'stopped early, the validation loss no longer fell';
    case 'interrupted':
      return 'interrupted';
    case 'diverged':
      return `diverged, ${end.reason}`;
    default:
      return unreachable(end);
  }
}

/** Throws FashiondError when not one epoch was finished: there is nothing worth writing then. */
export function checkLearnt(
  { end, best }: { readonly end: TrainEnd; readonly best: { readonly epoch: number } },
  hint: string,
): void {
  if (best.epoch > 0) return;
  const diverged = end.kind === 'diverged';
  throw new FashiondError(
    diverged ? 'refused' : 'cancelled',
    `training ended before its first epoch: ${describeEnd(end)}`,
    { hint: diverged ? LOWER_RATE : hint },
  );
}
