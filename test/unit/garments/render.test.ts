import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { garmentSvg } from '../../../src/garments/compose.js';
import { garmentSpec, renderGarment, withScene } from '../../../src/garments/render.js';
import { categoryOfKind, GARMENT_KINDS } from '../../../src/garments/spec.js';
import { STYLES } from '../../../src/garments/cuts.js';

const SIZE = { width: 96, height: 96 };

describe('garmentSpec', () => {
  it('gives the same plain JSON for the same seed, and another one for another seed or profile', () => {
    const spec = garmentSpec('sweater', 7, 'training');
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(garmentSpec('sweater', 7, 'training')).toEqual(spec);
    expect(garmentSpec('sweater', 8, 'training')).not.toEqual(spec);
    expect(garmentSpec('sweater', 7, 'held-out').garment.shape).not.toEqual(spec.garment.shape);
  });

  it('keeps what the caller fixes', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const { garment, scene } = garmentSpec('beanie', seed, 'held-out', {
        style: 'pompom',
        colourName: 'navy',
        knit: 'cable',
        print: 'plain',
        presentation: 'worn',
        background: 'white',
      });
      expect(garment).toMatchObject({ style: 'pompom', colourName: 'navy', knit: 'cable', fabric: 'knit' });
      expect(garment.print.kind).toBe('plain');
      expect(scene.presentation).toBe('worn');
      expect(scene.background.kind).toBe('white');
    }
  });

  it('refuses a style or colour that does not exist, and says which there are', () => {
    expect(() => garmentSpec('hat', 1, 'training', { style: 'crew' })).toThrow(/hat has no style crew/);
    expect(() => garmentSpec('hat', 1, 'training', { colourName: 'octarine' })).toThrow(/octarine/);
  });

  it('draws every style of every kind, and every knit on sweaters and on beanies alike', () => {
    for (const kind of GARMENT_KINDS) {
      const styles = new Set<string>();
      for (let seed = 0; seed < 120; seed += 1) styles.add(garmentSpec(kind, seed, 'training').garment.style);
      expect([...styles].sort()).toEqual([...STYLES[kind]].sort());
    }
    for (const kind of ['sweater', 'beanie'] as const) {
      const knits = new Map<string | null, number>();
      for (let seed = 0; seed < 400; seed += 1) {
        const { knit } = garmentSpec(kind, seed, 'training').garment;
        knits.set(knit, (knits.get(knit) ?? 0) + 1);
      }
      expect(new Set(knits.keys())).toEqual(new Set(['cable', 'honeycomb', 'plain', 'rib']));
      // The texture must not give the class away: no knit may be rare on one of them.
      for (const count of knits.values()) expect(count).toBeGreaterThan(50);
    }
  });
});

describe('garmentSvg', () => {
  it('never writes a number that is none', () => {
    for (const kind of GARMENT_KINDS) {
      for (let seed = 0; seed < 25; seed += 1) {
        const profile = seed % 2 === 0 ? 'training' : 'held-out';
        expect(garmentSvg(garmentSpec(kind, seed, profile), SIZE)).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });
});

describe('renderGarment', () => {
  it.each(GARMENT_KINDS)('draws a %s: a JPEG of the size asked for with something on it', async (kind) => {
    for (const presentation of ['flat-lay', 'mannequin', 'worn', 'several', 'hanging'] as const) {
      const spec = garmentSpec(kind, 11, 'held-out', { presentation, background: 'white' });
      expect(spec.garment.category).toBe(categoryOfKind(kind));
      const picture = await renderGarment(spec, { width: 96, height: 120 });
      const { format, width, height } = await sharp(picture).metadata();
      expect({ format, width, height }).toEqual({ format: 'jpeg', width: 96, height: 120 });
      const { channels } = await sharp(picture).stats();
      expect(Math.max(...channels.map((channel) => channel.stdev))).toBeGreaterThan(12);
    }
  });

  it('gives the same bytes for the same spec, also after a round trip through JSON', async () => {
    const spec = garmentSpec('coat', 3, 'training');
    const first = await renderGarment(spec, SIZE);
    const again = await renderGarment(JSON.parse(JSON.stringify(spec)) as typeof spec, SIZE);
    expect(again.equals(first)).toBe(true);
  });

  it('shows the same garment in another scene', async () => {
    const spec = garmentSpec('bag', 5, 'held-out');
    const other = withScene(spec, 99);
    expect(other.garment).toEqual(spec.garment);
    expect(other.scene).not.toEqual(spec.scene);
    expect((await renderGarment(other, SIZE)).equals(await renderGarment(spec, SIZE))).toBe(false);
  });

  it('paints the colour it names', async () => {
    const spec = garmentSpec('t-shirt', 21, 'held-out', {
      colourName: 'red',
      print: 'plain',
      presentation: 'flat-lay',
      background: 'white',
    });
    const { data, info } = await sharp(await renderGarment(spec, SIZE))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const centre = (48 * info.width + 48) * info.channels;
    const [red = 0, green = 0, blue = 0] = data.subarray(centre, centre + 3);
    expect(red).toBeGreaterThan(green + 40);
    expect(red).toBeGreaterThan(blue + 40);
  });
});
