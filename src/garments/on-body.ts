/** Garments on people and mannequins, and which part of them the picture shows. */
import { Random, seedOf } from '../platform/random.js';
import { bodyOf, feetOf, headOf, mannequinOf } from './figure.js';
import { num } from './outline.js';
import type { Box } from './outline.js';
import { drawingOf, filled, moved } from './parts.js';
import type { Painted } from './painter.js';
import { sideView } from './shoe-sides.js';
import { drawSilhouette } from './silhouettes.js';
import type { Garment, Scene } from './spec.js';
import { fitted, painted, placed, plain, poseOf, single } from './stage.js';
import type { PictureSize } from './stage.js';
import { isBottom, isHeadwear, isTop } from './staging.js';

/** From the inside out, as people dress. */
const LAYERS: readonly Garment['kind'][] = [
  'shorts',
  'trousers',
  't-shirt',
  'long-sleeve',
  'shirt',
  'sweater',
  'skirt',
  'dress',
  'coat',
];

export function worn(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const pose = poseOf(scene, true, 'sold');
  // What is sold below the waist must not vanish under a long top, so the top is tucked in.
  const layer = (one: Garment): number =>
    one === garment && isBottom(one.kind) ? LAYERS.length : LAYERS.indexOf(one.kind);
  const dressed = [garment, ...scene.companions.filter((one) => layer(one) >= 0)]
    .filter((one) => layer(one) >= 0)
    .sort((one, other) => layer(one) - layer(other));
  const shoes = scene.companions.find((one) => one.kind === 'shoes');
  let definitions = '';
  let body = plain(bodyOf(scene.person, pose));
  if (shoes !== undefined) body += plain(feetOf(shoes.colour as `#${string}`, pose));
  const head = plain(headOf(scene.person));
  let box: Box = { left: -30, top: -30, right: 30, bottom: 140 };
  const paint = (one: Garment, index: number): void => {
    const drawing = drawSilhouette(one, one === garment ? pose : poseOf(scene, true, `b${index}`));
    const { definitions: more, body: drawn } = painted(
      one,
      drawing,
      `b${index}`,
      scene,
      Math.min(scene.shadow, 0.12),
    );
    if (one === garment) box = drawing.box;
    definitions += more;
    body += one.kind === 'bag' ? carried(drawn, drawing.box, scene) : drawn;
  };
  const collared = dressed.at(-1)?.style;
  if (collared !== 'turtleneck' && collared !== 'mock-neck') body += head;
  for (const [index, one] of dressed.entries()) paint(one, index);
  if (collared === 'turtleneck' || collared === 'mock-neck') body += plain(headOf(scene.person).slice(1));
  if (isHeadwear(garment.kind) || garment.kind === 'bag') paint(garment, 9);
  return { definitions, body: framed(body, frameFor(garment, scene, box), scene, size) };
}

/** Just below the soles, in cm. */
const FEET = 148;

const BAG_AT = { x: 15, y: 62 } as const;

function carried(drawn: string, box: Box, scene: Scene): string {
  const side = scene.seed % 2 === 0 ? 1 : -1;
  const x = BAG_AT.x * side - (box.left + box.right) / 2;
  return `<g transform="translate(${num(x)} ${num(BAG_AT.y - (box.top + box.bottom) / 2)})">${drawn}</g>`;
}

