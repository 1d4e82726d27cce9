import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOG_48, hog, hogCells, hogLength } from '../../../src/images/hog.js';
import { PlainAdder, addVotes, vectorAdder } from '../../../src/images/hog-votes.js';
import { cosine, noise } from './pictures.js';

const SIDE = 48;

interface Variant {
  /** Middle of the Gaussian window in pixels of the block; null for no window. */
  readonly middle: number | null;
  /** Whether a vote is shared between neighbouring orientations and cells, or all goes into its own. */
  readonly shared: boolean;
  /** Length by which a block is divided, the first time and after clipping. */
  readonly length: (sum: number, again: boolean) => number;
}

/** The paper as this project reads it. */
const OURS: Variant = { middle: 7.5, shared: true, length: (sum) => Math.sqrt(sum + 1e-6) };

/** The definition with no table and no shortcut, in doubles. */
function slowHog(picture: ArrayLike<number>, { middle, shared, length }: Variant = OURS): number[] {
  const grey = (x: number, y: number): number =>
    picture[Math.min(SIDE - 1, Math.max(0, y)) * SIDE + Math.min(SIDE - 1, Math.max(0, x))]!;
  const near = (apart: number): number => (shared ? Math.max(0, 1 - apart) : apart <= 0.5 ? 1 : 0);
  const descriptor: number[] = [];
  for (let top = 0; top + 16 <= SIDE; top += 8) {
    for (let left = 0; left + 16 <= SIDE; left += 8) {
      const block = Array.from({ length: 36 }, () => 0);
      for (let y = 0; y < 16; y += 1) {
        for (let x = 0; x < 16; x += 1) {
          const dx = grey(left + x + 1, top + y) - grey(left + x - 1, top + y);
          const dy = grey(left + x, top + y + 1) - grey(left + x, top + y - 1);
          const degrees = ((Math.atan2(dy, dx) * 180) / Math.PI + 360) % 180;
          const gauss =
            middle === null ? 1 : Math.exp(-((x - middle) ** 2 + (y - middle) ** 2) / (2 * 8 ** 2));
          for (let cell = 0; cell < 4; cell += 1) {
            const shareX = near(Math.abs(x - (3.5 + 8 * (cell % 2))) / 8);
            const shareY = near(Math.abs(y - (3.5 + 8 * Math.floor(cell / 2))) / 8);
            for (let bin = 0; bin < 9; bin += 1) {
              const from = 20 * bin;
              const apart = Math.abs(degrees - (from + 10));
              const share = shared
                ? near(Math.min(apart, 180 - apart) / 20)
                : Number(degrees >= from && degrees < from + 20);
              block[cell * 9 + bin]! += Math.hypot(dx, dy) * gauss * shareX * shareY * share;
            }
          }
        }
      }
      const unit = (values: number[], again: boolean): number[] => {
        const divisor = length(
          values.reduce((sum, value) => sum + value * value, 0),
          again,
        );
        return values.map((value) => value / divisor);
      };
      descriptor.push(
        ...unit(
          unit(block, false).map((value) => Math.min(0.2, value)),
          true,
        ),
      );
    }
  }
  return descriptor;
}

interface Golden {
  readonly pictures: readonly {
    readonly picture: string;
    readonly grey: string;
    readonly opencv: string;
    readonly scikitImage: string;
  }[];
}

const golden = JSON.parse(readFileSync(new URL('../../golden/hog.json', import.meta.url), 'utf8')) as Golden;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);

const largestDifference = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  expect(left.length).toBe(right.length);
  return Array.from(left).reduce((most, value, at) => Math.max(most, Math.abs(value - right[at]!)), 0);
};

/** Where two readings of the paper differ the definition is given theirs, so that everything else is compared. */
const OPENCV: Variant = {
  // OpenCV's window has its middle at a pixel, ours between the two middle ones.
  middle: 8,
  shared: true,
  length: (sum, again) => Math.sqrt(sum) + (again ? 1e-3 : 3.6),
};
const SCIKIT_IMAGE: Variant = { middle: null, shared: false, length: (sum) => Math.sqrt(sum + 1e-10) };

