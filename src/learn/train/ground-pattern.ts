/** Patterns of floors, walls and cloths, as changes of brightness: what a garment may lie on or hang before. */
import type { Random } from '../../platform/random.js';

/** Change of brightness, in levels, at a place of the picture. */
type Pattern = (column: number, row: number) => number;

/** Largest change of brightness that a pattern makes, in levels. */
const STRONGEST = 70;

/** A gradient, planks, tiles or soft folds, in any direction and scale, for a picture of `size` pixels. */
export function drawPattern(size: number, random: Random): Pattern {
  const angle = random.range(0, Math.PI);
  const [across, down] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const strength = random.range(10, STRONGEST);
  const repeats = random.range(2, 14);
  const phase = random.next();
  const middle = size / 2;
  /** Position along and across the pattern, in picture sides from the middle. */
  const along = (column: number, row: number): number => (column - middle) * across + (row - middle) * down;
  const aside = (column: number, row: number): number => (column - middle) * down - (row - middle) * across;
  const joint = random.range(0.04, 0.3);
  const inJoint = (position: number): boolean => fraction(position * repeats + phase) < joint;
  switch (random.int(0, 3)) {
    case 0:
      return (column, row) => along(column, row) * Math.SQRT2 * strength;
    case 1:
      return (column, row) => (inJoint(along(column, row)) ? -strength : 0);
    case 2:
      return (column, row) => (inJoint(along(column, row)) || inJoint(aside(column, row)) ? -strength : 0);
    default: {
      const bend = random.range(0, 0.3);
      return (column, row) => {
        const wave = bend * Math.sin(2 * Math.PI * 2 * aside(column, row));
        return strength * Math.sin(2 * Math.PI * (repeats * along(column, row) * 0.5 + wave + phase));
      };
    }
  }
}

function fraction(value: number): number {
  return value - Math.floor(value);
}
