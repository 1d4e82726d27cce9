import { describe, expect, it } from 'vitest';
import { backgroundTells, classColours } from '../../../../src/learn/dataset/background.js';
import type { Split } from '../../../../src/learn/dataset/dataset.js';
import { Random } from '../../../../src/platform/random.js';
import { smallDataset } from './small-dataset.js';
import type { SmallPicture } from './small-dataset.js';

const SIZE = 20;
type Rgb = readonly [number, number, number];

/** A garment in the middle on a ground. */
const on = (ground: Rgb, garment: Rgb): NonNullable<SmallPicture['paint']> => {
  return (x, y) => (Math.min(x, y, SIZE - 1 - x, SIZE - 1 - y) < 4 ? ground : garment);
};

function grounds(groundOf: (label: number, random: Random) => Rgb): SmallPicture[] {
  const random = new Random(5);
  return Array.from({ length: 240 }, (_, at) => {
    const split: Split = at < 120 ? 'train' : at < 180 ? 'validation' : 'test';
    const garment = [random.int(0, 255), random.int(0, 255), random.int(0, 255)] as const;
    const paint = on(groundOf(at % 3, random), garment);
    return { path: `${at}`, label: ['coat', 'hat', 'shoes'][at % 3]!, split, paint };
  });
}

const any = (random: Random): Rgb => [random.int(0, 255), random.int(0, 255), random.int(0, 255)];

describe('backgroundTells', () => {
  it('names every class where each has grounds of its own, though two of them and of like means', () => {
    const own: readonly (readonly Rgb[])[] = [
      [
        [200, 30, 30],
        [30, 200, 200],
      ],
      [
        [30, 200, 30],
        [200, 30, 200],
      ],
      [
        [30, 30, 200],
        [200, 200, 30],
      ],
    ];
    const pictures = grounds((label, random) => random.pick(own[label]!));
    const tells = backgroundTells(smallDataset(pictures, { size: SIZE }));
    expect(tells.map(({ split, named, balanced }) => [split, named.value, balanced])).toEqual([
      ['validation', 1, 1],
      ['test', 1, 1],
    ]);
  });

  it('is at chance where the grounds have nothing to do with the classes', () => {
    const tells = backgroundTells(
      smallDataset(
        grounds((_, random) => any(random)),
        { size: SIZE },
      ),
    );
    for (const { named, balanced, chance } of tells) {
      expect(chance).toBeCloseTo(1 / 3);
      expect(named.of).toBe(60);
      expect(Math.abs(balanced - chance)).toBeLessThan(0.19);
    }
  });

  it('looks between the bars', () => {
    const box = { left: 5, top: 0, width: 10, height: SIZE };
    const pictures = grounds(() => [90, 90, 90]).map((one, at): SmallPicture => {
      // The bars say the class; the ground does not.
      const bar: Rgb = [[0, 0, 0] as Rgb, [120, 0, 0] as Rgb, [0, 0, 240] as Rgb][at % 3]!;
      return { ...one, box, paint: (x, y) => (x < 5 || x >= 15 ? bar : one.paint!(10, y)) };
    });
    const [tell] = backgroundTells(smallDataset(pictures, { size: SIZE }));
    expect(tell!.named.value).toBeLessThan(0.6);
  });

  it('has nothing to say without training pictures or others', () => {
    expect(backgroundTells(smallDataset([{ path: 'a', label: 'hat' }]))).toEqual([]);
    expect(backgroundTells(smallDataset([{ path: 'a', label: 'hat', split: 'test' }]))).toEqual([]);
  });
});

describe('classColours', () => {
  it('gives the means of the pictures and of their edges', () => {
    const [hat] = classColours(
      smallDataset(
        [
          { path: 'a', label: 'hat', paint: on([255, 255, 255], [0, 0, 0]) },
          { path: 'b', label: 'hat', paint: on([245, 255, 255], [0, 0, 0]) },
        ],
        { size: SIZE },
      ),
    );
    // 144 of 400 pixels are garment.
    expect(hat).toMatchObject({ label: 'hat', colour: '#a0a3a3', edge: '#faffff' });
    expect(hat!.edgeBrightness).toBeCloseTo(0.299 * 250 + 0.701 * 255, 6);
    expect(hat!.brightness).toBeCloseTo((hat!.edgeBrightness * 256) / 400, 6);
  });
});
