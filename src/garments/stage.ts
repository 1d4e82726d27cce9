/** The stage: where a drawing stands in the picture, in which pose and light. */
import { Random, seedOf } from '../platform/random.js';
import { num } from './outline.js';
import type { Box } from './outline.js';
import type { Drawing, Part, Pose } from './parts.js';
import { paintGarment, paintPart } from './painter.js';
import type { Lighting, Painted } from './painter.js';
import { drawSilhouette } from './silhouettes.js';
import type { Garment, Scene } from './spec.js';
import { Textures } from './textures.js';

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export function poseOf(scene: Scene, onBody: boolean, label: string): Pose {
  const { right, left, stride, rumple, seed } = scene;
  return { right, left, stride, rumple, worn: onBody, random: new Random(seedOf(seed, 'pose', label)) };
}

function lightingOf(scene: Scene, shadow = scene.shadow): Lighting {
  return { angle: scene.light[0], strength: scene.light[1], folds: scene.folds, shadow };
}

export function painted(
  garment: Garment,
  drawing: Drawing,
  id: string,
  scene: Scene,
  shadow?: number,
): Painted {
  return paintGarment(
    garment,
    drawing,
    id,
    lightingOf(scene, shadow),
    new Random(seedOf(scene.seed, 'folds', id)),
  );
}

/** Moves `box` (cm) so that it spans `fill` of the picture around its centre plus the offset. */
export function fitted(
  content: string,
  box: Box,
  scene: Scene,
  size: PictureSize,
  fill = scene.fill,
): string {
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const radians = (scene.rotation * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))];
  const scale =
    fill * Math.min(size.width / (width * cos + height * sin), size.height / (width * sin + height * cos));
  return placed(
    content,
    box,
    scene,
    scale,
    size.width * (0.5 + scene.offset[0]),
    size.height * (0.5 + scene.offset[1]),
  );
}

export function placed(content: string, box: Box, scene: Scene, scale: number, x: number, y: number): string {
  const flip = scene.mirrored ? -scale : scale;
  const [cx, cy] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  return `<g transform="translate(${num(x)} ${num(y)}) rotate(${num(scene.rotation)}) scale(${flip.toFixed(4)} ${scale.toFixed(4)}) translate(${num(-cx)} ${num(-cy)})">${content}</g>`;
}

export function single(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const drawing = drawSilhouette(garment, poseOf(scene, false, 'sold'));
  const { definitions, body } = painted(garment, drawing, 'a', scene);
  return { definitions, body: fitted(body, drawing.box, scene, size) };
}

/** Parts that are no garment: painted in their own colours. */
export function plain(parts: readonly Part[]): string {
  return parts.map((part) => paintPart(part, NOBODY, NO_TEXTURES, 0.6)).join('');
}

const NOBODY: Garment = {
  kind: 'shirt',
  category: '',
  style: '',
  seed: 0,
  colourName: '',
  colour: '#808080',
  accent: '#808080',
  fabric: 'woven',
  knit: null,
  knitRepeats: 1,
  print: { kind: 'plain', scale: 1, angle: 0, ink: '#000000', secondInk: '#000000' },
  shape: {
    ease: 1,
    length: 1,
    flare: 0,
    sleeve: 0,
    sleeveWidth: 1,
    drop: 0,
    neckWidth: 7,
    neckDepth: 7,
    detail: [0, 0, 0, 0],
  },
};
const NO_TEXTURES = new Textures(NOBODY, 'z', 1);
