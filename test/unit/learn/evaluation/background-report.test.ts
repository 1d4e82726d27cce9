import { describe, expect, it } from 'vitest';
import { foregroundOf } from '../../../../src/cli/foreground-of.js';
import type { CategoryId } from '../../../../src/domain/ids.js';
import { pixelsOf } from '../../../../src/learn/dataset/dataset.js';
import type { Dataset } from '../../../../src/learn/dataset/dataset.js';
import { backgroundReport } from '../../../../src/learn/evaluation/background-report.js';
import { cutOut } from '../../../../src/learn/evaluation/cut-out.js';
import { judge } from '../../../../src/learn/evaluation/judge.js';
import type { JudgedModel } from '../../../../src/learn/evaluation/judged-model.js';
import { borrowedGround } from '../../../../src/learn/evaluation/new-ground.js';
import { replaceGrounds } from '../../../../src/learn/evaluation/replace-grounds.js';
import { systemClock } from '../../../../src/platform/clock.js';
import { smallDataset } from '../dataset/small-dataset.js';

const SIZE = 32;
type Colour = readonly [number, number, number];
const SAND: Colour = [225, 205, 170];
const GRASS: Colour = [60, 130, 60];

/** A garment of one colour in the middle of a ground of another; bars of white left and right. */
const onGround =
  (garment: Colour, ground: Colour) =>
  (x: number, y: number): Colour => {
    if (x < 4 || x >= 28) return [255, 255, 255];
    return x >= 9 && x < 23 && y >= 7 && y < 25 ? garment : ground;
  };
const box = { left: 4, top: 0, width: 24, height: SIZE };

/** Hats are blue and lie on sand, skirts are red and lie on grass. */
function garments(each: number): Dataset {
  const pictures = Array.from({ length: each }, (_, at) => [
    { path: `hat/${at}.jpg`, label: 'hat', paint: onGround([40, 40, 160 + at], SAND) },
    { path: `skirt/${at}.jpg`, label: 'skirt', paint: onGround([160 + at, 40, 40], GRASS) },
  ]).flat();
  return smallDataset(
    pictures.map((picture) => ({ ...picture, split: 'test', box })),
    { size: SIZE },
  );
}

/** Names a picture by the pixel at one place: a hat where it is bluer than red, by `isHat`. */
function modelThatLooksAt(column: number, row: number, isHat: (colour: Colour) => boolean): JudgedModel {
  return {
    kind: 'network',
    name: 'looker',
    fingerprint: 'f'.repeat(64),
    labels: ['hat', 'skirt'] as CategoryId[],
    input: { size: SIZE, fill: 255 },
    threshold: 0.9,
    outputs(pixels, count) {
      const probabilities = new Float32Array(count * 2);
      for (let picture = 0; picture < count; picture += 1) {
        const at = ((picture * SIZE + row) * SIZE + column) * 3;
        const hat = isHat([pixels[at]!, pixels[at + 1]!, pixels[at + 2]!]);
        probabilities.set(hat ? [0.95, 0.05] : [0.05, 0.95], picture * 2);
      }
      return Promise.resolve({ probabilities, logits: null, features: null });
    },
    close: () => Promise.resolve(),
  };
}

async function reportOn(model: JudgedModel) {
  const dataset = garments(30);
  const judged = await judge(model, dataset, 'test', systemClock);
  return backgroundReport(model, dataset, judged!, foregroundOf);
}

describe('backgroundReport', () => {
  it('finds nothing against a model that looks at the garment', async () => {
    const report = await reportOn(modelThatLooksAt(16, 16, ([red, , blue]) => blue > red));
    expect(report).toMatchObject({
      pictures: 60,
      cut: 60,
      before: { count: 60, of: 60 },
      after: { count: 60, of: 60 },
      fall: { value: 0 },
    });
    expect(report!.byGround.map(({ ground }) => ground)).toEqual(['borrowed', 'plain', 'pattern']);
    expect(report!.fall.high).toBeLessThan(0.07);
  });

  it('convicts a model that looks at the ground', async () => {
    const report = await reportOn(modelThatLooksAt(6, 3, ([red, green]) => red > green));
    expect(report!.before.value).toBe(1);
    expect(report!.fall.value).toBeGreaterThan(0.4);
    expect(report!.fall.low).toBeGreaterThan(0.25);
    // Every borrowed ground is one of the other class.
    expect(report!.byGround[0]).toMatchObject({ ground: 'borrowed', after: { count: 0 } });
    expect(report!.examples[0]).toMatchObject({ truth: 'hat', before: 'hat', after: 'skirt' });
  });

  it('is null where no picture can be cut out', async () => {
    const dataset = smallDataset(
      [0, 1, 2, 3].map((at) => ({
        path: `${at}.jpg`,
        label: at % 2 === 0 ? 'hat' : 'skirt',
        split: 'test' as const,
        colour: [250, 250, 250] as const,
      })),
      { size: SIZE },
    );
    const model = modelThatLooksAt(16, 16, () => true);
    const judged = await judge(model, dataset, 'test', systemClock);
    expect(await backgroundReport(model, dataset, judged!, foregroundOf)).toBeNull();
  });
});

