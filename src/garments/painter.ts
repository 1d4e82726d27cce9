/** Parts of a garment -> SVG: base colour, print, texture, seams, and light and folds over all of it. */
import type { Random } from '../platform/random.js';
import { num } from './outline.js';
import { luma, mix } from './palette.js';
import type { Drawing, Part } from './parts.js';
import type { Garment } from './spec.js';
import { Textures } from './textures.js';

export interface Painted {
  readonly definitions: string;
  readonly body: string;
}

export interface Lighting {
  /** Direction the light comes from, in degrees (0: right, 90: below). */
  readonly angle: number;
  /** 0 flat, 1 strong. */
  readonly strength: number;
  /** Strength of folds, 0 to 1. */
  readonly folds: number;
  /** Opacity of the shadow thrown on the ground. */
  readonly shadow: number;
}

/** `id` must be unique in the picture: it prefixes the ids of patterns, clips and filters. */
export function paintGarment(
  garment: Garment,
  drawing: Drawing,
  id: string,
  lighting: Lighting,
  random: Random,
): Painted {
  const headwear = garment.kind === 'beanie' || garment.kind === 'hat';
  const width = headwear ? 22 : garment.kind === 'shoes' ? 28 : 38 * garment.shape.ease;
  const textures = new Textures(garment, id, width);
  const unit = (drawing.box.bottom - drawing.box.top + drawing.box.right - drawing.box.left) / 120;
  const flat = drawing.parts.map((part) => paintPart(part, garment, textures, unit)).join('');
  const solid = drawing.parts.filter((part) => part.line === null);
  const shade = shading(garment, drawing, solid, id, lighting, unit, random);
  return {
    definitions: textures.definitions + shade.definitions,
    body: shade.before + flat + shade.body,
  };
}

export function paintPart(part: Part, garment: Garment, textures: Textures, unit: number): string {
  const base = colourOf(part, garment);
  const opacity = part.opacity === 1 ? '' : ` opacity="${num(part.opacity)}"`;
  if (part.line !== null) {
    const dash = part.dash === null ? ' stroke-linecap="round"' : ` stroke-dasharray="${part.dash}"`;
    const line = `<path d="${part.path}" fill="none" stroke-linejoin="round" stroke-width="${num(part.line)}"${dash}${opacity} stroke=`;
    return part.paint === 'rib'
      ? `${line}"${base}"/>${line}"${textures.rib(part.grain)}"/>`
      : `${line}"${base}"/>`;
  }
  const edge = mix(base, '#000000', luma(base) > 60 ? 0.5 : 0.75);
  const outline = ` stroke="${edge}" stroke-opacity=".55" stroke-width="${num(0.45 * unit)}"`;
  const shape = (fill: string, extra = ''): string =>
    `<path d="${part.path}" fill="${fill}"${extra}${opacity}/>`;
  const layers =
    part.paint === 'fabric'
      ? textures.fabric(part.grain)
      : part.paint === 'rib'
        ? [textures.rib(part.grain)]
        : [];
  return shape(base, outline) + layers.map((paint) => shape(paint)).join('');
}

function colourOf(part: Part, garment: Garment): string {
  const { colour, accent } = garment;
  switch (part.paint) {
    case 'fabric':
    case 'rib':
      return colour;
    case 'trim':
      return luma(colour) > 45 ? mix(colour, '#000000', 0.32) : mix(colour, '#ffffff', 0.2);
    case 'inside':
      return mix(colour, '#101014', 0.52);
    case 'accent':
      return accent;
    case 'light':
      return mix(colour, '#ffffff', luma(colour) > 190 ? 0.2 : 0.62);
    default:
      return part.paint;
  }
}

interface Shading extends Painted {
  readonly before: string;
}

