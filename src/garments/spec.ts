/**
 * What is drawn, as plain JSON: the garment (its identity, what is sold) and the scene (how it is shown).
 *
 * The same spec gives the same picture. Everything random is either a number in the spec or drawn from one of
 * its seeds.
 */
import type { ArmPose } from './parts.js';

/** One kind for each category of config/categories.yaml that the renderer knows; the names are the ids. */
export const GARMENT_KINDS = [
  'sweater',
  'beanie',
  't-shirt',
  'long-sleeve',
  'shirt',
  'dress',
  'skirt',
  'trousers',
  'shorts',
  'coat',
  'hat',
  'shoes',
  'bag',
] as const;
export type GarmentKind = (typeof GARMENT_KINDS)[number];

/** The category id of a kind, as in config/categories.yaml. */
export function categoryOfKind(kind: GarmentKind): string {
  return kind;
}

/** `held-out` draws partly other proportions, colours, backgrounds and presentations than `training`. */
export type Profile = 'training' | 'held-out';

export type Knit = 'cable' | 'honeycomb' | 'rib' | 'plain';
export type Fabric = 'knit' | 'jersey' | 'woven' | 'denim' | 'wool' | 'leather' | 'canvas' | 'straw' | 'down';
export type PrintKind =
  'plain' | 'stripe' | 'pinstripe' | 'check' | 'dots' | 'floral' | 'graphic' | 'fair-isle';

export interface Print {
  readonly kind: PrintKind;
  /** Size of one repeat as a share of the garment's width. */
  readonly scale: number;
  readonly angle: number;
  readonly ink: string;
  readonly secondInk: string;
}

/** Proportions, by the family that draws them; lengths in cm, widths as factors unless said otherwise. */
export interface Shape {
  readonly ease: number;
  readonly length: number;
  readonly flare: number;
  readonly sleeve: number;
  readonly sleeveWidth: number;
  readonly drop: number;
  readonly neckWidth: number;
  readonly neckDepth: number;
  /** Four free numbers in 0..1 for the family's details (cuff, hem, pocket, pompom, ...). */
  readonly detail: readonly [number, number, number, number];
}

export interface Garment {
  readonly kind: GarmentKind;
  readonly category: string;
  /** The cut within the kind, such as `v-neck`, `cap` or `boot`; one of `STYLES[kind]`. */
  readonly style: string;
  readonly seed: number;
  readonly colourName: string;
  readonly colour: string;
  readonly accent: string;
  readonly fabric: Fabric;
  /** Null where the fabric is not knitted. */
  readonly knit: Knit | null;
  /** Repeats of the knit across the garment's width. */
  readonly knitRepeats: number;
  readonly print: Print;
  readonly shape: Shape;
}

export type Presentation = 'flat-lay' | 'hanging' | 'mannequin' | 'worn' | 'several';
export type BackgroundKind =
  'white' | 'studio' | 'gradient' | 'wood' | 'cloth' | 'tiles' | 'carpet' | 'concrete' | 'room';
export type Framing = 'close' | 'half' | 'full';

export interface Background {
  readonly kind: BackgroundKind;
  readonly colour: string;
  readonly colour2: string;
}

export interface Person {
  readonly skin: string;
  readonly hair: string;
  readonly hairStyle: 'short' | 'long' | 'bun' | 'none';
}

export interface Scene {
  readonly seed: number;
  readonly presentation: Presentation;
  readonly background: Background;
  readonly framing: Framing;
  /** Degrees. */
  readonly rotation: number;
  readonly mirrored: boolean;
  /** Share of the picture the garment spans; above 1 it is cropped. */
  readonly fill: number;
  /** Of the centre, as shares of the picture. */
  readonly offset: readonly [number, number];
  readonly right: ArmPose;
  readonly left: ArmPose;
  readonly stride: number;
  readonly rumple: number;
  readonly person: Person;
  /** Worn together with it, or lying beside it. */
  readonly companions: readonly Garment[];
  /** Direction the light comes from, in degrees, and how strongly it models, 0 to 1. */
  readonly light: readonly [angle: number, strength: number];
  readonly shadow: number;
  readonly folds: number;
  /** Factors for red, green and blue. */
  readonly cast: readonly [number, number, number];
  readonly brightness: number;
  readonly contrast: number;
  /** Standard deviations: blur in pixels of a 160-pixel picture, noise in levels. */
  readonly blur: number;
  readonly noise: number;
  readonly quality: number;
}

export interface GarmentSpec {
  readonly profile: Profile;
  readonly garment: Garment;
  readonly scene: Scene;
}

/** What a caller may fix; everything else is drawn from the seed. */
export interface FixedChoices {
  readonly style: string;
  readonly colourName: string;
  readonly fabric: Fabric;
  readonly knit: Knit;
  readonly print: PrintKind;
  readonly presentation: Presentation;
  readonly background: BackgroundKind;
}
