/**
 * Knits, weaves and prints as SVG patterns. Knits and weaves are drawn in translucent black and white, so that
 * they show on every colour and print; a pattern's tile is scaled to the garment and turned with its grain.
 */
import { unreachable } from '../domain/errors.js';
import { Random, seedOf } from '../platform/random.js';
import { num } from './outline.js';
import { mix } from './palette.js';
import type { Fabric, Garment, Knit, Print } from './spec.js';

interface Tile {
  readonly width: number;
  readonly height: number;
  readonly content: string;
}

function stroke(path: string, width: number, colour: string, opacity: number): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="${width}"/>`;
}

/** One repeat of a knit; x is across the wales, y along them. */
function knitTile(knit: Knit): Tile {
  switch (knit) {
    case 'cable': {
      const strand = (y: number): string => {
        const path = `M3 ${y - 6}C3 ${y} 9 ${y} 9 ${y + 6}`;
        return stroke(path, 4.6, '#000', 0.3) + stroke(path, 2.6, '#fff', 0.26);
      };
      const gutters = `<rect width="1.4" height="6" fill="#000" fill-opacity=".3"/><rect x="10.6" width="1.4" height="6" fill="#000" fill-opacity=".3"/>`;
      return { width: 12, height: 6, content: gutters + strand(-3) + strand(3) + strand(9) };
    }
    case 'honeycomb': {
      const ridge = 'M3 0C3 3 0 3 0 6C0 9 3 9 3 12M3 0C3 3 6 3 6 6C6 9 3 9 3 12';
      const cells =
        '<ellipse cx="3" cy="6" rx="2" ry="4" fill="#000" fill-opacity=".3"/><ellipse cx="0" cy="0" rx="2" ry="4" fill="#000" fill-opacity=".3"/><ellipse cx="6" cy="0" rx="2" ry="4" fill="#000" fill-opacity=".3"/><ellipse cx="0" cy="12" rx="2" ry="4" fill="#000" fill-opacity=".3"/><ellipse cx="6" cy="12" rx="2" ry="4" fill="#000" fill-opacity=".3"/>';
      return { width: 6, height: 12, content: cells + stroke(ridge, 1.3, '#fff', 0.28) };
    }
    case 'rib':
      return {
        width: 6,
        height: 6,
        content:
          '<rect width="2" height="6" fill="#000" fill-opacity=".3"/><rect x="3.4" width="1.8" height="6" fill="#fff" fill-opacity=".2"/>',
      };
    case 'plain':
      return {
        width: 3,
        height: 2.4,
        content:
          stroke('M0 0L1.5 1.8L3 0', 0.6, '#000', 0.24) + stroke('M0 1.2L1.5 3L3 1.2', 0.4, '#fff', 0.14),
      };
    default:
      return unreachable(knit);
  }
}

function weaveTile(fabric: Fabric): Tile | null {
  switch (fabric) {
    case 'denim':
      return {
        width: 1.6,
        height: 1.6,
        content:
          stroke('M-.4 2L2 -.4M-.4 .4L.4 -.4M1.2 2L2 1.2', 0.5, '#fff', 0.22) +
          stroke('M.4 2L2 .4', 0.3, '#000', 0.14),
      };
    case 'straw':
      return {
        width: 3,
        height: 3,
        content:
          stroke('M0 .7H1.5M1.5 2.2H3', 1, '#000', 0.22) + stroke('M2.2 0V1.5M.7 1.5V3', 1, '#fff', 0.22),
      };
    case 'canvas':
      return { width: 1.4, height: 1.4, content: stroke('M0 .7H1.4M.7 0V1.4', 0.35, '#000', 0.12) };
    case 'wool':
      return {
        width: 3,
        height: 3,
        content:
          stroke('M.3 .5L1 .9M2 1.6L2.6 1.3M.8 2.4L1.2 2.1', 0.45, '#fff', 0.16) +
          stroke('M1.6 .4L2 .8M.2 1.7L.7 1.9', 0.45, '#000', 0.16),
      };
    case 'knit':
    case 'jersey':
    case 'woven':
    case 'leather':
    case 'down':
      return null;
    default:
      return unreachable(fabric);
  }
}

function printTile(print: Print, seed: number): Tile | null {
  const { ink, secondInk } = print;
  const random = new Random(seedOf(seed, 'print'));
  switch (print.kind) {
    case 'plain':
    case 'graphic':
      return null;
    case 'stripe': {
      const share = random.range(3, 6.5);
      const second = random.chance(0.3)
        ? `<rect y="${num(share + 0.8)}" width="10" height="1" fill="${secondInk}"/>`
        : '';
      return {
        width: 10,
        height: 10,
        content: `<rect width="10" height="${num(share)}" fill="${ink}"/>${second}`,
      };
    }
    case 'pinstripe':
      return { width: 10, height: 10, content: `<rect width="2.2" height="10" fill="${ink}"/>` };
    case 'check': {
      const lines = random.chance(0.5) ? stroke('M7.5 0V10M0 7.5H10', 0.7, secondInk, 0.9) : '';
      return {
        width: 10,
        height: 10,
        content: `<rect width="5" height="10" fill="${ink}" fill-opacity=".5"/><rect width="10" height="5" fill="${ink}" fill-opacity=".5"/>${lines}`,
      };
    }
    case 'dots': {
      const r = num(random.range(1.1, 2.1));
      return {
        width: 10,
        height: 10,
        content: `<g fill="${ink}"><circle cx="2.5" cy="2.5" r="${r}"/><circle cx="7.5" cy="7.5" r="${r}"/></g>`,
      };
    }
    case 'floral':
      return { width: 10, height: 10, content: flowers(random, ink, secondInk) };
    case 'fair-isle':
      return {
        width: 10,
        height: 20,
        content:
          stroke('M0 3L2.5 1L5 3L7.5 1L10 3', 1.2, ink, 1) +
          stroke('M0 7H10', 1, secondInk, 1) +
          `<path d="M2.5 9L4 11L2.5 13L1 11ZM7.5 9L9 11L7.5 13L6 11Z" fill="${ink}"/>`,
      };
    default:
      return unreachable(print.kind);
  }
}

function flowers(random: Random, ink: string, secondInk: string): string {
  let content = '';
  const count = random.int(2, 4);
  for (let index = 0; index < count; index += 1) {
    const x = random.range(2.2, 7.8);
    const y = random.range(1, 3) + (index * 8) / count;
    const r = random.range(0.8, 1.5);
    const petals = Array.from({ length: 5 }, (_, petal) => {
      const angle = (petal * 2 * Math.PI) / 5;
      return `<circle cx="${num(x + r * Math.cos(angle))}" cy="${num(y + r * Math.sin(angle))}" r="${num(r * 0.72)}"/>`;
    }).join('');
    content += `<g fill="${index % 2 === 0 ? ink : mix(ink, secondInk, 0.5)}">${petals}</g><circle cx="${num(x)}" cy="${num(y)}" r="${num(r * 0.5)}" fill="${secondInk}"/>`;
  }
  return content + `<ellipse cx="8.6" cy="8.4" rx=".6" ry="1.2" fill="${secondInk}"/>`;
}

/** The patterns of one garment; asks for a grain and gets a paint, defined once. */
export class Textures {
  readonly #garment: Garment;
  readonly #prefix: string;
  readonly #width: number;
  readonly #defined = new Map<string, string>();

  /** `width` of the garment in cm: repeats are counted across it. */
  constructor(garment: Garment, prefix: string, width: number) {
    this.#garment = garment;
    this.#prefix = prefix;
    this.#width = width;
  }

  get definitions(): string {
    return [...this.#defined.values()].join('');
  }

  /** Paints to lay over the base colour, bottom first. */
  fabric(grain: number): string[] {
    const { fabric, knit, print, seed, knitRepeats } = this.#garment;
    const paints: string[] = [];
    const printed = printTile(print, seed);
    if (printed !== null)
      paints.push(this.#paint('p', printed, (this.#width * print.scale) / 10, grain + print.angle));
    if (fabric === 'knit' && knit !== null) {
      const tile = knitTile(knit);
      paints.push(this.#paint('k', tile, this.#width / knitRepeats / tile.width, grain));
    } else {
      const tile = weaveTile(fabric);
      if (tile !== null) paints.push(this.#paint('w', tile, this.#width / 40, grain));
    }
    return paints;
  }

  rib(grain: number): string {
    return this.#paint('r', knitTile('rib'), this.#width / 26 / 6, grain);
  }

  #paint(kind: string, tile: Tile, scale: number, grain: number): string {
    const turned = Math.round(grain / 5) * 5;
    const id = `${this.#prefix}${kind}${turned < 0 ? `m${-turned}` : turned}`;
    if (!this.#defined.has(id)) {
      this.#defined.set(
        id,
        `<pattern id="${id}" patternUnits="userSpaceOnUse" width="${tile.width}" height="${tile.height}" patternTransform="rotate(${turned}) scale(${num(Math.max(scale, 0.02))})">${tile.content}</pattern>`,
      );
    }
    return `url(#${id})`;
  }
}
