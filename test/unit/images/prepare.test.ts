import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PrepareOutcome } from '../../../src/domain/ports.js';
import type { PreparedPicture } from '../../../src/domain/picture.js';
import { LOOK_LAYOUT } from '../../../src/images/look.js';
import { preparePicture, preparePixels } from '../../../src/images/prepare.js';
import type { Drawing } from './pictures.js';
import { SHIRT, cosine, draw, meanDifference } from './pictures.js';

const OPTIONS = { size: 96, fill: 128, maxPixels: 40_000_000 };

async function prepared(bytes: Uint8Array, options = OPTIONS): Promise<PreparedPicture> {
  const outcome = await preparePicture(bytes, options);
  if (outcome.kind !== 'prepared') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.picture;
}

const refused = (reason: string): Partial<PrepareOutcome> =>
  expect.objectContaining({ kind: 'refused', reason });
const shirt = async (): Promise<Buffer> => draw(SHIRT).png().toBuffer();
const part = (look: Float32Array, name: 'colour' | 'shape' | 'pattern'): Float32Array =>
  look.subarray(...LOOK_LAYOUT[name]);

/**
 * The picture stored so that the EXIF tag describes it: for each orientation (TIFF 6.0, tag 274), which upright
 * pixel lies at a stored row and column.
 */
