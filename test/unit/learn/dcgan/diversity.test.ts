import { describe, expect, it } from 'vitest';
import { measureDiversity } from '../../../../src/learn/dcgan/diversity.js';
import { structuralSimilarity } from '../../../../src/learn/dcgan/structural-similarity.js';
import { Random } from '../../../../src/platform/random.js';
import { patches, PICTURE, SIDE } from './small-pictures.js';

const COUNT = 20;
const real = patches(COUNT, 1);
const training = patches(60, 2);

/** The first `modes` pictures again and again, each with its own noise of at most 4. */
function repeated(source: Uint8Array, modes: number): Uint8Array {
  const random = new Random(4);
  return Uint8Array.from({ length: COUNT * PICTURE }, (_, at) => {
    const mode = Math.floor(at / PICTURE) % modes;
    return Math.min(255, Math.max(0, (source[mode * PICTURE + (at % PICTURE)] ?? 0) + random.int(-4, 4)));
  });
}

const verdictOf = (samples: Uint8Array) => measureDiversity(samples, real, training).verdict;

describe('measureDiversity', () => {
  it('finds other pictures of the same kind diverse', () => {
    expect(verdictOf(patches(COUNT, 3)).kind).toBe('diverse');
  });

  it.each([1, 2, 5])('catches a generator that draws %i pictures again and again', (modes) => {
    expect(verdictOf(repeated(patches(8, 3), modes)).kind).toBe('collapsed');
  });

  it('catches a generator that draws its training pictures', () => {
    expect(verdictOf(training.slice(0, COUNT * PICTURE)).kind).toBe('copies');
  });

  it('names the nearest training picture of each sample', () => {
    const copied = training.slice(7 * PICTURE, 8 * PICTURE);
    const samples = Uint8Array.from([...copied, ...patches(3, 3)]);
    const { nearestTraining } = measureDiversity(samples, real, training);
    expect(nearestTraining[0]).toEqual({ at: 7, distance: 0 });
    expect(nearestTraining).toHaveLength(4);
  });
});

describe('structuralSimilarity', () => {
  const flat = (value: number) => new Uint8Array(PICTURE).fill(value);

  it('is 1 for a picture and itself, and little for two of noise', () => {
    const noise = (seed: number) => {
      const random = new Random(seed);
      return Uint8Array.from({ length: PICTURE }, () => random.int(0, 255));
    };
    expect(structuralSimilarity(real.subarray(0, PICTURE), real.subarray(0, PICTURE), SIDE)).toBeCloseTo(
      1,
      9,
    );
    expect(structuralSimilarity(noise(1), noise(2), SIDE)).toBeLessThan(0.2);
  });

  it('has the luminance term of the paper, at the coarsest scale alone', () => {
    const [a, b] = [100, 150];
    const luminance = (2 * a * b + 2.55 ** 2) / (a ** 2 + b ** 2 + 2.55 ** 2);
    const exponent = 0.3001 / (0.0448 + 0.2856 + 0.3001);
    expect(structuralSimilarity(flat(a), flat(b), SIDE)).toBeCloseTo(luminance ** exponent, 6);
  });
});