function shading(
  garment: Garment,
  drawing: Drawing,
  solid: readonly Part[],
  id: string,
  lighting: Lighting,
  unit: number,
  random: Random,
): Shading {
  const all = solid.map((part) => `<path d="${part.path}"/>`).join('');
  const radians = (lighting.angle * Math.PI) / 180;
  const [dx, dy] = [Math.cos(radians) / 2, Math.sin(radians) / 2];
  const strong = lighting.strength;
  const glossy = garment.fabric === 'leather' || garment.fabric === 'down';
  const dark = luma(garment.colour) < 60;
  const gradient = `<linearGradient id="${id}g" x1="${num(0.5 + dx)}" y1="${num(0.5 + dy)}" x2="${num(0.5 - dx)}" y2="${num(0.5 - dy)}"><stop offset="0" stop-color="#fff" stop-opacity="${num((dark ? 0.22 : 0.3) * strong)}"/><stop offset=".5" stop-color="#888" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="${num(0.42 * strong)}"/></linearGradient>`;
  const clip = `<clipPath id="${id}c">${all}</clipPath>`;
  const blur = `<filter color-interpolation-filters="sRGB" id="${id}f" x="0" y="0" width="100%" height="100%"><feGaussianBlur stdDeviation="${num(1.1 * unit)}"/></filter>`;
  const edges = solid
    .filter((part) => part.paint === 'fabric')
    .map(
      (part) =>
        `<path d="${part.path}" fill="none" stroke="#000" stroke-opacity="${num(0.16 + 0.26 * strong)}" stroke-width="${num(3.4 * unit)}"/>`,
    )
    .join('');
  const { left, top, right, bottom } = drawing.box;
  const body = `<g clip-path="url(#${id}c)"><g filter="url(#${id}f)">${edges}${foldLines(drawing, lighting.folds, { glossy, dark }, unit, random)}</g><rect x="${num(left)}" y="${num(top)}" width="${num(right - left)}" height="${num(bottom - top)}" fill="url(#${id}g)"/></g>`;
  return { definitions: gradient + clip + blur, body, before: shadow(all, lighting, [dx, dy], unit) };
}

/** Stacked strokes of falling width look soft at a fraction of what a blur filter costs. */
function shadow(
  paths: string,
  lighting: Lighting,
  [dx, dy]: readonly [number, number],
  unit: number,
): string {
  if (lighting.shadow <= 0) return '';
  const shift = `translate(${num(-dx * 5 * unit)} ${num((Math.abs(dy) * 4 + 1) * unit)})`;
  const layer = (width: number): string =>
    `<g transform="${shift}" fill="#000" stroke="#000" stroke-linejoin="round" stroke-width="${num(width * unit)}" opacity="${num(lighting.shadow / 3)}">${paths}</g>`;
  return layer(4.8) + layer(2.8) + layer(1);
}

/** Blurred later: a fold is a dark stroke with a light one beside it. */
function foldLines(
  drawing: Drawing,
  strength: number,
  { glossy, dark }: { readonly glossy: boolean; readonly dark: boolean },
  unit: number,
  random: Random,
): string {
  const { left, top, right, bottom } = drawing.box;
  const [width, height] = [right - left, bottom - top];
  const count = Math.round(3 + 9 * strength + (glossy ? 3 : 0));
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    const x = left + width * random.next();
    const y = top + height * random.next();
    const angle = ((drawing.foldAngle + random.range(-38, 38)) * Math.PI) / 180;
    const length = height * random.range(0.15, 0.5);
    const [ex, ey] = [x + Math.sin(angle) * length, y + Math.cos(angle) * length];
    const bend = random.range(-0.2, 0.2) * length;
    const path = `M${num(x)} ${num(y)}Q${num((x + ex) / 2 + bend)} ${num((y + ey) / 2)} ${num(ex)} ${num(ey)}`;
    const wide = random.range(1.2, 3.4) * unit;
    lines += `<path d="${path}" fill="none" stroke="#000" stroke-opacity="${num(strength * random.range(0.15, 0.5))}" stroke-width="${num(wide)}"/>`;
    lines += `<path d="${path}" transform="translate(${num(wide)} 0)" fill="none" stroke="#fff" stroke-opacity="${num((glossy ? 1.1 : dark ? 0.3 : 0.6) * strength * random.range(0.15, 0.5))}" stroke-width="${num(wide * 0.8)}"/>`;
  }
  return lines;
}
