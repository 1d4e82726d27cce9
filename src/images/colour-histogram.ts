/**
 * A joint CIELAB histogram with soft bins: each pixel's weight is shared linearly between the eight surrounding
 * nodes, so that a slightly different exposure moves a little weight instead of changing a bin.
 */

/** Nodes lie closer around the neutral axis, where most garments are; values outside belong to the last node. */
const L_NODES: readonly number[] = [5, 27, 50, 73, 95];
const A_NODES: readonly number[] = [-40, -14, 0, 16, 45];
const B_NODES: readonly number[] = [-48, -18, 0, 16, 50];

export const COLOUR_LENGTH = L_NODES.length * A_NODES.length * B_NODES.length;

/** Finds a value's lower node and share of the upper one by table, in steps of half a unit. */
class Axis {
  static readonly #from = -128;
  static readonly #steps = 512;
  readonly lower = new Uint8Array(Axis.#steps);
  readonly share = new Float32Array(Axis.#steps);

  constructor(nodes: readonly number[]) {
    for (let step = 0; step < Axis.#steps; step += 1) {
      const value = Axis.#from + step / 2;
      let node = 0;
      while (node < nodes.length - 2 && value >= (nodes[node + 1] ?? 0)) node += 1;
      const [low = 0, high = 1] = nodes.slice(node, node + 2);
      this.lower[step] = node;
      this.share[step] = Math.min(1, Math.max(0, (value - low) / (high - low)));
    }
  }

  static step(value: number): number {
    return Math.min(Axis.#steps - 1, Math.max(0, Math.round((value - Axis.#from) * 2)));
  }
}

const L_AXIS = new Axis(L_NODES);
const A_AXIS = new Axis(A_NODES);
const B_AXIS = new Axis(B_NODES);

/** Lab pixels [n, 3] and weights [n] -> COLOUR_LENGTH non-negative numbers that add up to the sum of weights. */
export function colourHistogram(lab: Float32Array, weights: Float32Array): Float32Array {
  const out = new Float32Array(COLOUR_LENGTH);
  const rowStride = B_NODES.length;
  const planeStride = A_NODES.length * B_NODES.length;
  for (let pixel = 0; pixel < weights.length; pixel += 1) {
    const weight = weights[pixel] ?? 0;
    if (weight <= 0) continue;
    const l = Axis.step(lab[pixel * 3] ?? 0);
    const a = Axis.step(lab[pixel * 3 + 1] ?? 0);
    const b = Axis.step(lab[pixel * 3 + 2] ?? 0);
    const base =
      (L_AXIS.lower[l] ?? 0) * planeStride + (A_AXIS.lower[a] ?? 0) * rowStride + (B_AXIS.lower[b] ?? 0);
    const upL = L_AXIS.share[l] ?? 0;
    const upA = A_AXIS.share[a] ?? 0;
    const upB = B_AXIS.share[b] ?? 0;
    for (let corner = 0; corner < 8; corner += 1) {
      const [onL, onA, onB] = [corner >> 2, (corner >> 1) & 1, corner & 1];
      const share = (onL === 1 ? upL : 1 - upL) * (onA === 1 ? upA : 1 - upA) * (onB === 1 ? upB : 1 - upB);
      const at = base + onL * planeStride + onA * rowStride + onB;
      out[at] = (out[at] ?? 0) + weight * share;
    }
  }
  return out;
}
