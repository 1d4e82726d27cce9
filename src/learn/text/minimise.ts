/**
 * Minimises a smooth convex function: L-BFGS, the two-loop recursion of Nocedal 1980, "Updating quasi-Newton matrices
 * with limited storage", with backtracking until the step lowers the value enough (Armijo).
 */
import { dot } from '../../platform/dot-product.js';

/** Value at `point`; writes the derivative into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  readonly steps: number;
  /** Ends when no part of the derivative is larger. */
  readonly gradient: number;
  readonly onStep?: (step: number, value: number) => void;
}

const MEMORY = 10;
const ENOUGH = 1e-4;
const SHORTEST = 1e-12;

interface Move {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Returns the point that was reached from `start`. */
export function minimise(objective: Objective, start: Float64Array, options: MinimiseOptions): Float64Array {
  let point = Float64Array.from(start);
  let gradient = new Float64Array(start.length);
  let value = objective(point, gradient);
  const moves: Move[] = [];
  for (let step = 1; step <= options.steps; step += 1) {
    if (largest(gradient) <= options.gradient) break;
    const direction = descent(gradient, moves);
    const slope = dot(direction, gradient);
    // Without a memory the first step is as long as 1, or the scale would be the gradient's.
    let length = moves.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = moved(point, direction, length);
    let nextGradient = new Float64Array(start.length);
    let nextValue = objective(next, nextGradient);
    while (!(nextValue <= value + ENOUGH * length * slope) && length > SHORTEST) {
      length /= 2;
      next = moved(point, direction, length);
      nextGradient = new Float64Array(start.length);
      nextValue = objective(next, nextGradient);
    }
    if (length <= SHORTEST) break;
    const s = difference(next, point);
    const y = difference(nextGradient, gradient);
    const curvature = dot(s, y);
    if (curvature > 0) moves.push({ s, y, rho: 1 / curvature });
    if (moves.length > MEMORY) moves.shift();
    [point, gradient, value] = [next, nextGradient, nextValue];
    options.onStep?.(step, value);
  }
  return point;
}

/** Minus the approximate inverse Hessian times the gradient. */
function descent(gradient: Float64Array, moves: readonly Move[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const factors: number[] = [];
  for (const { s, y, rho } of moves.toReversed()) {
    const factor = rho * dot(s, direction);
    factors.push(factor);
    addScaled(direction, y, -factor);
  }
  const last = moves.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let at = 0; at < direction.length; at += 1) direction[at] = (direction[at] ?? 0) * scale;
  }
  for (const { s, y, rho } of moves) {
    addScaled(direction, s, (factors.pop() ?? 0) - rho * dot(y, direction));
  }
  return direction;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function moved(point: Float64Array, direction: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const next = Float64Array.from(point);
  addScaled(next, direction, length);
  return next;
}

function difference(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, at) => value - (other[at] ?? 0));
}

function addScaled(target: Float64Array, addend: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) + factor * (addend[at] ?? 0);
}
