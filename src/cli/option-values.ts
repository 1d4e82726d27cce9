/** Values of options: text in, a checked value out, or a message that says what was expected. */
import { InvalidArgumentError } from 'commander';
import { SPLITS } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';

export function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`expected a whole number of at least ${least}`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('expected a number above 0');
}

export function unit(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('expected a number from 0 to 1');
}

export function split(text: string): Split {
  const found = SPLITS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`expected ${SPLITS.join(', ')}`);
}
