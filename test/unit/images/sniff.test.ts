import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sniffPicture } from '../../../src/images/sniff.js';
import { SHIRT, draw } from './pictures.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('sniffPicture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('accepts what an encoder writes as %s', async (format) => {
    const file = await draw(SHIRT).toFormat(format).toBuffer();
    expect(sniffPicture(file)).toEqual({ kind: 'picture', format });
  });

  it.each(['gif', 'tiff', 'avif'] as const)(
    'refuses what an encoder writes as %s, by name',
    async (format) => {
      const file = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .toFormat(format)
        .toBuffer();
      const result = sniffPicture(file);
      expect(result).toMatchObject({ kind: 'refused', reason: 'unsupported-format' });
      expect(result.kind === 'refused' && result.detail.startsWith(format.toUpperCase())).toBe(true);
    },
  );

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['SVG', '\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="1"/>'],
    ['SVG', '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y">'],
    ['SVG', '\xff\xfe<\0s\0v\0g\0 \0'],
    ['HTML', '\n <!DOCTYPE html><title>404</title>'],
    ['HTML', '<HTML><body>not here</body></HTML>'],
    ['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
    ['PDF', '%PDF-1.7'],
    ['BMP', 'BM\x46\0\0\0'],
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'],
    ['TIFF', 'MM\0*\0\0\0\x08'],
    ['gzip', '\x1f\x8b\x08\0'],
  ])('refuses %s by name (%#)', (name, text) => {
    const detail = `${name} is not accepted; expected JPEG, PNG or WebP`;
    expect(sniffPicture(bytes(text))).toEqual({ kind: 'refused', reason: 'unsupported-format', detail });
  });

  it('tells an empty file from an unknown one', () => {
    expect(sniffPicture(new Uint8Array())).toMatchObject({ reason: 'empty' });
    expect(sniffPicture(bytes('hello'))).toMatchObject({ reason: 'unsupported-format' });
    expect(sniffPicture(bytes('RIFF\0\0\0\0WAVEfmt '))).toMatchObject({ reason: 'unsupported-format' });
  });

  it('reads a view into a larger buffer from its own start', async () => {
    const file = await draw(SHIRT).png().toBuffer();
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 7);
    expect(sniffPicture(larger.subarray(7))).toEqual({ kind: 'picture', format: 'png' });
  });
});
