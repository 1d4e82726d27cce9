/** A rendered garment in numbers, for `fashiond train lookalike`: what tells it from others, as far as a picture can show it. */
import { STYLES } from '../../src/garments/cuts.js';
import type { Fabric, Garment, Knit, PrintKind } from '../../src/garments/spec.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { labPixels } from '../../src/images/lab-pixels.js';

const FABRICS: readonly Fabric[] = [
  'knit',
  'jersey',
  'woven',
  'denim',
  'wool',
  'leather',
  'canvas',
  'straw',
  'down',
];
const KNITS: readonly Knit[] = ['cable', 'honeycomb', 'rib', 'plain'];
const PRINTS: readonly PrintKind[] = [
  'plain',
  'stripe',
  'pinstripe',
  'check',
  'dots',
  'floral',
  'graphic',
  'fair-isle',
];
const CUTS = GARMENT_KINDS.flatMap((kind) => STYLES[kind].map((style) => `${kind} ${style}`));
const SECOND_INK: ReadonlySet<PrintKind> = new Set(['check', 'floral', 'graphic', 'fair-isle']);
/** Of L*, a* and b*, so that colours vary about as much as the rest. */
const LAB_SCALE = 25;

/** Null in place of what the garment does not have, such as the ink of a plain one. */
export function garmentFacts(garment: Garment): (number | null)[] {
  const { kind, style, fabric, knit, print, shape } = garment;
  const isPlain = print.kind === 'plain';
  const only = (values: readonly number[], when: boolean): (number | null)[] =>
    values.map((value) => (when ? value : null));
  return [
    ...oneOf(CUTS, `${kind} ${style}`),
    ...oneOf(FABRICS, fabric),
    ...oneOf(KNITS, knit),
    ...oneOf(PRINTS, print.kind),
    ...labOf(garment.colour),
    ...labOf(garment.accent),
    ...only(labOf(print.ink), !isPlain),
    ...only(labOf(print.secondInk), SECOND_INK.has(print.kind)),
    ...only([Math.log(print.scale)], !isPlain),
    ...only([Math.log(garment.knitRepeats)], knit !== null),
    shape.ease,
    shape.length / 20,
    shape.flare * 5,
    shape.sleeve,
    shape.sleeveWidth,
    shape.drop / 4,
    shape.neckWidth / 2,
    shape.neckDepth / 2,
    ...shape.detail,
  ];
}

function oneOf(names: readonly string[], name: string | null): number[] {
  return names.map((one) => (one === name ? 1 : 0));
}

function labOf(hex: string): number[] {
  const value = Number.parseInt(hex.slice(1), 16);
  const lab = labPixels(Uint8Array.of(value >> 16, (value >> 8) & 255, value & 255));
  return Array.from(lab, (part) => part / LAB_SCALE);
}