describe.each(golden.pictures)('hog beside other programs, picture $picture', (picture) => {
  const grey = bytesOf(picture.grey);
  const ours = hog(Float32Array.from(grey), HOG_48);
  const opencv = floatsOf(picture.opencv);

  it('is the definition that gives OpenCV’s numbers', () => {
    expect(largestDifference(slowHog(grey, OPENCV), opencv)).toBeLessThan(5e-4);
  });

  it('is the definition that gives scikit-image’s numbers without sharing votes', () => {
    expect(largestDifference(slowHog(grey, SCIKIT_IMAGE), floatsOf(picture.scikitImage))).toBeLessThan(1e-6);
  });

  it('gives OpenCV’s numbers but for the window’s middle', () => {
    expect(largestDifference(ours, slowHog(grey))).toBeLessThan(1e-4);
    expect(largestDifference(ours, opencv)).toBeLessThan(0.025);
    expect(cosine(ours, opencv)).toBeGreaterThan(0.9995);
  });
});

describe('hog', () => {
  it.each([1, 2, 3])('equals the slow definition on picture %i', (seed) => {
    const picture = noise(SIDE, SIDE, seed);
    const fast = hog(picture, HOG_48);
    const slow = slowHog(picture);
    expect(fast.length).toBe(hogLength(HOG_48));
    expect(slow.length).toBe(hogLength(HOG_48));
    for (let at = 0; at < slow.length; at += 1) expect(Math.abs(fast[at]! - slow[at]!)).toBeLessThan(1e-4);
  });

  it('does not change with brightness and hardly with contrast', () => {
    const picture = noise(SIDE, SIDE, 9).map((value) => value / 2);
    const brighter = picture.map((value) => value + 60);
    const stronger = picture.map((value) => value * 1.7);
    expect(cosine(hog(picture, HOG_48), hog(brighter, HOG_48))).toBeGreaterThan(0.99999);
    expect(cosine(hog(picture, HOG_48), hog(stronger, HOG_48))).toBeGreaterThan(0.99999);
  });

  it('tells upright from level edges and is zero on a flat picture', () => {
    const upright = Float32Array.from({ length: SIDE * SIDE }, (_, at) => ((at % SIDE) % 12 < 6 ? 40 : 210));
    const level = upright.map((_, at) => (Math.floor(at / SIDE) % 12 < 6 ? 40 : 210));
    expect(cosine(hog(upright, HOG_48), hog(level, HOG_48))).toBeLessThan(0.05);
    expect(hog(new Float32Array(SIDE * SIDE).fill(90), HOG_48).every((value) => value === 0)).toBe(true);
    expect(HOG_48.side).toBe(SIDE);
  });
});

describe('the votes by vector units', () => {
  it.each([
    { side: 48, cell: 8 },
    { side: 128, cell: 16 },
    { side: 32, cell: 4 },
  ])('are those of the plain code bit for bit: $side in cells of $cell', (geometry) => {
    const fast = vectorAdder(geometry);
    expect(fast).not.toBeNull();
    const slow = new PlainAdder(geometry);
    const { side } = geometry;
    const flat = new Float32Array(side * side).fill(7);
    const ramp = flat.map((_, at) => (at % side) * 1.5 - Math.floor(at / side) / 3);
    const steps = flat.map((_, at) => ((at >> 3) % 5) * 51);
    for (const grey of [noise(side, side, 4), flat, ramp, ramp.map((value) => -value), steps]) {
      const [one, other] = [new Float32Array(hogLength(geometry)), new Float32Array(hogLength(geometry))];
      addVotes(grey, geometry, fast!, one);
      addVotes(grey, geometry, slow, other);
      expect(one).toEqual(other);
    }
  });
});

describe('hogCells', () => {
  it('adds up what each cell is in its blocks, under a square root', () => {
    const geometry = { side: 24, cell: 8 };
    const blocks = new Float32Array(hogLength(geometry));
    // The middle cell is the last of the first block and the first of the last.
    blocks[3 * 9 + 4] = 0.16;
    blocks[3 * 36 + 4] = 0.09;
    const cells = hogCells(blocks, geometry);
    expect(cells.length).toBe(9 * 9);
    expect(cells[4 * 9 + 4]).toBeCloseTo(0.5, 6);
    expect(cells.filter((value) => value > 0)).toHaveLength(1);
  });
});
