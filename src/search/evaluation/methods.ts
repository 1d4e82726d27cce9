/** The methods of search that are measured side by side: each gives every picture of the gallery a score. */
import type { BlendSettings, SimilarityParts } from '../../domain/similar.js';
import { PARTS, likeness } from '../blend.js';
import type { Part } from '../blend.js';
import type { PartRow } from './part-rows.js';

export interface Method {
  readonly name: string;
  readonly what: string;
  /** Higher is more alike; equal scores go by place in the gallery. */
  readonly score: (row: PartRow) => Float32Array;
}

/** So many nearest codes are ranked anew by the features (Lin et al. 2015, section 3.3). */
const HASH_CANDIDATES = 200;

export function methodsOf(settings: BlendSettings): readonly Method[] {
  return [
    single('colour', 'colour histogram'),
    single('shape', 'HOG, the better of the picture and its mirror image'),
    {
      name: 'colour-hog',
      what: 'colour histogram and HOG',
      score: blended({ ...settings, weights: only(settings.weights, ['colour', 'shape']) }),
    },
    single('features', 'what the lookalike model sees of the garment'),
    {
      name: 'cnn-hash',
      what: `the nearest ${HASH_CANDIDATES} binary codes (signs of the features), ranked by the features`,
      score: hashed,
    },
    { name: 'blend', what: 'all parts by their weights', score: blended(settings) },
  ];
}

/** Where the pictures were described by an encoder as well. */
export const DCGAN_METHOD: Method = {
  name: 'dcgan',
  what: "the DCGAN encoder's numbers (Radford et al. 2016)",
  score: ({ dcgan, colour }) => dcgan ?? new Float32Array(colour.length),
};

function single(part: Part, what: string): Method {
  return { name: part, what, score: (row) => row[part] };
}

/** All others at 0; of all zeros, equal weights. */
function only(weights: SimilarityParts, parts: readonly Part[]): SimilarityParts {
  const none = parts.every((part) => weights[part] === 0);
  const weightOf = (part: Part): number => (parts.includes(part) ? (none ? 1 : weights[part]) : 0);
  return {
    colour: weightOf('colour'),
    shape: weightOf('shape'),
    pattern: weightOf('pattern'),
    features: weightOf('features'),
  };
}

function blended({ weights, sharpness }: BlendSettings): Method['score'] {
  const counted = PARTS.filter((part) => weights[part] > 0);
  return (row) => {
    const scores = new Float32Array(row.colour.length);
    for (const part of counted) {
      const cosines = row[part];
      for (let at = 0; at < scores.length; at += 1) {
        const gain = weights[part] * likeness(cosines[at] ?? 0, sharpness[part]);
        scores[at] = (scores[at] ?? 0) + gain;
      }
    }
    return scores;
  };
}

function hashed({ hamming, features }: PartRow): Float32Array {
  const order = Uint32Array.from(hamming.keys());
  order.sort((one, other) => (hamming[one] ?? 0) - (hamming[other] ?? 0) || one - other);
  // Below every cosine, so that the rest keeps the order of the codes.
  const scores = hamming.map((bits) => -2 - bits);
  for (const at of order.subarray(0, HASH_CANDIDATES)) scores[at] = features[at] ?? 0;
  return scores;
}
