/** Chest graphics: letters-like bars, badges and simple figures, drawn from the garment's seed. */
import { Random, seedOf } from '../platform/random.js';
import { bar, ellipse } from './outline.js';
import type { Point } from './outline.js';
import { filled, lined } from './parts.js';
import type { Part } from './parts.js';
import type { Garment } from './spec.js';

/** A graphic about `size` cm wide around a point of the garment. */
export function graphicParts(garment: Garment, x: number, y: number, size: number): Part[] {
  const random = new Random(seedOf(garment.seed, 'graphic'));
  const { ink, secondInk } = garment.print;
  const paints = [ink as `#${string}`, secondInk as `#${string}`] as const;
  switch (random.weighted({ letters: 3, badge: 2, figure: 2, sun: 1.5 })) {
    case 'letters':
      return letters(random, x, y, size, paints);
    case 'badge':
      return [
        filled(ellipse(x, y, size / 2, size / 2.3), paints[0]),
        filled(ellipse(x, y, size / 2.8, size / 3.2), paints[1]),
        ...letters(random, x, y, size * 0.5, paints),
      ];
    case 'figure':
      return figure(random, x, y, size, paints);
    default:
      return sun(random, x, y, size, paints);
  }
}

type Paints = readonly [`#${string}`, `#${string}`];

function letters(random: Random, x: number, y: number, size: number, paints: Paints): Part[] {
  const parts: Part[] = [];
  const rows = random.int(1, 3);
  for (let row = 0; row < rows; row += 1) {
    const count = random.int(4, 7);
    const pitch = size / count;
    const height = size * (row === 0 ? 0.26 : 0.16);
    const top = y + (row - (rows - 1) / 2) * size * 0.32;
    for (let index = 0; index < count; index += 1) {
      const centre = x + (index - (count - 1) / 2) * pitch;
      const paint = paints[row % 2 === 0 ? 0 : 1];
      parts.push(...letter(random, centre, top, pitch * 0.62, height, paint));
    }
  }
  return parts;
}

function letter(random: Random, x: number, y: number, w: number, h: number, paint: `#${string}`): Part[] {
  const stroke = w * 0.32;
  switch (random.int(0, 3)) {
    case 0:
      return [
        filled(bar(x - w / 2 + stroke / 2, y, stroke, h), paint),
        filled(bar(x, y - h / 2 + stroke / 2, w, stroke), paint),
      ];
    case 1:
      return [
        filled(bar(x - w / 2 + stroke / 2, y, stroke, h), paint),
        filled(bar(x + w / 2 - stroke / 2, y, stroke, h), paint),
        filled(bar(x, y, w, stroke), paint),
      ];
    case 2:
      return [lined(ellipse(x, y, w / 2.2, h / 2.2), stroke, paint)];
    default:
      return [filled(bar(x, y, stroke, h, 20), paint), filled(bar(x, y, stroke, h, -20), paint)];
  }
}

function figure(random: Random, x: number, y: number, size: number, paints: Paints): Part[] {
  const parts: Part[] = [];
  const count = random.int(4, 8);
  for (let index = 0; index < count; index += 1) {
    const points = Array.from({ length: 5 }, (_, corner): Point => {
      const angle = (corner * 2 * Math.PI) / 5;
      const radius = size * random.range(0.1, 0.32);
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    });
    const dx = x + random.range(-0.3, 0.3) * size;
    const dy = y + random.range(-0.35, 0.35) * size;
    parts.push(
      filled(
        points.map(([px, py]) => [px + dx, py + dy]),
        paints[index % 2 === 0 ? 0 : 1],
      ),
    );
  }
  return parts;
}

function sun(random: Random, x: number, y: number, size: number, paints: Paints): Part[] {
  const parts = [filled(ellipse(x, y, size / 2.4, size / 2.4), paints[0])];
  const bars = random.int(2, 5);
  for (let index = 0; index < bars; index += 1) {
    parts.push(filled(bar(x, y + size * (0.06 + index * 0.09), size * 0.95, size * 0.04), paints[1]));
  }
  return parts;
}
