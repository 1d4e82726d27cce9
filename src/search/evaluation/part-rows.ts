/** How alike one picture is to each of many, part by part: what every method of search starts from. */
import type { LookLayout } from '../../domain/picture.js';
import type { SearchVectors } from '../../domain/similar.js';
import { withMirroredShape } from '../mirror-shape.js';
import { unit } from '../unit-vector.js';
import { VectorTable, requireVector } from '../vector-table.js';

/** A picture's vectors and its binary code. */
export interface DescribedPicture extends SearchVectors {
  readonly latent: Uint8Array;
  /** The numbers of a DCGAN encoder; absent without one. */
  readonly dcgan?: Float32Array;
}

/** For each picture of the gallery, in its order. */
export interface PartRow {
  readonly colour: Float32Array;
  /** The better of the picture and its mirror image. */
  readonly shape: Float32Array;
  readonly pattern: Float32Array;
  readonly features: Float32Array;
  /** Bits in which the codes differ. */
  readonly hamming: Float32Array;
  /** Of the DCGAN encoder's numbers; absent without one. */
  readonly dcgan?: Float32Array;
}

export class PartRows {
  readonly #layout: LookLayout;
  readonly #look: VectorTable;
  readonly #features: VectorTable;
  readonly #latent: readonly Uint8Array[];
  readonly #dcgan: VectorTable | null;

  /** Throws `incompatible` where pictures were described by different models. */
  constructor(layout: LookLayout, pictures: readonly DescribedPicture[]) {
    this.#layout = layout;
    const [first] = pictures;
    this.#look = new VectorTable(layout.pattern[1]);
    this.#features = new VectorTable(first?.features.length ?? 0);
    for (const [at, { look, features }] of pictures.entries()) {
      requireVector(look, this.#look.length, `the look vector of picture ${at}`);
      requireVector(features, this.#features.length, `the feature vector of picture ${at}`);
      this.#look.push(look);
      this.#features.push(features);
    }
    this.#latent = pictures.map(({ latent }) => latent);
    this.#dcgan = first?.dcgan === undefined ? null : new VectorTable(first.dcgan.length);
    for (const { dcgan } of pictures) this.#dcgan?.push(unit(dcgan ?? new Float32Array(this.#dcgan.length)));
  }

  of(query: DescribedPicture): PartRow {
    const { colour, shape, pattern } = this.#layout;
    const look = (vector: Float32Array, [start, end]: readonly [number, number]): Float32Array =>
      this.#look.dots(vector, start, end);
    const mirrored = withMirroredShape(query.look, this.#layout);
    const straight = look(query.look, shape);
    const turned = mirrored === null ? straight : look(mirrored, shape);
    return {
      colour: look(query.look, colour),
      shape: straight.map((cosine, at) => Math.max(cosine, turned[at] ?? 0)),
      pattern: look(query.look, pattern),
      features: this.#features.dots(query.features, 0, this.#features.length),
      hamming: Float32Array.from(this.#latent, (code) => differingBits(code, query.latent)),
      ...(this.#dcgan === null || query.dcgan === undefined
        ? {}
        : { dcgan: this.#dcgan.dots(unit(query.dcgan), 0, this.#dcgan.length) }),
    };
  }
}

const SET_BITS = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function differingBits(one: Uint8Array, other: Uint8Array): number {
  let bits = 0;
  for (let at = 0; at < one.length; at += 1) bits += SET_BITS[(one[at] ?? 0) ^ (other[at] ?? 0)] ?? 0;
  return bits;
}
