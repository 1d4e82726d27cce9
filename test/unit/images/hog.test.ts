import { describe, expect, it } from 'vitest';
import { HOG_LENGTH, HOG_SIDE, hog } from '../../../src/images/hog.js';
import { cosine, noise } from './pictures.js';

const SIDE = 48;

/** The paper's definition with no table and no shortcut, in doubles. */
function slowHog(picture: Float32Array): number[] {
  const grey = (x: number, y: number): number =>
    picture[Math.min(SIDE - 1, Math.max(0, y)) * SIDE + Math.min(SIDE - 1, Math.max(0, x))]!;
  const descriptor: number[] = [];
  for (let top = 0; top + 16 <= SIDE; top += 8) {
    for (let left = 0; left + 16 <= SIDE; left += 8) {
      const block = Array.from({ length: 36 }, () => 0);
      for (let y = 0; y < 16; y += 1) {
        for (let x = 0; x < 16; x += 1) {
          const dx = grey(left + x + 1, top + y) - grey(left + x - 1, top + y);
          const dy = grey(left + x, top + y + 1) - grey(left + x, top + y - 1);
          const degrees = ((Math.atan2(dy, dx) * 180) / Math.PI + 360) % 180;
          const gauss = Math.exp(-((x - 7.5) ** 2 + (y - 7.5) ** 2) / (2 * 8 ** 2));
          for (let cell = 0; cell < 4; cell += 1) {
            const shareX = 1 - Math.abs(x - (3.5 + 8 * (cell % 2))) / 8;
            const shareY = 1 - Math.abs(y - (3.5 + 8 * Math.floor(cell / 2))) / 8;
            if (shareX <= 0 || shareY <= 0) continue;
            for (let bin = 0; bin < 9; bin += 1) {
              const apart = Math.abs(degrees - (20 * bin + 10));
              const share = 1 - Math.min(apart, 180 - apart) / 20;
              if (share > 0) block[cell * 9 + bin]! += Math.hypot(dx, dy) * gauss * shareX * shareY * share;
            }
          }
        }
      }
      const unit = (values: number[]): number[] => {
        const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 1e-6));
        return values.map((value) => value / length);
      };
      descriptor.push(...unit(unit(block).map((value) => Math.min(0.2, value))));
    }
  }
  return descriptor;
}

describe('hog', () => {
  it.each([1, 2, 3])('equals the slow definition on picture %i', (seed) => {
    const picture = noise(SIDE, SIDE, seed);
    const fast = hog(picture);
    const slow = slowHog(picture);
    expect(fast.length).toBe(HOG_LENGTH);
    expect(slow.length).toBe(HOG_LENGTH);
    for (let at = 0; at < slow.length; at += 1) expect(Math.abs(fast[at]! - slow[at]!)).toBeLessThan(1e-4);
  });

  it('does not change with brightness and hardly with contrast', () => {
    const picture = noise(SIDE, SIDE, 9).map((value) => value / 2);
    const brighter = picture.map((value) => value + 60);
    const stronger = picture.map((value) => value * 1.7);
    expect(cosine(hog(picture), hog(brighter))).toBeGreaterThan(0.99999);
    expect(cosine(hog(picture), hog(stronger))).toBeGreaterThan(0.99999);
  });

  it('tells upright from level edges and is zero on a flat picture', () => {
    const upright = Float32Array.from({ length: SIDE * SIDE }, (_, at) => ((at % SIDE) % 12 < 6 ? 40 : 210));
    const level = upright.map((_, at) => (Math.floor(at / SIDE) % 12 < 6 ? 40 : 210));
    expect(cosine(hog(upright), hog(level))).toBeLessThan(0.05);
    expect(hog(new Float32Array(SIDE * SIDE).fill(90)).every((value) => value === 0)).toBe(true);
    expect(HOG_SIDE).toBe(SIDE);
  });
});
