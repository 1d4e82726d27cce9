/** The renderer's entry points: seed -> spec -> JPEG. */
import sharp from 'sharp';
import { seedOf } from '../platform/random.js';
import { expose } from './camera.js';
import { garmentSvg } from './compose.js';
import type { PictureSize } from './stage.js';
import { drawScene } from './staging.js';
import type { FixedChoices, GarmentKind, GarmentSpec, Profile } from './spec.js';
import { drawGarment } from './wardrobe.js';

/**
 * Draws a garment and a scene for it. The same arguments give the same spec in every process.
 *
 * @throws FashiondError `usage` for a style or colour name that the kind does not have.
 */
export function garmentSpec(
  kind: GarmentKind,
  seed: number,
  profile: Profile,
  fixed: Partial<FixedChoices> = {},
): GarmentSpec {
  const garment = drawGarment(kind, seed, profile, fixed);
  return { profile, garment, scene: drawScene(garment, seedOf(kind, seed), profile, fixed) };
}

/** The same garment shown otherwise. */
export function withScene(
  spec: GarmentSpec,
  seed: number,
  fixed: Partial<Pick<FixedChoices, 'presentation' | 'background'>> = {},
): GarmentSpec {
  return { ...spec, scene: drawScene(spec.garment, seed, spec.profile, fixed) };
}

/** JPEG bytes; the same spec and size give the same bytes on one machine. */
export async function renderGarment(spec: GarmentSpec, size: PictureSize): Promise<Buffer> {
  const { scene } = spec;
  const { data, info } = await sharp(Buffer.from(garmentSvg(spec, size)))
    .flatten({ background: '#ffffff' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  expose(data, info.width, info.height, scene);
  const picture = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
  const blur = (scene.blur * Math.max(size.width, size.height)) / 160;
  if (blur >= 0.3) picture.blur(blur);
  return picture.jpeg({ quality: scene.quality }).toBuffer();
}
