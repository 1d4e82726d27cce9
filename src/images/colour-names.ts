/**
 * What is called by which of the colour names. A name may have several specimens, because what people call blue or
 * green is not a ball around one point.
 */
import { COLOUR_NAMES } from '../domain/colour.js';
import type { ColourName } from '../domain/colour.js';
import { colourDifference, lightnessDifference } from './colour-difference.js';
import type { Lab } from './lab.js';
import { labOf } from './lab.js';

const SPECIMENS: Readonly<Record<ColourName, readonly string[]>> = {
  black: ['#000000', '#161616', '#201d1e'],
  charcoal: ['#3c3d40'],
  grey: ['#6f7072', '#949494'],
  'light grey': ['#c3c4c6'],
  white: ['#ffffff', '#f2f2f2'],
  cream: ['#f6eedb'],
  beige: ['#dccab0', '#c8b39a'],
  camel: ['#bd8c58'],
  taupe: ['#8b7d70', '#6e625a'],
  brown: ['#6b4428', '#40291d', '#8d6549'],
  khaki: ['#9a9067'],
  olive: ['#5c5d30'],
  green: ['#2d8f47', '#57b04a', '#4f7f58'],
  'dark green': ['#1c3f2d'],
  mint: ['#a9dcc3'],
  turquoise: ['#35b8c0', '#137a7d'],
  'light blue': ['#a5c8e8', '#7fa9d6'],
  blue: ['#2458c9', '#4a6c97', '#1d3f8f'],
  navy: ['#1b2444', '#12172a'],
  purple: ['#6a308f', '#47265e', '#7e5a9c'],
  lavender: ['#c3b2e2'],
  pink: ['#f3b6c5', '#e58aa6', '#d9a3a3'],
  magenta: ['#d3267f'],
  red: ['#cc1f2d', '#e23b3b'],
  burgundy: ['#6c162a'],
  orange: ['#ef7f1e', '#f2775b', '#c4582a'],
  mustard: ['#c8982c'],
  yellow: ['#f6da3c', '#f5ea9a'],
};

const PROTOTYPES: readonly (readonly [name: ColourName, lab: Lab])[] = COLOUR_NAMES.flatMap((name) =>
  SPECIMENS[name].map((hex) => [name, labOfHex(hex)] as const),
);

/** The name whose specimen is nearest by CIEDE2000. */
export function colourName(colour: Lab): ColourName {
  let best: ColourName = 'black';
  let nearest = Number.POSITIVE_INFINITY;
  for (const [name, specimen] of PROTOTYPES) {
    // A little more than the nearest, for rounding.
    if (Math.abs(lightnessDifference(colour[0], specimen[0])) > nearest * 1.000001) continue;
    const difference = colourDifference(colour, specimen);
    if (difference < nearest) {
      nearest = difference;
      best = name;
    }
  }
  return best;
}

function labOfHex(hex: string): Lab {
  const value = Number.parseInt(hex.slice(1), 16);
  return labOf((value >> 16) & 255, (value >> 8) & 255, value & 255);
}
