/** Rendered pictures as parts of a data set, in memory. */
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import type { ModelInput } from '../domain/model.js';
import { MAX_PIXELS } from '../domain/picture.js';
import { datasetPicture } from '../garments/dataset.js';
import { categoryOfKind, GARMENT_KINDS } from '../garments/spec.js';
import type { GarmentKind, Profile } from '../garments/spec.js';
import { preparePixels } from '../images/prepare.js';
import type { Part } from '../learn/dataset/assemble.js';
import type { Split } from '../learn/dataset/dataset.js';
import { sha256Hex } from '../platform/fingerprint.js';

export interface RenderedWish {
  /** Those that the renderer does not know are left out. */
  readonly categories: readonly CategoryId[];
  /** Numbers of the pictures of each category: from, and up to but without. */
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  readonly profile: Profile;
  readonly split: Split;
  readonly source: string;
  readonly input: ModelInput;
  readonly signal: AbortSignal;
}

/** As `dataset generate` has it. */
const SIDE = 160;
const AT_ONCE = 4;

/** Throws FashiondError `cancelled` when the signal aborts. */
export async function renderedParts(wish: RenderedWish): Promise<Part[]> {
  const kinds = GARMENT_KINDS.filter((kind) =>
    wish.categories.some((label) => label === categoryOfKind(kind)),
  );
  const wanted = Array.from({ length: wish.to - wish.from }, (_, at) => wish.from + at).flatMap((number) =>
    kinds.map((kind) => ({ kind, number })),
  );
  const parts: Part[] = [];
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    if (wish.signal.aborted) throw new FashiondError('cancelled', 'rendering was cancelled');
    const some = wanted.slice(start, start + AT_ONCE);
    parts.push(...(await Promise.all(some.map(({ kind, number }) => renderedPart(kind, number, wish)))));
  }
  return parts;
}

async function renderedPart(
  kind: GarmentKind,
  number: number,
  { seed, profile, split, source, input }: RenderedWish,
): Promise<Part> {
  const { spec, bytes } = await datasetPicture(kind, number, { seed, profile, size: SIDE });
  const prepared = await preparePixels(bytes, { ...input, maxPixels: MAX_PIXELS });
  if (prepared.kind === 'refused') {
    throw new FashiondError('internal', `a rendered picture cannot be read: ${prepared.detail}`);
  }
  const { pixels, box, phash } = prepared;
  const label = categoryOfKind(kind) as CategoryId;
  const attributes = { presentation: spec.scene.presentation };
  const path = `${source}/${label}/${number}.jpg`;
  return { entry: { path, source, label, split, sha256: sha256Hex(bytes), attributes, box, phash }, pixels };
}
