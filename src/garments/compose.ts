/** A spec -> one SVG document: background, then the garment as the scene presents it. */
import { Random, seedOf } from '../platform/random.js';
import { unreachable } from '../domain/errors.js';
import { paintBackground } from './backgrounds.js';
import { onMannequin, walking, worn } from './on-body.js';
import { pointsFrom, unionOf } from './outline.js';
import { drawingOf, filled, lined } from './parts.js';
import type { Part } from './parts.js';
import type { Painted } from './painter.js';
import { drawSilhouette } from './silhouettes.js';
import type { Garment, GarmentSpec, Scene } from './spec.js';
import { fitted, painted, placed, plain, poseOf, single } from './stage.js';
import type { PictureSize } from './stage.js';
import { isTop } from './staging.js';

/** The picture before the camera adds its faults; see `renderGarment`. */
export function garmentSvg(spec: GarmentSpec, size: PictureSize): string {
  const { scene, garment } = spec;
  const background = paintBackground(scene.background, size, scene.seed);
  const subject = stage(garment, scene, size);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}"><defs>${background.definitions}${subject.definitions}</defs>${background.body}${subject.body}</svg>`;
}

function stage(garment: Garment, scene: Scene, size: PictureSize): Painted {
  switch (scene.presentation) {
    case 'worn':
      return garment.kind === 'shoes' ? walking(garment, scene, size) : worn(garment, scene, size);
    case 'mannequin':
      return onMannequin(garment, scene, size);
    case 'hanging':
      return hanging(garment, scene, size);
    case 'several':
      return several(garment, scene, size);
    case 'flat-lay':
      return single(garment, scene, size);
    default:
      return unreachable(scene.presentation);
  }
}

/** The sold garment large and near the middle; the others smaller, behind it, towards the corners. */
function several(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const random = new Random(seedOf(scene.seed, 'company'));
  const first = random.int(0, 3);
  let [definitions, body] = ['', ''];
  for (const [index, other] of scene.companions.entries()) {
    const id = `b${index}`;
    const drawing = drawSilhouette(other, poseOf(scene, false, id));
    const paint = painted(other, drawing, id, scene);
    const corner = (first + index) % 4;
    const reach = random.range(0.05, 0.2);
    const x = size.width * (corner % 2 === 0 ? reach : 1 - reach);
    const y = size.height * (corner < 2 ? reach : 1 - reach);
    const { left, top, right, bottom } = drawing.box;
    const scale = (size.width * random.range(0.3, 0.48)) / Math.max(right - left, bottom - top);
    definitions += paint.definitions;
    body += placed(paint.body, drawing.box, { ...scene, rotation: random.range(-40, 40) }, scale, x, y);
  }
  const sold = single(garment, scene, size);
  return { definitions: definitions + sold.definitions, body: body + sold.body };
}

function hanging(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const drawing = drawSilhouette(garment, poseOf(scene, false, 'sold'));
  const hanger = hangerFor(garment);
  const { definitions, body } = painted(garment, drawing, 'a', scene);
  const rod = plain(hanger);
  const box = unionOf([drawing.box, drawingOf(hanger).box]);
  return { definitions, body: fitted(isTop(garment.kind) ? rod + body : body + rod, box, scene, size) };
}

function hangerFor(garment: Garment): Part[] {
  const wood = garment.seed % 2 === 0 ? '#8a6440' : '#2b2b2e';
  if (isTop(garment.kind)) {
    return [
      lined(pointsFrom('-16 3 0 -4 16 3'), 2, wood),
      lined(pointsFrom('0 -4 0 -9 2.4 -11 0 -14 -2.4 -12.4'), 0.9, '#8c8f94'),
    ];
  }
  return [
    lined(pointsFrom('0 34 0 30 2.4 28 0 25 -2.4 26.6'), 0.9, '#8c8f94'),
    lined(pointsFrom('-14 35 14 35'), 1.2, '#8c8f94'),
    filled(pointsFrom('-13 34! -9 34! -9 43! -13 43!'), wood),
    filled(pointsFrom('9 34! 13 34! 13 43! 9 43!'), wood),
  ];
}
