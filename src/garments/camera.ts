/** The camera's faults on 8-bit RGB pixels: colour cast, exposure, uneven light and sensor noise. */
import { Random, seedOf } from '../platform/random.js';
import type { Scene } from './spec.js';

/** Changes `pixels` (height x width x 3, sRGB) in place. Deterministic in the scene. */
export function expose(pixels: Uint8Array, width: number, height: number, scene: Scene): void {
  const random = new Random(seedOf(scene.seed, 'camera'));
  const corners = [0, 1, 2, 3].map(() => 1 + random.range(-0.14, 0.1));
  const [c0 = 1, c1 = 1, c2 = 1, c3 = 1] = corners;
  const noise = noiseTable(scene.noise, random);
  const { contrast, brightness, cast } = scene;
  const [red, green, blue] = cast;
  const lift = 128 * (1 - contrast);
  const draws = new Float64Array(width);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    random.draw(draws);
    const down = y / height;
    const left = c0 + (c2 - c0) * down;
    const right = c1 + (c3 - c1) * down;
    for (let x = 0; x < width; x += 1, at += 3) {
      const light = (left + (right - left) * (x / width)) * brightness;
      const grain = noise[((draws[x] ?? 0) * noise.length) | 0] ?? 0;
      pixels[at] = byte((((pixels[at] ?? 0) * contrast + lift) * light + grain) * red);
      pixels[at + 1] = byte((((pixels[at + 1] ?? 0) * contrast + lift) * light + grain) * green);
      pixels[at + 2] = byte((((pixels[at + 2] ?? 0) * contrast + lift) * light + grain) * blue);
    }
  }
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Normal deviates (Box and Muller, 1958), drawn once: picking from them is cheaper than drawing each. */
function noiseTable(deviation: number, random: Random): Float32Array {
  const table = new Float32Array(1024);
  if (deviation === 0) return table;
  for (let index = 0; index < table.length; index += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    table[index] = deviation * radius * Math.cos(2 * Math.PI * random.next());
  }
  return table;
}
