/** A picture on its way to the network: read, turned upright, brought to sRGB, or refused. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PrepareOutcome } from '../../../src/domain/ports.js';
import { LOOK_LAYOUT } from '../../../src/images/look.js';
import { preparePicture, preparePixels } from '../../../src/images/prepare.js';
import { SHIRT, draw, meanDifference } from './pictures.js';
import { OPTIONS, prepared } from './prepared.js';

const refused = (reason: string): Partial<PrepareOutcome> =>
  expect.objectContaining({ kind: 'refused', reason });
const shirt = async (): Promise<Buffer> => draw(SHIRT).png().toBuffer();

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
