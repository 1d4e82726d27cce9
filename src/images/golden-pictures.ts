/**
 * Pictures that every model is shown before it serves: garments' outlines, drawn by arithmetic alone and kept without
 * loss, so that they are the same on every machine.
 */
import sharp from 'sharp';

type Point = readonly [x: number, y: number];
type Colour = readonly [red: number, green: number, blue: number];

interface GoldenPicture {
  /** Stable: answers are kept under it. */
  readonly name: string;
  /** PNG. */
  readonly bytes: Uint8Array;
}

interface Drawing {
  /** Corners of a closed outline, in shares of width and height. */
  readonly outline: readonly Point[];
  readonly garment: Colour;
  readonly ground: Colour;
  /** Pixels of a stripe; 0 for none. */
  readonly stripe: number;
}

const WIDTH = 120;
const HEIGHT = 160;
/** A stripe is so much darker. */
const SHADE = 0.6;

const DRAWINGS: Readonly<Record<string, Drawing>> = {
  'plain sweater': {
    outline: [
      [0.35, 0.2],
      [0.65, 0.2],
      [0.95, 0.65],
      [0.82, 0.72],
      [0.7, 0.45],
      [0.7, 0.85],
      [0.3, 0.85],
      [0.3, 0.45],
      [0.18, 0.72],
      [0.05, 0.65],
    ],
    garment: [178, 34, 40],
    ground: [255, 255, 255],
    stripe: 0,
  },
  'striped trousers': {
    outline: [
      [0.32, 0.1],
      [0.68, 0.1],
      [0.75, 0.92],
      [0.56, 0.92],
      [0.5, 0.35],
      [0.44, 0.92],
      [0.25, 0.92],
    ],
    garment: [40, 70, 150],
    ground: [236, 236, 232],
    stripe: 6,
  },
  'green dress': {
    outline: [
      [0.4, 0.1],
      [0.6, 0.1],
      [0.62, 0.42],
      [0.85, 0.92],
      [0.15, 0.92],
      [0.38, 0.42],
    ],
    garment: [30, 120, 60],
    ground: [210, 200, 190],
    stripe: 0,
  },
  'striped bag': {
    outline: [
      [0.2, 0.45],
      [0.36, 0.45],
      [0.42, 0.25],
      [0.58, 0.25],
      [0.64, 0.45],
      [0.8, 0.45],
      [0.88, 0.85],
      [0.12, 0.85],
    ],
    garment: [120, 80, 40],
    ground: [255, 255, 255],
    stripe: 10,
  },
  'grey beanie': {
    outline: [
      [0.5, 0.25],
      [0.72, 0.34],
      [0.82, 0.55],
      [0.84, 0.7],
      [0.16, 0.7],
      [0.18, 0.55],
      [0.28, 0.34],
    ],
    garment: [90, 90, 96],
    ground: [30, 32, 40],
    stripe: 3,
  },
};

let drawn: Promise<readonly GoldenPicture[]> | null = null;

/** Drawn once. */
export function goldenPictures(): Promise<readonly GoldenPicture[]> {
  drawn ??= draw().catch((error: unknown) => {
    // For want of memory, say: the next one tries again.
    drawn = null;
    throw error;
  });
  return drawn;
}

function draw(): Promise<readonly GoldenPicture[]> {
  return Promise.all(
    Object.entries(DRAWINGS).map(async ([name, drawing]) => {
      const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
      return { name, bytes: await sharp(pixelsOf(drawing), { raw }).png().toBuffer() };
    }),
  );
}

/** [HEIGHT, WIDTH, 3], row by row. */
function pixelsOf({ outline, garment, ground, stripe }: Drawing): Uint8Array {
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y += 1) {
    const isDark = stripe > 0 && Math.floor(y / stripe) % 2 === 1;
    for (let x = 0; x < WIDTH; x += 1) {
      const isGarment = isInside(outline, (x + 0.5) / WIDTH, (y + 0.5) / HEIGHT);
      const colour = isGarment ? garment : ground;
      const scale = isGarment && isDark ? SHADE : 1;
      for (const [channel, value] of colour.entries()) {
        pixels[(y * WIDTH + x) * 3 + channel] = Math.round(value * scale);
      }
    }
  }
  return pixels;
}

/** By the number of edges that a ray to the right crosses (even-odd rule). */
function isInside(outline: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  let from = outline.at(-1);
  for (const to of outline) {
    if (from !== undefined && from[1] > y !== to[1] > y) {
      const crossing = from[0] + ((y - from[1]) / (to[1] - from[1])) * (to[0] - from[0]);
      if (x < crossing) inside = !inside;
    }
    from = to;
  }
  return inside;
}
