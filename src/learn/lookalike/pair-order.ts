/**
 * In which order an epoch shows pairs. What is easily told apart teaches little, so pairs come in blocks of one kind of
 * garment and of near colours: those that search has to tell apart. Near is another thing in each epoch: groups are
 * ordered along a random direction of the colour space.
 */
import { Random, seedOf } from '../../platform/random.js';
import { shuffle } from '../train/distributions.js';
import type { Group } from './pair-data.js';

/** Groups of one block. Few, so that a batch holds several kinds: Batch Normalization must not see one alone. */
const BLOCK = 4;
/** Of a random number added to a place along the direction, in levels: neighbours change. */
const SPREAD = 25;

/**
 * Pairs of each group, as many as its pictures give and one of a lone picture with itself, block by block; the same for
 * the same seed and epoch.
 */
export function pairOrder(groups: readonly Group[], seed: number, epoch: number): number[] {
  const random = new Random(seedOf(seed, 'pairs', epoch));
  const byCategory = new Map<string, Group[]>();
  for (const group of groups) {
    const of = byCategory.get(group.category);
    if (of === undefined) byCategory.set(group.category, [group]);
    else of.push(group);
  }
  const blocks: Group[][] = [];
  const rest: Group[] = [];
  for (const of of byCategory.values()) {
    const direction = [random.range(-1, 1), random.range(-1, 1), random.range(-1, 1)];
    const placed = shuffle(random, [...of]).map((group) => ({
      group,
      place:
        group.colour.reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0) +
        random.range(-SPREAD, SPREAD),
    }));
    const sorted = placed.sort((one, other) => one.place - other.place).map(({ group }) => group);
    const whole = sorted.length - (sorted.length % BLOCK);
    for (let from = 0; from < whole; from += BLOCK) blocks.push(sorted.slice(from, from + BLOCK));
    rest.push(...sorted.slice(whole));
  }
  for (let from = 0; from < rest.length; from += BLOCK) {
    blocks.push(rest.slice(from, from + BLOCK));
  }
  return shuffle(random, blocks).flatMap((block) => block.flatMap((group) => pairsOf(group, random)));
}

function pairsOf({ pictures }: Group, random: Random): number[] {
  if (pictures.length === 1) return [...pictures, ...pictures];
  return shuffle(random, [...pictures]).slice(0, pictures.length - (pictures.length % 2));
}
