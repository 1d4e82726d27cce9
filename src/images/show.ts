/**
 * Pictures for people's eyes: decoded, made small and encoded anew as WebP, without metadata.
 *
 * Only pictures that the inference pool decoded before are asked for; the same bounds hold here all the same. The last
 * ones are kept, and one that is asked for twice at once is made once.
 */
import { access } from 'node:fs/promises';
import sharp from 'sharp';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { Sha256 } from '../domain/ids.js';
import type { BlobStore } from '../domain/ports.js';
import type { PictureShow } from '../domain/serving.js';
import { Semaphore } from '../platform/semaphore.js';

const QUALITY = 80;
/** Pictures encoded at once: libvips works on threads of its own, which inference wants as well. */
const AT_ONCE = 2;

export function createPictureShow(
  blobs: Pick<BlobStore, 'pathOf'>,
  options: { readonly maxPixels: number; readonly keepBytes: number },
): PictureShow {
  const permits = new Semaphore(AT_ONCE);
  const underWay = new Map<string, Promise<Uint8Array>>();
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;
  const keep = (key: string, bytes: Uint8Array): void => {
    kept.set(key, bytes);
    keptBytes += bytes.length;
    for (const [oldest, { length }] of kept) {
      if (keptBytes <= options.keepBytes) break;
      kept.delete(oldest);
      keptBytes -= length;
    }
  };
  return {
    show: async (picture, width) => {
      const key = `${picture} ${width}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const other = underWay.get(key);
      if (other !== undefined) return other;
      const made = permits.use(() => encode(blobs.pathOf(picture), picture, width, options.maxPixels));
      underWay.set(key, made);
      try {
        const bytes = await made;
        keep(key, bytes);
        return bytes;
      } finally {
        underWay.delete(key);
      }
    },
  };
}

async function encode(path: string, picture: Sha256, width: number, maxPixels: number): Promise<Uint8Array> {
  await access(path).catch(() => {
    throw new FashiondError('not-found', `the file of picture ${picture} is not there`);
  });
  try {
    return await sharp(path, { autoOrient: true, failOn: 'error', limitInputPixels: maxPixels, pages: 1 })
      .resize({ width, height: Math.round(width * 1.5), fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .webp({ quality: QUALITY })
      .toBuffer();
  } catch (error) {
    throw new FashiondError('refused', `picture ${picture} cannot be shown: ${messageOf(error)}`);
  }
}
