/** How HOG divides a picture. */

/** Unsigned orientations. */
export const BINS = 9;
/** A pixel votes for four cells of each of the four blocks that it may lie in. */
export const LANES = 16;

/** A square picture in square cells. `side` is a multiple of `cell`, which is a multiple of 4; both in pixels. */
export interface HogGeometry {
  readonly side: number;
  readonly cell: number;
}
