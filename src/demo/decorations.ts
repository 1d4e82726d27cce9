/** Logos, banners and spacers: pictures on every page that are no product pictures. */
import { deflateSync } from 'node:zlib';
import { FIRST_DAY } from './catalogue.js';
import { etagOf } from './site.js';
import type { Resource } from './site.js';

const SIZES: Readonly<Record<string, readonly [width: number, height: number, grey: number]>> = {
  'logo.png': [180, 40, 60],
  'banner.png': [1200, 400, 190],
  'sale_banner.png': [600, 120, 150],
  'spacer.png': [1, 1, 255],
  'btn_cart.png': [120, 32, 90],
  'icon_new.png': [32, 16, 200],
};

const made = new Map<string, Resource>();

export function decorationNamed(name: string): Resource | null {
  const size = SIZES[name];
  if (size === undefined) return null;
  const known = made.get(name);
  if (known !== undefined) return known;
  const bytes = greyPng(...size);
  const resource: Resource = {
    contentType: 'image/png',
    body: () => Promise.resolve(bytes),
    etag: etagOf(bytes),
    lastModified: FIRST_DAY,
  };
  made.set(name, resource);
  return resource;
}

/** A plain grey PNG (W3C PNG Specification, third edition: signature, IHDR, IDAT, IEND). */
function greyPng(width: number, height: number, grey: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const row = Buffer.alloc(width + 1, grey);
  row[0] = 0;
  const pixels = Buffer.concat(Array.from({ length: height }, () => row));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** CRC-32 as the PNG specification's annex defines it; zlib.crc32 needs a newer Node than 20.19 promises. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
