/** What lies or stands behind the garment, in pixels of the picture. */
import { unreachable } from '../domain/errors.js';
import { Random, seedOf } from '../platform/random.js';
import { num } from './outline.js';
import { mix } from './palette.js';
import type { Background } from './spec.js';
import type { Painted } from './painter.js';

interface Frame {
  readonly width: number;
  readonly height: number;
}

export function paintBackground(background: Background, frame: Frame, seed: number): Painted {
  const random = new Random(seedOf(seed, 'background'));
  const { colour } = background;
  switch (background.kind) {
    case 'white':
      return { definitions: '', body: rect(0, 0, frame.width, frame.height, colour) };
    case 'studio':
      return studio(background, frame, random);
    case 'gradient':
      return gradient(background, frame, random);
    case 'wood':
      return { definitions: '', body: wood(background, frame, random) };
    case 'cloth':
      return cloth(background, frame, random);
    case 'tiles':
      return { definitions: '', body: tiles(background, frame, random) };
    case 'carpet':
      return carpet(background, frame, random);
    case 'concrete':
      return concrete(background, frame, random);
    case 'room':
      return room(background, frame, random);
    default:
      return unreachable(background.kind);
  }
}

function rect(x: number, y: number, width: number, height: number, fill: string, extra = ''): string {
  return `<rect x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}" fill="${fill}"${extra}/>`;
}

function whole(frame: Frame, fill: string): string {
  return rect(0, 0, frame.width, frame.height, fill);
}

function studio({ colour, colour2 }: Background, frame: Frame, random: Random): Painted {
  const definitions = `<radialGradient id="bgr" cx="${num(random.range(0.35, 0.65))}" cy="${num(random.range(0.3, 0.6))}" r=".8"><stop offset="0" stop-color="${mix(colour, '#ffffff', 0.35)}"/><stop offset="1" stop-color="${mix(colour, '#000000', 0.16)}"/></radialGradient>`;
  const floor = random.range(0.72, 0.95) * frame.height;
  const ground = random.chance(0.5)
    ? rect(0, floor, frame.width, frame.height, colour2, ' fill-opacity=".45"')
    : '';
  return { definitions, body: whole(frame, 'url(#bgr)') + ground };
}

function gradient({ colour, colour2 }: Background, frame: Frame, random: Random): Painted {
  const turn = num(random.range(0, 360));
  return {
    definitions: `<linearGradient id="bgl" gradientTransform="rotate(${turn} .5 .5)"><stop offset="0" stop-color="${colour}"/><stop offset="1" stop-color="${colour2}"/></linearGradient>`,
    body: whole(frame, 'url(#bgl)'),
  };
}

function wood({ colour }: Background, frame: Frame, random: Random): string {
  const upright = random.chance(0.5);
  const planks = random.int(3, 8);
  const across = upright ? frame.width : frame.height;
  const along = upright ? frame.height : frame.width;
  const size = across / planks;
  let body = whole(frame, colour);
  for (let index = 0; index < planks; index += 1) {
    const start = index * size;
    const shade = mix(colour, random.chance(0.5) ? '#000000' : '#ffffff', random.range(0.02, 0.16));
    body += upright ? rect(start, 0, size, along, shade) : rect(0, start, along, size, shade);
    for (let grain = 0; grain < 3; grain += 1) {
      const at = start + size * random.range(0.1, 0.9);
      const sway = random.range(-3, 3);
      const path = upright
        ? `M${num(at)} 0Q${num(at + sway)} ${num(along / 2)} ${num(at)} ${num(along)}`
        : `M0 ${num(at)}Q${num(along / 2)} ${num(at + sway)} ${num(along)} ${num(at)}`;
      body += `<path d="${path}" fill="none" stroke="${mix(colour, '#2a1606', 0.55)}" stroke-opacity="${num(random.range(0.1, 0.35))}" stroke-width="${num(random.range(0.6, 1.8))}"/>`;
    }
    const gap = mix(colour, '#000000', 0.6);
    body += upright ? rect(start, 0, 1, along, gap) : rect(0, start, along, 1, gap);
  }
  return body;
}

/** Soft strokes: each drawn three times, wide and faint to narrow, which costs far less than a blur filter. */
function wrinkles(frame: Frame, random: Random, count: number): string {
  const size = Math.max(frame.width, frame.height);
  let lines = '';
  for (let index = 0; index < count; index += 1) {
    const [x, y] = [random.next() * frame.width, random.next() * frame.height];
    const angle = random.range(0, Math.PI * 2);
    const length = size * random.range(0.2, 0.7);
    const [ex, ey] = [x + Math.cos(angle) * length, y + Math.sin(angle) * length];
    const bend = (): number => random.range(-0.12, 0.12) * size;
    const path = `M${num(x)} ${num(y)}Q${num((x + ex) / 2 + bend())} ${num((y + ey) / 2 + bend())} ${num(ex)} ${num(ey)}`;
    const opacity = random.range(0.03, 0.1);
    const width = size * random.range(0.015, 0.045);
    for (const share of [1, 0.66, 0.33]) {
      lines += `<path d="${path}" stroke-opacity="${num(opacity)}" stroke="${index % 2 === 0 ? '#000' : '#fff'}" stroke-width="${num(width * share)}"/>`;
    }
  }
  return `<g fill="none" stroke-linecap="round">${lines}</g>`;
}

