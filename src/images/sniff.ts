/**
 * A picture's format from its first bytes. File names and content types are never believed: a shop may call an
 * SVG `picture.jpg`, and a format that is not wanted must be refused before any parser sees it.
 */
import type { PictureFormat, PictureRefusal } from '../domain/picture.js';

export type SniffResult =
  | { readonly kind: 'picture'; readonly format: PictureFormat }
  | { readonly kind: 'refused'; readonly reason: PictureRefusal; readonly detail: string };

/** Markup may begin with comments and an XML declaration, so the root element is looked for this far in. */
const MARKUP_WINDOW = 4096;

/** Signatures at offset 0 as Latin-1 text, of formats that are known and not accepted. */
const REFUSED_SIGNATURES: readonly (readonly [signature: string, name: string])[] = [
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
  ['BM', 'BMP'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['II+\0', 'BigTIFF'],
  ['MM\0+', 'BigTIFF'],
  ['%PDF-', 'PDF'],
  ['%!PS', 'PostScript'],
  ['8BPS', 'Photoshop'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
  ['\0\0\x01\0', 'ICO'],
  ['\x1f\x8b', 'gzip'],
  ['PK\x03\x04', 'ZIP'],
];

/** JPEG, PNG and WebP are accepted; everything else is refused, by name where it is known. Never throws. */
export function sniffPicture(bytes: Uint8Array): SniffResult {
  if (bytes.length === 0) return { kind: 'refused', reason: 'empty', detail: 'the file has 0 bytes' };
  const head = latin1(bytes, 0, 16);
  if (head.startsWith('\xff\xd8\xff')) return { kind: 'picture', format: 'jpeg' };
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return { kind: 'picture', format: 'png' };
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return { kind: 'picture', format: 'webp' };
  const name = refusedName(bytes, head);
  const detail =
    name === null
      ? 'no known picture format; expected JPEG, PNG or WebP'
      : `${name} is not accepted; expected JPEG, PNG or WebP`;
  return { kind: 'refused', reason: 'unsupported-format', detail };
}

function refusedName(bytes: Uint8Array, head: string): string | null {
  for (const [signature, name] of REFUSED_SIGNATURES) {
    if (head.startsWith(signature)) return name;
  }
  if (head.slice(4, 8) === 'ftyp') return isoMediaName(latin1(bytes, 8, 64));
  return markupName(bytes);
}

/** ISO base media files (ISO/IEC 14496-12) list their brands after `ftyp`; AVIF and HEIC differ only there. */
function isoMediaName(brands: string): string {
  if (/avif|avis/.test(brands)) return 'AVIF';
  if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) return 'HEIC';
  return 'ISO media';
}

function markupName(bytes: Uint8Array): string | null {
  // Dropping zero bytes reads UTF-16 markup as well, without deciding on its byte order.
  const text = latin1(bytes, 0, MARKUP_WINDOW)
    .replaceAll('\0', '')
    .replace(/^(?:\xef\xbb\xbf|\xfe\xff|\xff\xfe)/, '')
    .trimStart()
    .toLowerCase();
  if (!text.startsWith('<')) return null;
  if (/<(?:[a-z]+:)?svg[\s>]/.test(text) || text.includes('<!doctype svg')) return 'SVG';
  if (text.includes('<!doctype html') || /<html[\s>]/.test(text)) return 'HTML';
  return text.startsWith('<?xml') ? 'XML' : 'markup';
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', start, end);
}
