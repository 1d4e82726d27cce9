/** The one place that knows which family draws which kind. */
import { drawBag } from './bags.js';
import { drawShorts, drawTrousers } from './bottoms.js';
import { drawCoat } from './coats.js';
import { drawDress } from './dresses.js';
import { drawShoes } from './footwear.js';
import { drawBeanie, drawHat } from './headwear.js';
import type { Drawing, Pose } from './parts.js';
import { drawSkirt } from './skirts.js';
import type { Garment, GarmentKind } from './spec.js';
import { drawLongSleeve, drawShirt, drawSweater, drawTee } from './tops.js';

const FAMILIES: Readonly<Record<GarmentKind, (garment: Garment, pose: Pose) => Drawing>> = {
  sweater: drawSweater,
  beanie: drawBeanie,
  't-shirt': drawTee,
  'long-sleeve': drawLongSleeve,
  shirt: drawShirt,
  dress: drawDress,
  skirt: drawSkirt,
  trousers: drawTrousers,
  shorts: drawShorts,
  coat: drawCoat,
  hat: drawHat,
  shoes: drawShoes,
  bag: drawBag,
};

export function drawSilhouette(garment: Garment, pose: Pose): Drawing {
  return FAMILIES[garment.kind](garment, pose);
}
