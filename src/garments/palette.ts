/** Colour names with their sRGB values, and the few colour operations the painter needs. */
import type { Random } from '../platform/random.js';
import type { Profile } from './spec.js';

/** Name -> value in training and in held-out pictures: the same name is never quite the same dye. */
const DYES = {
  white: ['#f4f4f2', '#fafaf7'],
  ivory: ['#efe6d2', '#f3ead9'],
  beige: ['#d9c4a3', '#cfb995'],
  camel: ['#b98a55', '#c0935a'],
  brown: ['#6f4a30', '#7a5236'],
  chocolate: ['#43291d', '#4b3024'],
  black: ['#1c1c1f', '#232325'],
  charcoal: ['#3d4047', '#45474c'],
  grey: ['#878b90', '#94979a'],
  silver: ['#c3c6c9', '#b8bcc2'],
  navy: ['#1f2a4d', '#26325a'],
  blue: ['#2c56a8', '#2a64b8'],
  sky: ['#8fbbe0', '#9cc5e6'],
  teal: ['#1d6e73', '#217d7a'],
  turquoise: ['#3db5b0', '#4cbdc0'],
  green: ['#2f7a44', '#3a8550'],
  forest: ['#21402c', '#274a35'],
  olive: ['#666a37', '#6f7041'],
  khaki: ['#a39770', '#aa9c78'],
  mint: ['#a9dcc2', '#b6e2cb'],
  yellow: ['#f0d24a', '#f3d95c'],
  mustard: ['#c99a2b', '#cfa238'],
  orange: ['#dd7a2b', '#e3853a'],
  rust: ['#a4492a', '#ad5332'],
  coral: ['#ef7d6b', '#f08a78'],
  red: ['#bf2631', '#c9333b'],
  burgundy: ['#6a1c2d', '#732537'],
  pink: ['#eab0bf', '#efbcc9'],
  fuchsia: ['#c8357f', '#cf4289'],
  purple: ['#5f3a87', '#6a4693'],
  lavender: ['#b7a6d6', '#c0b1dc'],
} as const;

export type ColourName = keyof typeof DYES;
export const COLOUR_NAMES = Object.keys(DYES) as readonly ColourName[];

export function isColourName(name: string): name is ColourName {
  return Object.hasOwn(DYES, name);
}

export function dye(name: ColourName, profile: Profile, random: Random): string {
  const [training, heldOut] = DYES[name];
  return varied(profile === 'training' ? training : heldOut, 9, random);
}

type Rgb = readonly [number, number, number];

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function hexOf(rgb: Rgb): string {
  const byte = (value: number): string =>
    Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, '0');
  return `#${rgb.map(byte).join('')}`;
}

/** `share` of the second colour in the first. */
export function mix(first: string, second: string, share: number): string {
  const [a, b] = [rgbOf(first), rgbOf(second)];
  return hexOf([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]);
}

/** Luma of ITU-R BT.601, 0 to 255. */
export function luma(hex: string): number {
  const [red, green, blue] = rgbOf(hex);
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

export function varied(hex: string, amount: number, random: Random): string {
  const [red, green, blue] = rgbOf(hex);
  const all = random.range(-amount, amount);
  const one = (value: number): number => value + all + random.range(-amount, amount) / 2;
  return hexOf([one(red), one(green), one(blue)]);
}