async function stored(orientation: number): Promise<Buffer> {
  const small = { ...SHIRT, width: 300, height: 400 };
  const { data, info } = await draw(small).raw().toBuffer({ resolveWithObject: true });
  const [w, h] = [info.width, info.height];
  const turned = orientation >= 5;
  const [columns, rows] = turned ? [h, w] : [w, h];
  const out = Buffer.alloc(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const [across, down] = turned ? [row, column] : [column, row];
      const x = [2, 3, 6, 7].includes(orientation) ? w - 1 - across : across;
      const y = [3, 4, 7, 8].includes(orientation) ? h - 1 - down : down;
      data.copy(out, (row * columns + column) * 3, (y * w + x) * 3, (y * w + x) * 3 + 3);
    }
  }
  return sharp(out, { raw: { width: columns, height: rows, channels: 3 } })
    .withMetadata({ orientation })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** A valid PNG of one bit a pixel, all white. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(1, 8);
  const rows = Buffer.alloc((Math.ceil(width / 8) + 1) * height);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('preparePicture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('gives facts, pixels and look of a %s', async (format) => {
    const { facts, pixels, look } = await prepared(await draw(SHIRT).toFormat(format).toBuffer());
    expect(facts).toMatchObject({ format, width: 600, height: 800 });
    expect(facts.palette[0]?.name).toBe('navy');
    expect(facts.palette.map(({ name }) => name)).toContain('red');
    expect(pixels.length).toBe(96 * 96 * 3);
    expect(look.length).toBe(LOOK_LAYOUT.pattern[1]);
    // The bars beside a 3:4 picture are 12 pixels wide; the first pixel of the picture is ground.
    expect([...pixels.subarray(0, 3), ...pixels.subarray(11 * 3, 12 * 3)]).toEqual(Array(6).fill(128));
    expect(pixels[13 * 3]).toBeGreaterThan(235);
    // Middle of the pocket.
    const pocket = pixels
      .subarray((Math.round(0.34 * 96) * 96 + 12 + Math.round(0.59 * 72)) * 3)
      .subarray(0, 3);
    expect(pocket[0]).toBeGreaterThan(170);
    expect(pocket[1]).toBeLessThan(90);
  });

  it('turns all eight EXIF orientations upright', async () => {
    const upright = await prepared(await stored(1));
    for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
      const { facts, pixels } = await prepared(await stored(orientation));
      expect([facts.width, facts.height]).toEqual([300, 400]);
      expect(meanDifference(pixels, upright.pixels)).toBeLessThan(1.5);
    }
  });

  it('brings CMYK, 16 bits, a palette and a wide gamut to the same sRGB', async () => {
    const reference = await prepared(await shirt());
    const files = {
      cmyk: await draw(SHIRT).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(),
      deep: await draw(SHIRT).toColourspace('rgb16').png().toBuffer(),
      palette: await draw(SHIRT).png({ palette: true }).toBuffer(),
      wide: await draw(SHIRT).withIccProfile('p3').png().toBuffer(),
    };
    expect((await sharp(files.cmyk).metadata()).space).toBe('cmyk');
    expect((await sharp(files.deep).metadata()).depth).toBe('ushort');
    expect((await sharp(files.wide).metadata()).icc).toBeDefined();
    for (const [name, bytes] of Object.entries(files)) {
      const { pixels } = await prepared(bytes);
      // CMYK cannot hold every sRGB colour and comes back a little different.
      const near = meanDifference(pixels, reference.pixels) < (name === 'cmyk' ? 12 : 2);
      expect({ name, near }).toEqual({ name, near: true });
    }
  });

  it('reads grey pictures as three equal channels', async () => {
    for (const bytes of [
      await draw(SHIRT).greyscale().toColourspace('b-w').jpeg().toBuffer(),
      await draw(SHIRT).greyscale().toColourspace('b-w').png().toBuffer(),
      await draw(SHIRT).greyscale().toColourspace('grey16').png().toBuffer(),
    ]) {
      expect((await sharp(bytes).metadata()).channels).toBe(1);
      const { pixels, facts } = await prepared(bytes);
      for (let at = 0; at < pixels.length; at += 3) {
        expect(Math.abs(pixels[at]! - pixels[at + 1]!) + Math.abs(pixels[at]! - pixels[at + 2]!)).toBe(0);
      }
      expect(facts.palette.every(({ name }) => /black|charcoal|grey|white/.test(name))).toBe(true);
    }
  });

  it('lays transparent pictures on white, whatever colour lies under the transparency', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">
      <circle cx="150" cy="150" r="80" fill="#1d2a55"/></svg>`;
    const { data, info } = await sharp(Buffer.from(svg)).raw().toBuffer({ resolveWithObject: true });
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 0) data.set([255, 0, 0], at);
    for (const format of ['png', 'webp'] as const) {
      const bytes = await sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
        .toFormat(format, { lossless: true, exact: true })
        .toBuffer();
      const { pixels, facts } = await prepared(bytes);
      expect([...pixels.subarray(0, 3)]).toEqual([255, 255, 255]);
      expect(facts.palette[0]?.name).toBe('navy');
    }
  });

  it('takes the first frame of an animation', async () => {
    const frame = async (background: string): Promise<Buffer> =>
      sharp({ create: { width: 60, height: 40, channels: 3, background } })
        .png()
        .toBuffer();
    const bytes = await sharp([await frame('#c81e2d'), await frame('#2458c9')], { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expect((await sharp(bytes).metadata()).pages).toBe(2);
    const { facts } = await prepared(bytes);
    expect(facts).toMatchObject({ format: 'webp', width: 60, height: 40 });
    expect(facts.palette).toEqual([{ name: 'red', hex: '#c81e2d', share: 1 }]);
  });

  it('handles pictures of one pixel and of one line', async () => {
    for (const [width, height] of [
      [1, 1],
      [3000, 1],
      [1, 500],
      [2, 3],
    ] as const) {
      const bytes = await sharp({ create: { width, height, channels: 3, background: 'teal' } })
        .png()
        .toBuffer();
      const { facts, pixels, look } = await prepared(bytes);
      expect(facts).toMatchObject({ width, height });
      expect(pixels.length).toBe(96 * 96 * 3);
      expect(look.every(Number.isFinite)).toBe(true);
    }
  });

  it('reads a view into a larger buffer and leaves the bytes alone', async () => {
    const file = await shirt();
    const larger = new Uint8Array(file.length + 100).fill(0xaa);
    larger.set(file, 50);
    const view = larger.subarray(50, 50 + file.length);
    expect(Buffer.compare((await prepared(view)).pixels, (await prepared(file)).pixels)).toBe(0);
    expect(Buffer.compare(view, file)).toBe(0);
  });
});

describe('refusals', () => {
  it('names each kind of bad file, without throwing', async () => {
    const jpeg = await draw(SHIRT).jpeg().toBuffer();
    const png = await shirt();
    const webp = await draw(SHIRT).webp().toBuffer();
    const garbled = Buffer.from(png);
    garbled.fill(0x5a, 60, 400);
    // A quantisation table with a number that does not exist.
    const broken = Buffer.from(jpeg);
    broken[jpeg.indexOf('ffdb', 0, 'hex') + 4] = 0x0f;
    const cases: [Uint8Array, string][] = [
      [new Uint8Array(), 'empty'],
      [jpeg.subarray(0, jpeg.length / 2), 'truncated'],
      [jpeg.subarray(0, 20), 'truncated'],
      [png.subarray(0, png.length / 2), 'truncated'],
      [png.subarray(0, 30), 'truncated'],
      [webp.subarray(0, webp.length / 2), 'truncated'],
      [garbled, 'undecodable'],
      [Buffer.from('ffd8ffdbffd9', 'hex'), 'truncated'],
      [broken, 'undecodable'],
      [Buffer.from('no picture at all'), 'unsupported-format'],
      [
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>'),
        'unsupported-format',
      ],
    ];
    for (const [bytes, reason] of cases) {
      expect(await preparePicture(bytes, OPTIONS)).toEqual(refused(reason));
      expect(await preparePixels(bytes, OPTIONS)).toEqual(refused(reason));
    }
  });

  it('refuses 100 megapixels from the header alone', async () => {
    const png = hugePng(10_000, 10_000);
    expect(await preparePicture(png, OPTIONS)).toEqual({
      kind: 'refused',
      reason: 'too-many-pixels',
      detail: '10000 x 10000 pixels; at most 40000000 are decoded',
    });
    // Had its pixels been decoded, this half of a file would be called truncated.
    const half = png.subarray(0, png.length / 2);
    expect(await preparePicture(half, OPTIONS)).toEqual(refused('too-many-pixels'));
    expect(await preparePicture(half, { ...OPTIONS, maxPixels: 100_000_000 })).toEqual(refused('truncated'));
  });

  it('decodes a picture of exactly the limit', async () => {
    expect((await prepared(await shirt(), { ...OPTIONS, maxPixels: 480_000 })).facts.width).toBe(600);
    expect(await preparePicture(await shirt(), { ...OPTIONS, maxPixels: 479_999 })).toEqual(
      refused('too-many-pixels'),
    );
  });
});

describe('preparePixels', () => {
  it.each([32, 96, 128, 300])('gives the pixels of preparePicture at %i', async (size) => {
    for (const drawing of [SHIRT, { ...SHIRT, width: 90, height: 70 }]) {
      const bytes = await draw(drawing).jpeg().toBuffer();
      const outcome = await preparePixels(bytes, { ...OPTIONS, size });
      const { pixels } = await prepared(bytes, { ...OPTIONS, size });
      expect(outcome.kind === 'pixels' && Buffer.compare(outcome.pixels, pixels)).toBe(0);
    }
  });

  it('gives them also where another network takes larger pictures', async () => {
    const options = { ...OPTIONS, second: { size: 256, fill: 0 } };
    const bytes = await draw(SHIRT).jpeg().toBuffer();
    const outcome = await preparePixels(bytes, options);
    const { pixels } = await prepared(bytes, options);
    expect(outcome.kind === 'pixels' && Buffer.compare(outcome.pixels, pixels)).toBe(0);
    expect(Buffer.compare((await prepared(bytes)).pixels, pixels)).not.toBe(0);
  });
});

describe('look vector', () => {
  const look = async (drawing: Drawing): Promise<Float32Array> =>
    (await prepared(await draw(drawing).png().toBuffer())).look;

  it('has parts of unit length that cover it without gaps', async () => {
    const vector = await look(SHIRT);
    expect(LOOK_LAYOUT.colour[0]).toBe(0);
    expect(LOOK_LAYOUT.shape[0]).toBe(LOOK_LAYOUT.colour[1]);
    expect(LOOK_LAYOUT.pattern[0]).toBe(LOOK_LAYOUT.shape[1]);
    for (const name of ['colour', 'shape', 'pattern'] as const) {
      expect(part(vector, name).reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });

  it('hardly changes with size, encoding and framing', async () => {
    const original = await look(SHIRT);
    const half = await look({ ...SHIRT, width: 300, height: 400 });
    const jpeg = (await prepared(await draw(SHIRT).jpeg({ quality: 70 }).toBuffer())).look;
    const framed = await draw(SHIRT)
      .extend({ top: 150, bottom: 50, left: 60, right: 200, background: SHIRT.ground })
      .png()
      .toBuffer();
    expect(cosine(original, half)).toBeGreaterThan(0.95);
    expect(cosine(original, jpeg)).toBeGreaterThan(0.95);
    expect(cosine(original, (await prepared(framed)).look)).toBeGreaterThan(0.85);
  });

  it('does not depend on the size of the network', async () => {
    const bytes = await draw(SHIRT).jpeg().toBuffer();
    const [small, large] = await Promise.all(
      [64, 320].map(async (size) => prepared(bytes, { ...OPTIONS, size })),
    );
    expect(cosine(small!.look, large!.look)).toBeGreaterThan(0.98);
  });

  it('has the same colours in a mirror', async () => {
    const mirrored = await prepared(await draw(SHIRT).flop().png().toBuffer());
    expect(cosine(part(await look(SHIRT), 'colour'), part(mirrored.look, 'colour'))).toBeGreaterThan(0.999);
  });

  it('tells colour, shape and pattern apart', async () => {
    const plain: Drawing = { width: 600, height: 800, ground: '#f4f4f4', colour: '#1d2a55' };
    const [base, red, striped, wide] = await Promise.all([
      look(plain),
      look({ ...plain, colour: '#b01020' }),
      look({ ...plain, stripes: '#e9e2d0' }),
      look({ ...plain, width: 900, height: 450 }),
    ]);
    const compare = (other: Float32Array, name: 'colour' | 'shape' | 'pattern'): number =>
      cosine(part(base, name), part(other, name));
    expect(compare(red, 'colour')).toBeLessThan(0.3);
    expect(compare(red, 'shape')).toBeGreaterThan(0.95);
    expect(compare(striped, 'pattern')).toBeLessThan(compare(red, 'pattern'));
    expect(compare(wide, 'shape')).toBeLessThan(0.8);
    expect(compare(wide, 'colour')).toBeGreaterThan(0.9);
  });

  it('leaves shape at zero where nothing has one', async () => {
    const flat = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#888888' } })
      .png()
      .toBuffer();
    expect(part((await prepared(flat)).look, 'shape').every((value) => value === 0)).toBe(true);
  });
});
