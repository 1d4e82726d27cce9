/**
 * sRGB (IEC 61966-2-1) to CIELAB (CIE 15) under D65, and back.
 *
 * White is the sum of the matrix's rows, so every neutral sRGB colour has a* = b* = 0.
 */

import { cubeRoot } from './cube-root.js';

/** L* 0 to 100; a* and b* within about -110 to 110 for sRGB colours. */
export type Lab = readonly [lightness: number, a: number, b: number];

export const WHITE_X = 0.4124 + 0.3576 + 0.1805;
export const WHITE_Z = 0.0193 + 0.1192 + 0.9505;
/** CIE 15: the cube root is replaced by a line below (6/29)^3. */
export const CUBE_ROOT_FROM = (6 / 29) ** 3;
export const LINE_SLOPE = (29 / 6) ** 2 / 3;
export const LINE_START = 4 / 29;

function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  const encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.min(255, Math.max(0, Math.round(encoded * 255)));
}

function compress(t: number): number {
  return t > CUBE_ROOT_FROM ? cubeRoot(t) : LINE_SLOPE * t + LINE_START;
}

function expand(f: number): number {
  return f > 6 / 29 ? f ** 3 : (f - 4 / 29) / LINE_SLOPE;
}

/** Channels 0 to 255, whole or not. */
export function labOf(red: number, green: number, blue: number): Lab {
  return ofLinear(toLinear(red), toLinear(green), toLinear(blue));
}

function ofLinear(r: number, g: number, b: number): Lab {
  const x = compress((0.4124 * r + 0.3576 * g + 0.1805 * b) / WHITE_X);
  const y = compress(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = compress((0.0193 * r + 0.1192 * g + 0.9505 * b) / WHITE_Z);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** `#rrggbb` of the nearest sRGB colour; channels outside the gamut are clipped. */
export function hexOf([lightness, a, b]: Lab): string {
  const fy = (lightness + 16) / 116;
  const x = expand(fy + a / 500) * WHITE_X;
  const y = expand(fy);
  const z = expand(fy - b / 200) * WHITE_Z;
  const channels = [
    3.2406 * x - 1.5372 * y - 0.4986 * z,
    -0.9689 * x + 1.8758 * y + 0.0415 * z,
    0.0557 * x - 0.204 * y + 1.057 * z,
  ];
  return `#${channels.map((value) => fromLinear(value).toString(16).padStart(2, '0')).join('')}`;
}

/** sRGB to linear light for every byte; pixels are rounded to bytes before they are looked up. */
export const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => toLinear(byte));

/** `labPixels` without vector units. */
export function plainLab(rgb: Float32Array | Uint8Array): Float32Array {
  const out = new Float32Array(rgb.length);
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const red = LINEAR[Math.round(rgb[at] ?? 0)] ?? 0;
    const green = LINEAR[Math.round(rgb[at + 1] ?? 0)] ?? 0;
    const blue = LINEAR[Math.round(rgb[at + 2] ?? 0)] ?? 0;
    out.set(ofLinear(red, green, blue), at);
  }
  return out;
}
