/** The file of the directions that short vectors are made of: `basis.safetensors`, a tensor a part. */
import { readFile } from 'node:fs/promises';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { CompactBasis, PartBasis, SimilarityParts } from '../domain/similar.js';
import { decodeTensors, encodeTensors } from './safetensors.js';

export const COMPACT_BASIS_FILE = 'basis.safetensors';

export function encodeCompactBasis({ model, lookVersion, parts }: CompactBasis): Uint8Array {
  const tensors = Object.entries<PartBasis>(parts).map(
    ([part, { rows, columns, values }]) => [part, { shape: [rows, columns], data: values }] as const,
  );
  return encodeTensors({ tensors: new Map(tensors), metadata: { model, lookVersion } });
}

/** Throws FashiondError `not-found` without the file, `corrupt` for one that holds anything else. */
export async function readCompactBasis(
  path: string,
  parts: readonly (keyof SimilarityParts)[],
): Promise<CompactBasis> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  });
  const { tensors, metadata } = decodeTensors(bytes, path);
  const { model, lookVersion } = metadata;
  if (model === undefined || lookVersion === undefined) throw corrupt(path, 'it names no model');
  const bases = parts.map((part): [string, PartBasis] => {
    const tensor = tensors.get(part);
    const [rows, columns] = tensor?.shape ?? [];
    if (tensor === undefined || rows === undefined || columns === undefined) {
      throw corrupt(path, `it has no directions of ${part}`);
    }
    return [part, { rows, columns, values: tensor.data }];
  });
  return { model, lookVersion, parts: Object.fromEntries(bases) as unknown as CompactBasis['parts'] };
}

function corrupt(path: string, what: string): FashiondError {
  return new FashiondError('corrupt', `${path} is no basis of short vectors: ${what}`, {
    hint: 'copy it again, or make it with `fashiond search compress`',
  });
}
