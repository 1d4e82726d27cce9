/** One flat picture in every encoding a shop may send, and the pixels that must come of it. */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { preparePicture, preparePixels } from '../../../src/images/prepare.js';

type Rgb = readonly [number, number, number];

const OPTIONS = { size: 33, fill: 255, maxPixels: 40_000_000 };
const RED: Rgb = [200, 30, 40];
const GREY: Rgb = [100, 100, 100];
/** RED and GREY half transparent (128 of 255) over white. */
const PALE_RED: Rgb = [227, 142, 147];
const PALE_GREY: Rgb = [177, 177, 177];
const SIDE = 40;

const flat = (colour: Rgb): Sharp => {
  const [r, g, b] = colour;
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: { r, g, b } } });
};

/** A picture whose pixels all have these samples, of 8 bits, or of 16 where they are given as such. */
function samples(values: readonly number[], depth: 8 | 16 = 8): Sharp {
  const count = SIDE * SIDE * values.length;
  const at = (index: number): number => values[index % values.length]!;
  const data =
    depth === 8
      ? Uint8Array.from({ length: count }, (_, index) => at(index))
      : Uint16Array.from({ length: count }, (_, index) => at(index) * 257);
  const channels = values.length as 1 | 2 | 3 | 4;
  return sharp(data, { raw: { width: SIDE, height: SIDE, channels } });
}

/** The pixel in the middle, and how far any pixel is from it. */
async function middleOf(bytes: Uint8Array): Promise<{ middle: number[]; spread: number }> {
  const outcome = await preparePixels(bytes, OPTIONS);
  if (outcome.kind === 'refused') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  const whole = await preparePicture(bytes, OPTIONS);
  expect(whole.kind === 'prepared' && Buffer.compare(whole.picture.pixels, outcome.pixels)).toBe(0);
  const start = (16 * OPTIONS.size + 16) * 3;
  const middle = [...outcome.pixels.subarray(start, start + 3)];
  const spread = outcome.pixels.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - middle[at % 3]!)),
    0,
  );
  return { middle, spread };
}

const ENCODINGS: readonly (readonly [name: string, file: () => Sharp, is: object, expected: Rgb])[] = [
  ['grey JPEG', () => samples([100]).toColourspace('b-w').jpeg(), { channels: 1 }, GREY],
  ['progressive JPEG', () => flat(RED).jpeg({ progressive: true }), { isProgressive: true }, RED],
  ['grey PNG', () => samples([100]).toColourspace('b-w').png(), { channels: 1, depth: 'uchar' }, GREY],
  [
    'grey PNG with alpha',
    () => samples([100, 128]).toColourspace('b-w').png(),
    { channels: 2, depth: 'uchar' },
    PALE_GREY,
  ],
  [
    'grey PNG of 16 bits',
    () => samples([100], 16).toColourspace('grey16').png(),
    { channels: 1, depth: 'ushort' },
    GREY,
  ],
  [
    'grey PNG of 16 bits with alpha',
    () => samples([100, 128], 16).toColourspace('grey16').png(),
    { channels: 2, depth: 'ushort' },
    PALE_GREY,
  ],
  [
    'PNG of 16 bits',
    () => samples(RED, 16).toColourspace('rgb16').png(),
    { channels: 3, depth: 'ushort' },
    RED,
  ],
  [
    'PNG of 16 bits with alpha',
    () =>
      samples([...RED, 128], 16)
        .toColourspace('rgb16')
        .png(),
    { channels: 4, depth: 'ushort' },
    PALE_RED,
  ],
  ['PNG with a palette', () => flat(RED).png({ palette: true }), { isPalette: true }, RED],
  [
    'PNG with a transparent palette',
    () => samples([...RED, 128]).png({ palette: true }),
    { isPalette: true, hasAlpha: true },
    PALE_RED,
  ],
  ['interlaced PNG', () => flat(RED).png({ progressive: true }), { isProgressive: true }, RED],
  ['lossless WebP', () => flat(RED).webp({ lossless: true }), { format: 'webp' }, RED],
  [
    'WebP with alpha',
    () => samples([...RED, 128]).webp({ lossless: true }),
    { format: 'webp', hasAlpha: true },
    PALE_RED,
  ],
];

