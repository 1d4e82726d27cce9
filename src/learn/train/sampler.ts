/** Which pictures an epoch shows, in which order: seeded, and balanced between classes as far as asked for. */
import { FashiondError } from '../../domain/errors.js';
import type { Random } from '../../platform/random.js';
import { shuffle } from './distributions.js';

/**
 * Every picture as often as its rate says; the fraction of a rate is drawn anew for each epoch, so that in the long
 * run each picture of a source is shown equally often. `rate`: of a picture, 0 or more.
 */
export function applyRates(
  pictures: readonly number[],
  rate: (picture: number) => number,
  random: Random,
): number[] {
  return pictures.flatMap((picture) => {
    const wanted = rate(picture);
    const times = Math.floor(wanted) + (random.chance(wanted % 1) ? 1 : 0);
    return Array.from({ length: times }, () => picture);
  });
}

/** Pictures that an epoch shows with these rates, on average and rounded down. */
export function epochLength(pictures: readonly number[], rate: (picture: number) => number): number {
  return Math.floor(pictures.reduce((sum, picture) => sum + rate(picture), 0) + 1e-6);
}

/**
 * The pictures of one step: those of the order from where the steps before it ended, and from its start again behind its
 * end, as sampling may round to a few pictures less. Throws FashiondError `usage` for an order of none.
 */
export function shownIn(order: readonly number[], step: number, batch: number): number[] {
  return Array.from({ length: batch }, (_, at) => {
    const picture = order[(step * batch + at) % order.length];
    if (picture !== undefined) return picture;
    throw new FashiondError('usage', 'by its rates an epoch shows no picture', {
      hint: 'choose higher rates, or import more pictures',
    });
  });
}

/**
 * As many indices as there are pictures. `balance` 0 shows every picture once; 1 shows every class equally
 * often; between, a class is shown in proportion to its count to the power 1 - balance. A class that is shown
 * less than its count takes turns over the epochs; one that is shown more repeats its pictures evenly.
 */
export function sampleEpoch(
  pictures: readonly number[],
  labels: ArrayLike<number>,
  balance: number,
  random: Random,
): number[] {
  if (balance === 0) return shuffle(random, [...pictures]);
  const byClass = new Map<number, number[]>();
  for (const picture of pictures) {
    const label = labels[picture] ?? 0;
    const members = byClass.get(label);
    if (members === undefined) byClass.set(label, [picture]);
    else members.push(picture);
  }
  const classes = [...byClass.values()];
  const weights = classes.map((members) => members.length ** (1 - balance));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const chosen: number[] = [];
  for (const [index, members] of classes.entries()) {
    const exact = (pictures.length * (weights[index] ?? 0)) / total;
    const share = Math.floor(exact) + (random.chance(exact % 1) ? 1 : 0);
    for (let taken = 0; taken < share; taken += members.length) {
      chosen.push(...shuffle(random, [...members]).slice(0, share - taken));
    }
  }
  return shuffle(random, chosen);
}
