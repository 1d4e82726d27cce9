/** The colours that items are said to have, in the words shops use. */

/** What each looks like, images/colour-names.ts says. */
export const COLOUR_NAMES = [
  'black',
  'charcoal',
  'grey',
  'light grey',
  'white',
  'cream',
  'beige',
  'camel',
  'taupe',
  'brown',
  'khaki',
  'olive',
  'green',
  'dark green',
  'mint',
  'turquoise',
  'light blue',
  'blue',
  'navy',
  'purple',
  'lavender',
  'pink',
  'magenta',
  'red',
  'burgundy',
  'orange',
  'mustard',
  'yellow',
] as const;

export type ColourName = (typeof COLOUR_NAMES)[number];