describe('a picture', () => {
  it.each(ENCODINGS)('as %s has its pixels', async (_, file, is, expected) => {
    const bytes = await file().toBuffer();
    expect(await sharp(bytes).metadata()).toMatchObject(is);
    const { middle, spread } = await middleOf(bytes);
    for (const [channel, value] of expected.entries()) {
      expect(Math.abs(middle[channel]! - value)).toBeLessThanOrEqual(1);
    }
    expect(spread).toBeLessThanOrEqual(1);
  });

  // What LittleCMS (Pillow 9.4, perceptual intent, its own sRGB) makes of the file with a profile.
  it.each([
    [[255, 255, 255] as Rgb, [255, 255, 255] as Rgb],
    [RED, [195, 24, 44] as Rgb],
    [[120, 90, 60] as Rgb, [114, 86, 48] as Rgb],
    [[36, 88, 201] as Rgb, [34, 87, 140] as Rgb],
  ])('in CMYK, made of %j, comes out as its profile says', async (colour, expected) => {
    const profiled = await flat(colour)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 95 })
      .toBuffer();
    const bare = await flat(colour).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(profiled).metadata()).toMatchObject({ space: 'cmyk', icc: expect.anything() });
    expect((await sharp(bare).metadata()).icc).toBeUndefined();
    for (const [bytes, give] of [
      [profiled, 11],
      // Without a profile nobody knows which inks were meant.
      [bare, 30],
    ] as const) {
      const { middle } = await middleOf(bytes);
      for (const [channel, value] of expected.entries()) {
        expect(Math.abs(middle[channel]! - value)).toBeLessThanOrEqual(give);
      }
    }
  });

  it.each(['png', 'webp', 'jpeg'] as const)('turned by EXIF in a %s lies upright', async (format) => {
    // Stored 40 wide and 20 high, red on its left half; orientation 6 turns the left side to the top.
    const half = { create: { width: 20, height: 20, channels: 3, background: '#c81e28' } } as const;
    const bytes = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#2458c9' } })
      .composite([{ input: await sharp(half).png().toBuffer(), left: 0, top: 0 }])
      .withMetadata({ orientation: 6 })
      .toFormat(format, { quality: 95 })
      .toBuffer();
    const outcome = await preparePixels(bytes, { ...OPTIONS, size: 40 });
    if (outcome.kind === 'refused') throw new Error(outcome.detail);
    expect(outcome.box).toEqual({ left: 10, top: 0, width: 20, height: 40 });
    const at = (x: number, y: number): number[] => [
      ...outcome.pixels.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3),
    ];
    expect(at(20, 5)[0]).toBeGreaterThan(180);
    expect(at(20, 34)[2]).toBeGreaterThan(180);
    expect(at(2, 20)).toEqual([255, 255, 255]);
  });

  it.each([
    [1, 1],
    [1, 4000],
    [16_000, 2],
  ])('of %i x %i keeps a line of its colour between the bars', async (width, height) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: '#c81e28' } })
      .png()
      .toBuffer();
    const outcome = await preparePixels(bytes, OPTIONS);
    if (outcome.kind === 'refused') throw new Error(outcome.detail);
    const { left, top } = outcome.box;
    const start = (top * OPTIONS.size + left) * 3;
    expect([...outcome.pixels.subarray(start, start + 3)]).toEqual([...RED]);
    expect(outcome.pixels.filter((_, index) => outcome.pixels[index - (index % 3) + 1] !== 255).length).toBe(
      outcome.box.width * outcome.box.height * 3,
    );
  });
});

/** A PNG that also holds a second frame (acTL, fcTL and fdAT after the APNG specification). */
async function animatedPng(): Promise<Buffer> {
  const [first, second] = await Promise.all([RED, GREY].map((colour) => flat(colour).png().toBuffer()));
  const dataOf = (png: Buffer): Buffer => {
    const at = png.indexOf('IDAT');
    return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
  };
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const words = (...values: number[]): Buffer => {
    const out = Buffer.alloc(values.length * 4);
    for (const [at, value] of values.entries()) out.writeUInt32BE(value, at * 4);
    return out;
  };
  const control = (sequence: number): Buffer =>
    chunk(
      'fcTL',
      Buffer.concat([words(sequence, SIDE, SIDE, 0, 0), Buffer.from('0064006400', 'hex'), Buffer.alloc(1)]),
    );
  const header = first!.indexOf('IDAT') - 4;
  const end = first!.indexOf('IEND') - 4;
  return Buffer.concat([
    first!.subarray(0, header),
    chunk('acTL', words(2, 0)),
    control(0),
    first!.subarray(header, end),
    control(1),
    chunk('fdAT', Buffer.concat([words(2), dataOf(second!)])),
    first!.subarray(end),
  ]);
}

describe('an animation', () => {
  it('as WebP or PNG counts as its first frame', async () => {
    const frames = await Promise.all([RED, GREY].map((colour) => flat(colour).png().toBuffer()));
    const webp = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    const png = await animatedPng();
    expect(png.includes('fdAT')).toBe(true);
    for (const bytes of [webp, png]) expect((await middleOf(bytes)).middle).toEqual([...RED]);
  });

  it('as GIF is refused by name, and so is a still GIF', async () => {
    const frames = await Promise.all([RED, GREY].map((colour) => flat(colour).png().toBuffer()));
    for (const bytes of [
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
      await flat(RED).gif().toBuffer(),
    ]) {
      expect(await preparePixels(bytes, OPTIONS)).toEqual({
        kind: 'refused',
        reason: 'unsupported-format',
        detail: 'GIF is not accepted; expected JPEG, PNG or WebP',
      });
    }
  });
});
