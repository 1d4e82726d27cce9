/** `similar --method dcgan`: the numbers that an encoder gives the stored pictures, compared by their cosine. */
import { FashiondError } from '../domain/errors.js';
import type { PictureSource } from '../domain/ports.js';
import type { SearchItem, SearchVectors, SimilarFilter, SimilarItem } from '../domain/similar.js';
import { createBlobStore } from '../images/blob-store.js';
import type { LookalikeIndex } from '../search/lookalike-index.js';
import { dot } from '../platform/dot-product.js';
import { unit } from '../search/unit-vector.js';
import type { CliContext } from './context.js';
import { encodePictures, requireDcgan } from './dcgan-codes.js';

interface DcganQuery {
  readonly vectors: SearchVectors;
  readonly item: SearchItem | null;
  /** The picture file; null for an item. */
  readonly source: PictureSource | null;
}

/**
 * Nothing of it is stored: the pictures that pass the filter are read and encoded for each question. Throws
 * FashiondError `usage` without an encoder's folder.
 */
export async function similarByDcgan(
  index: LookalikeIndex,
  query: DcganQuery,
  filter: SimilarFilter,
  folder: string | undefined,
  { blobs, context }: { readonly blobs: string; readonly context: CliContext },
): Promise<SimilarItem[]> {
  const encoder = requireDcgan(folder);
  const files = createBlobStore(blobs);
  const pathOf = (picture: SearchItem['picture']): string => files.pathOf(picture);
  const passing = index.passing(filter);
  const sources = passing.map(({ picture }): PictureSource => ({ path: pathOf(picture) }));
  const [asked, ...codes] = await encodePictures(encoder, [sourceOf(query, pathOf), ...sources], context);
  const own = unit(asked ?? new Float32Array());
  const scores = new Map(
    passing.map(({ productId }, at) => [productId, dot(own, unit(codes[at] ?? new Float32Array()))]),
  );
  return index.similarBy(({ productId }) => scores.get(productId) ?? -1, query.vectors, filter);
}

function sourceOf(
  { item, source }: DcganQuery,
  pathOf: (picture: SearchItem['picture']) => string,
): PictureSource {
  if (source !== null) return source;
  if (item !== null) return { path: pathOf(item.picture) };
  throw new FashiondError('internal', 'a query is an item or a picture');
}
