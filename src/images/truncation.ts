/**
 * Whether a file that could not be decoded simply ends too early. Read from the containers' own structure, because
 * a decoder's message differs from version to version.
 */
import type { PictureFormat } from '../domain/picture.js';
import { unreachable } from '../domain/errors.js';

/** True when the container's structure says that bytes are missing at the end. Never throws. */
export function endsEarly(format: PictureFormat, bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'jpeg':
      return jpegEndsEarly(view);
    case 'png':
      return pngEndsEarly(view);
    case 'webp':
      return view.byteLength < 12 || view.getUint32(4, true) + 8 > view.byteLength;
    default:
      return unreachable(format);
  }
}

/**
 * ISO/IEC 10918-1 annex B: marker segments up to SOS, then entropy-coded data up to EOI. Segments are walked, so
 * that the EOI of a thumbnail inside an APP1 segment does not count.
 */
function jpegEndsEarly(view: DataView): boolean {
  let at = 2;
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return false;
    const marker = view.getUint8(at + 1);
    if (marker === 0xd9) return false;
    if (marker === 0xff) at += 1;
    else if (marker === 0xda) return !hasEoi(view, at + 2);
    else at += 2 + view.getUint16(at + 2);
  }
  return true;
}

function hasEoi(view: DataView, from: number): boolean {
  for (let at = view.byteLength - 2; at >= from; at -= 1) {
    if (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xd9) return true;
  }
  return false;
}

/** PNG (ISO/IEC 15948) clause 5: length, type, data and CRC for each chunk, IEND last. */
function pngEndsEarly(view: DataView): boolean {
  const iend = 0x49454e44;
  let at = 8;
  while (at + 12 <= view.byteLength) {
    if (view.getUint32(at + 4) === iend) return false;
    at += 12 + view.getUint32(at);
  }
  return true;
}