/** The part of the figure that is shown, in cm. */
function frameFor(garment: Garment, scene: Scene, box: Box): Box {
  const across = { left: -30, right: 30 };
  const { framing } = scene;
  const random = new Random(seedOf(scene.seed, 'frame'));
  if (isHeadwear(garment.kind)) {
    const bottom = framing === 'close' ? 6 : framing === 'half' ? 22 : 46;
    return { ...across, top: box.top - 3, bottom };
  }
  if (garment.kind === 'bag') {
    const middle = BAG_AT.y;
    const half = framing === 'close' ? 34 : framing === 'half' ? 46 : 64;
    const side = scene.seed % 2 === 0 ? 1 : -1;
    return {
      left: BAG_AT.x * side * 0.7 - 30,
      right: BAG_AT.x * side * 0.7 + 30,
      top: middle - half,
      bottom: middle + half,
    };
  }
  if (framing === 'full') return { ...across, top: -34, bottom: FEET };
  if (isBottom(garment.kind)) {
    const close = framing === 'close';
    return {
      ...across,
      top: random.range(close ? 24 : 4, 36),
      bottom: close
        ? box.bottom + random.range(2, 14)
        : FEET - (random.chance(0.25) ? random.range(6, 20) : 0),
    };
  }
  return {
    ...across,
    top: framing === 'close' ? random.range(-14, -3) : random.range(-36, -24),
    bottom: Math.min(FEET, box.bottom + (framing === 'close' ? random.range(-6, 6) : random.range(4, 24))),
  };
}

function framed(content: string, frame: Box, scene: Scene, size: PictureSize): string {
  const scale = (scene.fill * size.height) / (frame.bottom - frame.top);
  // A body that is turned a little looks narrower.
  const turned = 1 - new Random(seedOf(scene.seed, 'turn')).range(0, 0.22);
  const middle = (frame.left + frame.right) / 2;
  return placed(
    `<g transform="translate(${num(middle)} 0) scale(${turned.toFixed(3)} 1) translate(${num(-middle)} 0)">${content}</g>`,
    frame,
    scene,
    scale,
    size.width * (0.5 + scene.offset[0]),
    size.height * (0.5 + scene.offset[1] / 2),
  );
}

export function onMannequin(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const pose = poseOf(scene, true, 'sold');
  const { kind } = garment;
  if (kind === 'shoes' || kind === 'bag') return single(garment, scene, size);
  const forms = ['#e9e4da', '#d8d8d8', '#2c2c2e', '#f2f2f2', '#c9b08c'] as const;
  const form = forms[scene.seed % forms.length] ?? '#d8d8d8';
  const show = isHeadwear(kind) ? 'head' : isBottom(kind) ? 'legs' : 'torso';
  const drawing = drawSilhouette(garment, pose);
  const { definitions, body } = painted(garment, drawing, 'a', scene, Math.min(scene.shadow, 0.15));
  const { top, bottom } = drawing.box;
  const margin = isHeadwear(kind) ? 4 : 9;
  const frame = {
    left: -30,
    right: 30,
    top: Math.min(top, isTop(kind) ? -8 : top) - margin,
    bottom: (show === 'head' ? 9 : bottom) + margin,
  };
  return { definitions, body: framed(plain(mannequinOf(form, pose, show)) + body, frame, scene, size) };
}

/** Lower legs from the side, as shoes are shown when worn. */
export function walking(garment: Garment, scene: Scene, size: PictureSize): Painted {
  const trousers = scene.companions.find((one) => isBottom(one.kind));
  const bare = trousers === undefined || trousers.kind !== 'trousers';
  const leg = (bare ? scene.person.skin : trousers.colour) as `#${string}`;
  const ankle = garment.style === 'boot' && bare ? -12 - 16 * garment.shape.length + 2 : bare ? -6 : -9;
  const back = scene.stride * 2 + 12;
  let [definitions, body] = ['', ''];
  for (const [index, dx] of [back, 0].entries()) {
    const width = bare ? 4 : 6;
    const limb = filled(
      [
        [dx + 5 - width, -60, 1],
        [dx + 5 + width + 2, -60, 1],
        [dx + 5 + width, ankle],
        [dx + 5 - width + 1, ankle],
      ],
      leg,
    );
    const drawing = drawingOf(moved(sideView(garment), dx, index === 0 ? -4 : 0), 90);
    const paint = painted(garment, drawing, `b${index}`, scene, 0.3);
    definitions += paint.definitions;
    body += bare ? plain([limb]) + paint.body : paint.body + plain([limb]);
  }
  const frame = { left: -2, right: back + 30, top: -38, bottom: 4 };
  return { definitions, body: fitted(body, frame, { ...scene, rotation: scene.rotation / 3 }, size) };
}
