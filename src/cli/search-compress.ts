/**
 * `fashiond search compress`: the directions along which short vectors are made, from the pictures of truths, and how
 * many of the best answers of a full comparison the short vectors keep.
 */
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { LookLayout } from '../domain/picture.js';
import type { BlendSettings, CompactBasis, PartBasis, SearchVectors } from '../domain/similar.js';
import { COMPACT_BASIS_FILE, encodeCompactBasis } from '../model/compact-basis.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { PARTS } from '../search/blend.js';
import type { Part } from '../search/blend.js';
import { compactScore, compactSlices, compactVector, partOf } from '../search/compact-vector.js';
import { methodsOf } from '../search/evaluation/methods.js';
import { principalDirections } from '../search/evaluation/principal.js';
import { SHORTLIST } from '../search/lookalike-index.js';
import { withMirroredShape } from '../search/mirror-shape.js';
import type { CliContext } from './context.js';
import { describeTruth } from './search-truth.js';
import type { DescribedTruth } from './search-truth.js';

export interface CompressFlags {
  readonly truth: readonly string[];
  readonly measure?: string;
  readonly model?: string;
  readonly out: string;
}

/** Of 128 numbers; of several divisions measured, the one that kept most. */
const DIRECTIONS: Readonly<Record<Part, number>> = { colour: 24, shape: 64, pattern: 12, features: 28 };
const BEST = 10;

/** Fits the directions to the pictures of the truths and writes them. */
export async function compressVectors(
  config: Config,
  flags: CompressFlags,
  context: CliContext,
): Promise<void> {
  const model = { ...config.model, path: flags.model ?? config.model.path };
  const describe = (file: string): Promise<DescribedTruth> =>
    describeTruth(file, { ...config, model }, context);
  const vectors: SearchVectors[] = [];
  let last: DescribedTruth | null = null;
  for (const file of flags.truth) {
    last = await describe(file);
    vectors.push(...last.vectors);
  }
  if (last === null) return;
  const basis = fit(vectors, last.layout, last.model);
  await writeFileAtomic(join(flags.out, COMPACT_BASIS_FILE), encodeCompactBasis(basis));
  context.print(`fitted to ${vectors.length} pictures, written to ${flags.out}`);
  if (flags.measure === undefined) return;
  const kept = keptOf(await describe(flags.measure), basis, config.search, context.signal);
  context.print(
    `of the best ${BEST} of a full comparison, ${(kept * 100).toFixed(2)} % are among the first ${SHORTLIST}`,
  );
}

function fit(vectors: readonly SearchVectors[], layout: LookLayout, model: string): CompactBasis {
  const bases = PARTS.map((part): [string, PartBasis] => {
    const straight = vectors.map((one) => partOf(one, layout, part));
    const turned = part === 'shape' ? vectors.map(({ look }) => mirroredShape(look, layout)) : [];
    return [part, principalDirections([...straight, ...turned], DIRECTIONS[part])];
  });
  return {
    model,
    lookVersion: layout.version,
    parts: Object.fromEntries(bases) as unknown as CompactBasis['parts'],
  };
}

function mirroredShape(look: Float32Array, layout: LookLayout): Float32Array {
  return (withMirroredShape(look, layout) ?? look).subarray(...layout.shape);
}

/** Mean over the queries of the share of the best answers that the first by short vectors hold. */
function keptOf(
  truth: DescribedTruth,
  basis: CompactBasis,
  settings: BlendSettings,
  signal: AbortSignal,
): number {
  const { layout, queries, galleryAt } = truth;
  const slices = compactSlices(basis);
  const short = truth.vectors.map((one) => compactVector(one, layout, basis));
  const blend = methodsOf(settings).find(({ name }) => name === 'blend');
  let sum = 0;
  for (const query of queries) {
    signal.throwIfAborted();
    const own = truth.vectors[query.at];
    const compact = short[query.at];
    if (blend === undefined || own === undefined || compact === undefined) continue;
    const look = withMirroredShape(own.look, layout);
    const mirrored = look === null ? null : compactVector({ ...own, look }, layout, basis);
    const full = blend.score(truth.rowOf(query));
    const near = Float32Array.from(galleryAt, (at) =>
      compactScore(compact, mirrored, short[at] ?? compact, slices, settings),
    );
    const first = new Set(firstOf(near, SHORTLIST, query.self));
    const best = firstOf(full, BEST, query.self);
    sum += best.filter((at) => first.has(at)).length / best.length;
  }
  return sum / queries.length;
}

function firstOf(scores: Float32Array, count: number, self: number): number[] {
  return [...scores.keys()]
    .filter((at) => at !== self)
    .sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0))
    .slice(0, count);
}
