/**
 * The ground a garment lies on, found from a picture's edge and recoloured: a class must not be told by its
 * usual background. Pictures are size x size x 3 bytes, letterboxed with white.
 */

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  /** Exclusive. */
  readonly right: number;
  readonly bottom: number;
}

export interface Ground {
  /** What lies inside the letterbox bars. */
  readonly content: Rectangle;
  /** Median colour along the edge of the content. */
  readonly colour: readonly [red: number, green: number, blue: number];
  /** Whether most of the edge is of about this colour, so that recolouring looks like another ground. */
  readonly even: boolean;
}

const BAR = 255;
/** Share of the edge that must be near its median colour: a figure that is cut off leaves the rest. */
const EVEN_SHARE = 0.6;
/** Sum of channel differences up to which a pixel of the edge is near its median. */
const EVEN_DISTANCE = 60;
/** Sum of channel differences up to which a pixel belongs to the ground. */
const GROUND_DISTANCE = 75;

export function findGround(pixels: Uint8Array, size: number): Ground {
  const content = insideBars(pixels, size);
  const edge = edgePixels(content, size);
  const median = (channel: number): number => {
    const values = new Uint8Array(edge.length);
    for (let index = 0; index < edge.length; index += 1) {
      values[index] = pixels[(edge[index] ?? 0) * 3 + channel] ?? 0;
    }
    values.sort();
    return values[values.length >> 1] ?? 0;
  };
  const colour = [median(0), median(1), median(2)] as const;
  const near = edge.filter((pixel) => distance(pixels, pixel, colour) <= EVEN_DISTANCE);
  return { content, colour, even: near.length >= EVEN_SHARE * edge.length };
}

/** Pixels (1 of size x size) that are connected with the edge of the content and near its colour. */
function groundMask(pixels: Uint8Array, size: number, ground: Ground): Uint8Array {
  const { content } = ground;
  const seen = new Uint8Array(size * size);
  const waiting = edgePixels(content, size);
  for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
    if (seen[pixel] === 1 || distance(pixels, pixel, ground.colour) > GROUND_DISTANCE) continue;
    seen[pixel] = 1;
    const column = pixel % size;
    const row = (pixel - column) / size;
    if (column > content.left) waiting.push(pixel - 1);
    if (column < content.right - 1) waiting.push(pixel + 1);
    if (row > content.top) waiting.push(pixel - size);
    if (row < content.bottom - 1) waiting.push(pixel + size);
  }
  return seen;
}

/**
 * Shifts the colour of the ground; its shading is kept. `pattern` is added on top: a change of brightness for a
 * place in the picture, in levels.
 */
export function recolourGround(
  pixels: Uint8Array,
  size: number,
  ground: Ground,
  colour: readonly number[],
  pattern: (column: number, row: number) => number = () => 0,
): void {
  const mask = groundMask(pixels, size, ground);
  const [red = 0, green = 0, blue = 0] = ground.colour.map((old, channel) => (colour[channel] ?? 0) - old);
  // Stores round and clamp.
  const recoloured = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    if (mask[pixel] !== 1) continue;
    const change = pattern(pixel % size, Math.floor(pixel / size));
    const at = pixel * 3;
    recoloured[at] = (recoloured[at] ?? 0) + red + change;
    recoloured[at + 1] = (recoloured[at + 1] ?? 0) + green + change;
    recoloured[at + 2] = (recoloured[at + 2] ?? 0) + blue + change;
  }
}

/** Paints everything outside the content, which is where the letterbox bars are. */
export function paintBars(
  pixels: Uint8Array,
  size: number,
  content: Rectangle,
  colour: readonly number[],
): void {
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const column = pixel % size;
    const row = (pixel - column) / size;
    const inColumns = column >= content.left && column < content.right;
    if (inColumns && row >= content.top && row < content.bottom) continue;
    for (let channel = 0; channel < 3; channel += 1) pixels[pixel * 3 + channel] = colour[channel] ?? 0;
  }
}

function distance(pixels: Uint8Array, pixel: number, [red, green, blue]: Ground['colour']): number {
  const at = pixel * 3;
  return (
    Math.abs((pixels[at] ?? 0) - red) +
    Math.abs((pixels[at + 1] ?? 0) - green) +
    Math.abs((pixels[at + 2] ?? 0) - blue)
  );
}

/** Bars lie left and right or above and below, never both; a picture of nothing but white is all content. */
function insideBars(pixels: Uint8Array, size: number): Rectangle {
  const whole = { left: 0, top: 0, right: size, bottom: size };
  const blank = (line: number, across: boolean): boolean => {
    for (let other = 0; other < size; other += 1) {
      const pixel = across ? line * size + other : other * size + line;
      for (let channel = 0; channel < 3; channel += 1) {
        if (pixels[pixel * 3 + channel] !== BAR) return false;
      }
    }
    return true;
  };
  const inner = (across: boolean): readonly [first: number, end: number] => {
    let first = 0;
    while (first < size && blank(first, across)) first += 1;
    let end = size;
    while (end > first && blank(end - 1, across)) end -= 1;
    return end > first ? [first, end] : [0, size];
  };
  const [left, right] = inner(false);
  const [top, bottom] = inner(true);
  if (right - left < bottom - top) return { ...whole, left, right };
  return { ...whole, top, bottom };
}

function edgePixels({ left, top, right, bottom }: Rectangle, size: number): number[] {
  const pixels: number[] = [];
  for (let column = left; column < right; column += 1) {
    pixels.push(top * size + column, (bottom - 1) * size + column);
  }
  for (let row = top + 1; row < bottom - 1; row += 1) pixels.push(row * size + left, row * size + right - 1);
  return pixels;
}