function cloth({ colour, colour2 }: Background, frame: Frame, random: Random): Painted {
  const folds = wrinkles(frame, random, random.int(5, 11));
  if (random.chance(0.6)) return { definitions: '', body: whole(frame, colour) + folds };
  const size = frame.width * random.range(0.06, 0.2);
  const half = size / 2;
  const motif = random.chance(0.5)
    ? rect(0, 0, half, size, colour2, ' fill-opacity=".4"') +
      rect(0, 0, size, half, colour2, ' fill-opacity=".4"')
    : `<circle cx="${num(half)}" cy="${num(half)}" r="${num(half * 0.5)}" fill="${colour2}" fill-opacity=".7"/>`;
  const turn = num(random.range(-40, 40));
  const definitions = `<pattern id="bgp" patternUnits="userSpaceOnUse" width="${num(size)}" height="${num(size)}" patternTransform="rotate(${turn})">${motif}</pattern>`;
  return { definitions, body: whole(frame, colour) + whole(frame, 'url(#bgp)') + folds };
}

function tiles({ colour, colour2 }: Background, frame: Frame, random: Random): string {
  const size = frame.width * random.range(0.16, 0.5);
  const turn = random.pick([0, 0, 8, 45, -12]);
  const far = Math.hypot(frame.width, frame.height);
  let lines = '';
  for (let at = -far; at < far; at += size)
    lines += `M${num(at)} ${num(-far)}V${num(far)}M${num(-far)} ${num(at)}H${num(far)}`;
  return `${whole(frame, colour)}<path transform="translate(${num(frame.width / 2)} ${num(frame.height / 2)}) rotate(${turn})" d="${lines}" stroke="${colour2}" stroke-width="${num(frame.width * 0.012)}"/>`;
}

function carpet({ colour, colour2 }: Background, frame: Frame, random: Random): Painted {
  const size = frame.width * random.range(0.02, 0.05);
  const flecks = `<path d="M0 ${num(size * 0.3)}L${num(size * 0.4)} 0M${num(size * 0.5)} ${num(size)}L${num(size)} ${num(size * 0.6)}" stroke="${colour2}" stroke-opacity=".5" stroke-width="${num(size * 0.24)}"/>`;
  const definitions = `<pattern id="bgp" patternUnits="userSpaceOnUse" width="${num(size)}" height="${num(size)}" patternTransform="rotate(${num(random.range(0, 60))})">${flecks}</pattern>`;
  const inset = frame.width * random.range(0.02, 0.12);
  const border = random.chance(0.4)
    ? `<rect x="${num(inset)}" y="${num(inset)}" width="${num(frame.width - 2 * inset)}" height="${num(frame.height - 2 * inset)}" fill="none" stroke="${colour2}" stroke-width="${num(inset * 0.4)}"/>`
    : '';
  return { definitions, body: whole(frame, colour) + whole(frame, 'url(#bgp)') + border };
}

function concrete({ colour }: Background, frame: Frame, random: Random): Painted {
  let spots = '';
  for (let index = 0; index < 14; index += 1) {
    const r = frame.width * random.range(0.04, 0.2);
    spots += `<ellipse cx="${num(random.next() * frame.width)}" cy="${num(random.next() * frame.height)}" rx="${num(r)}" ry="${num(r * 0.7)}" fill="${random.chance(0.5) ? '#000' : '#fff'}" fill-opacity="${num(random.range(0.03, 0.12))}"/>`;
  }
  const cracks = random.chance(0.4) ? wrinkles(frame, random, 3) : '';
  return { definitions: '', body: whole(frame, colour) + spots + cracks };
}

/** A wall, a floor and furniture: what a photo taken at home shows. */
function room({ colour, colour2 }: Background, frame: Frame, random: Random): Painted {
  const { width, height } = frame;
  const floor = height * random.range(0.6, 0.92);
  let things = '';
  const count = random.int(2, 6);
  for (let index = 0; index < count; index += 1) {
    const tint = mix(
      random.pick(['#7a5a3c', '#e8e4da', '#3a3f48', '#9a3a34', '#4d6a4a', '#c9b48c', '#2f4a6a']),
      colour,
      0.25,
    );
    const w = width * random.range(0.1, 0.4);
    const h = height * random.range(0.15, 0.6);
    const x = random.range(-0.1, 0.95) * width;
    const y = random.chance(0.6) ? floor - h * 0.9 : random.range(0, 0.4) * height;
    things += random.chance(0.75)
      ? rect(x, y, w, h, tint)
      : `<ellipse cx="${num(x)}" cy="${num(y)}" rx="${num(w / 2)}" ry="${num(h / 3)}" fill="${tint}"/>`;
  }
  return {
    definitions: '',
    body: whole(frame, colour) + rect(-20, floor, width + 40, height, colour2) + things,
  };
}
