/** CIEDE2000, the colour difference of CIE 142 / ISO 11664-6. */
import type { Lab } from './lab.js';

const RADIANS = Math.PI / 180;
const POW_25_7 = 25 ** 7;

function hueOf(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  const degrees = Math.atan2(b, a) / RADIANS;
  return degrees < 0 ? degrees + 360 : degrees;
}

/** `sqrt(C^7 / (C^7 + 25^7))`, which both the a* correction and the rotation term use. */
function chromaRatio(chroma: number): number {
  const power = chroma ** 7;
  return Math.sqrt(power / (power + POW_25_7));
}

/** Difference and mean of two hues in degrees; a colour without chroma has no hue of its own. */
function compareHues(h1: number, h2: number, neutral: boolean): { difference: number; mean: number } {
  if (neutral) return { difference: 0, mean: h1 + h2 };
  const raw = h2 - h1;
  if (Math.abs(raw) <= 180) return { difference: raw, mean: (h1 + h2) / 2 };
  const sum = h1 + h2;
  return { difference: raw > 0 ? raw - 360 : raw + 360, mean: sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2 };
}

/** What lightness alone adds to a difference, which is never less than it. */
export function lightnessDifference(l1: number, l2: number): number {
  const fromMiddle = ((l1 + l2) / 2 - 50) ** 2;
  return (l2 - l1) / (1 + (0.015 * fromMiddle) / Math.sqrt(20 + fromMiddle));
}

/**
 * Delta E 00 with all parametric factors 1; zero for equal colours, about 1 where a difference is just visible.
 * Symmetric. After Sharma, Wu, Dalal 2005, equations 2 to 22.
 */
export function colourDifference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const g = 0.5 * (1 - chromaRatio((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2));
  const c1 = Math.hypot((1 + g) * a1, b1);
  const c2 = Math.hypot((1 + g) * a2, b2);
  const hues = compareHues(hueOf((1 + g) * a1, b1), hueOf((1 + g) * a2, b2), c1 * c2 === 0);

  const chroma = c2 - c1;
  const hue = 2 * Math.sqrt(c1 * c2) * Math.sin((hues.difference / 2) * RADIANS);

  const meanC = (c1 + c2) / 2;
  const t =
    1 -
    0.17 * Math.cos((hues.mean - 30) * RADIANS) +
    0.24 * Math.cos(2 * hues.mean * RADIANS) +
    0.32 * Math.cos((3 * hues.mean + 6) * RADIANS) -
    0.2 * Math.cos((4 * hues.mean - 63) * RADIANS);
  const scaledL = lightnessDifference(l1, l2);
  const scaledC = chroma / (1 + 0.045 * meanC);
  const scaledH = hue / (1 + 0.015 * meanC * t);
  const angle = 30 * Math.exp(-(((hues.mean - 275) / 25) ** 2));
  const rotation = -2 * chromaRatio(meanC) * Math.sin(2 * angle * RADIANS);
  return Math.sqrt(scaledL ** 2 + scaledC ** 2 + scaledH ** 2 + rotation * scaledC * scaledH);
}
