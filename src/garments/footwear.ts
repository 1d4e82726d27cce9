/** Shoes: one or a pair, from the side or from above. */
import { ellipse } from './outline.js';
import type { Point } from './outline.js';
import { drawingOf, filled, lined, moved } from './parts.js';
import type { Drawing, Part } from './parts.js';
import { sideView, solePaint } from './shoe-sides.js';
import type { Garment } from './spec.js';

export function drawShoes(garment: Garment): Drawing {
  const view = garment.shape.detail[3];
  if (view < 0.28 && garment.style !== 'heel') return drawingOf(topViewPair(garment), 90);
  const one = sideView(garment);
  if (view < 0.42) return drawingOf(one, 90);
  const [dx, dy] = view < 0.75 ? [9 + 6 * view, -6 - 3 * view] : [-3, 15 + 4 * view];
  return drawingOf([...moved(one, dx, dy < 0 ? dy : 0), ...moved(one, 0, Math.max(dy, 0))], 90);
}

/** A pair from above, toes down. */
function topViewPair(garment: Garment): Part[] {
  const wide = 0.9 + 0.2 * garment.shape.flare;
  return [-1, 1].flatMap((side) => {
    const at = (x: number, y: number): Point => [side * 6.4 + x * wide, y];
    const upper: Point[] = [
      at(-3.6, -26),
      at(0, -28),
      at(3.6, -26),
      at(3.6, -15),
      at(4.9 + side * 0.3, -7),
      at(3.4 + side * 0.5, -1.2),
      at(side * 0.8, 0.6),
      at(-3.4 + side * 0.5, -1.2),
      at(-4.9 + side * 0.3, -7),
      at(-3.6, -15),
    ];
    const centre = side * 6.4;
    const outer = upper.map(([x, y]): Point => [centre + (x - centre) * 1.12, (y + 14) * 1.05 - 14]);
    const sandal = garment.style === 'sandal';
    const parts: Part[] = [filled(outer, solePaint(garment)), filled(upper, sandal ? '#b08457' : 'fabric')];
    if (sandal) {
      for (const y of [-6, -12]) parts.push(lined([at(-4.9, y), at(0, y - 1.8), at(4.9, y)], 2.6, 'fabric'));
      return [...parts, lined([at(-3.6, -22), at(0, -20), at(3.6, -22)], 1.3, 'fabric')];
    }
    parts.push(filled(ellipse(centre, -20.5, 2.7 * wide, 5.4), 'inside'));
    if (garment.style === 'loafer')
      return [...parts, lined([at(-4, -12), at(0, -13), at(4, -12)], 2, 'trim')];
    for (const y of [-15, -13, -11, -9]) parts.push(lined([at(-2, y), at(2, y - 0.3)], 0.8, 'light'));
    return [...parts, lined([at(-4.4, -5.4), at(0, -7), at(4.4, -5.4)], 0.5, 'trim')];
  });
}