describe('replaceGrounds', () => {
  const dataset = garments(8);
  const pictures = [...dataset.index.entries.keys()];
  const replaced = replaceGrounds(dataset, pictures, foregroundOf, 1);

  it('leaves the garment and the bars as they were and nothing of the ground', () => {
    expect(replaced.rows).toEqual(pictures);
    for (const [at, row] of replaced.rows.entries()) {
      const before = pixelsOf(dataset, row);
      const after = replaced.pixels.subarray(at * SIZE ** 2 * 3, (at + 1) * SIZE ** 2 * 3);
      let [changed, damaged] = [0, 0];
      for (let pixel = 0; pixel < SIZE ** 2; pixel += 1) {
        const [x, y] = [pixel % SIZE, Math.floor(pixel / SIZE)];
        const same = [0, 1, 2].every((channel) => before[pixel * 3 + channel] === after[pixel * 3 + channel]);
        const inGarment = x >= 10 && x < 22 && y >= 8 && y < 24;
        if ((inGarment || x < 4 || x >= 28) && !same) damaged += 1;
        const inGround = x >= 4 && x < 28 && (x < 9 || x >= 23 || y < 7 || y >= 25);
        if (inGround && !same) changed += 1;
      }
      expect(damaged).toBe(0);
      expect(changed).toBeGreaterThan(500);
    }
  });

  it('gives the same pictures for the same seed, and others for another', () => {
    const again = replaceGrounds(dataset, pictures, foregroundOf, 1);
    expect(Buffer.compare(again.pixels, replaced.pixels)).toBe(0);
    const other = replaceGrounds(dataset, pictures, foregroundOf, 2);
    expect(Buffer.compare(other.pixels, replaced.pixels)).not.toBe(0);
  });
});

describe('cutOut', () => {
  const cutOf = (paint: (x: number, y: number) => Colour) =>
    cutOut(smallDataset([{ path: 'a', label: 'hat', paint, box }], { size: SIZE }), 0, foregroundOf);

  it('cuts what stands out, softly along its outline', () => {
    const cut = cutOf(onGround([40, 40, 160], SAND));
    const weightAt = (x: number, y: number): number => cut!.weights[y * box.width + x - box.left]!;
    expect([weightAt(5, 2), weightAt(16, 16)]).toEqual([0, 1]);
    expect(weightAt(9, 15)).toBeCloseTo(6 / 9, 6);
    expect(weightAt(8, 15)).toBe(0);
  });

  it('trusts no cut of a garment in pieces, of a speck, or of one as pale as its ground', () => {
    const stripes = (x: number, y: number): Colour => onGround(y % 6 < 3 ? [40, 40, 160] : SAND, SAND)(x, y);
    expect(cutOf(stripes)).toBeNull();
    const speck = (x: number, y: number): Colour =>
      x > 14 && x < 19 && y > 14 && y < 19 ? [0, 0, 90] : SAND;
    expect(cutOf(speck)).toBeNull();
    const pale = (x: number, y: number): Colour =>
      x >= 9 && x < 23 && y >= 7 && y < 25 && (x + y) % 2 === 0
        ? [229, 214, 186]
        : onGround([210, 180, 130], SAND)(x, y);
    expect(cutOf(pale)).toBeNull();
  });

  it('fills the place of another item with the ground that is nearest to it', () => {
    const halves = (x: number, y: number): Colour =>
      onGround([40, 40, 160], y < 16 ? SAND : [215, 200, 170])(x, y);
    const painter = borrowedGround(cutOf(halves)!, 12, 16);
    expect(painter(6, 4)).toEqual(SAND);
    expect(painter(6, 12)).toEqual([215, 200, 170]);
  });
});
