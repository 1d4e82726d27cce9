/**
 * `fashiond search metric`: fits how a lookalike model's vectors are made of looks and embeddings, to garments that its
 * network was not taught: on those it was, embeddings differ too little.
 */
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { LookLayout } from '../domain/picture.js';
import type { SearchVectors } from '../domain/similar.js';
import { FashiondError } from '../domain/errors.js';
import { LOOK_LAYOUT } from '../images/look.js';
import { loadLookalikeFolder } from '../infer/lookalike-folder.js';
import { METRIC_FILE, encodeMetric } from '../model/metric.js';
import type { Metric } from '../model/metric.js';
import { writeFilesAtomic } from '../platform/atomic-file.js';
import { lookalikeFingerprint, sha256Hex } from '../platform/fingerprint.js';
import { discriminants } from '../search/evaluation/discriminant.js';
import type { CliContext } from './context.js';
import { describeTruth } from './search-truth.js';
import type { DescribedTruth } from './search-truth.js';

export interface MetricFlags {
  readonly truth: readonly string[];
  readonly model: string;
}

const LENGTH = 96;
/** How much the parts count before the fit; shapes depend most on pose. */
const SCALES = { colour: 1, shape: 0.5, pattern: 1, embedding: 2 };
const RIDGE = 0.1;

/** Writes the metric into the model's folder. Throws FashiondError where it has one already. */
export async function fitMetric(config: Config, flags: MetricFlags, context: CliContext): Promise<void> {
  const { manifest, metric } = await loadLookalikeFolder(flags.model);
  if (metric !== null) {
    throw new FashiondError('usage', `${flags.model} has a metric already`, {
      hint: 'take the folder as `fashiond train lookalike` wrote it',
    });
  }
  const model = { ...config.model, lookalike: flags.model };
  const truths: DescribedTruth[] = [];
  for (const file of flags.truth) truths.push(await describeTruth(file, { ...config, model }, context));
  const vectors = truths.flatMap((truth) => truth.vectors.map((one) => joined(one, truth.layout)));
  const groups = truths.flatMap(({ pictures }, at) => pictures.map(({ group }) => `${at} ${group}`));
  const bytes = encodeMetric(metricOf(vectors, groups, manifest.embeddingLength));
  const metricHash = sha256Hex(bytes);
  const { input, embeddingLength, files } = manifest;
  const networkHash = files['model.onnx'] ?? '';
  const changed = {
    ...manifest,
    fingerprint: lookalikeFingerprint({ networkHash, metricHash, input, embeddingLength }),
    files: { ...files, [METRIC_FILE]: metricHash },
  };
  await writeFilesAtomic([
    { path: join(flags.model, METRIC_FILE), data: bytes },
    { path: join(flags.model, 'manifest.json'), data: `${JSON.stringify(changed, null, 2)}\n` },
  ]);
  context.print(
    `metric of ${LENGTH} numbers fitted to ${vectors.length} pictures; model ${changed.fingerprint}`,
  );
}

/** Look and embedding one behind the other, scaled. */
function joined({ look, features }: SearchVectors, layout: LookLayout): Float32Array {
  const scales = lookScales(layout);
  return Float32Array.from([
    ...look.map((value, at) => value * (scales[at] ?? 0)),
    ...features.map((value) => value * SCALES.embedding),
  ]);
}

function lookScales(layout: LookLayout): Float32Array {
  const scales = new Float32Array(layout.pattern[1]);
  for (const part of ['colour', 'shape', 'pattern'] as const) scales.fill(SCALES[part], ...layout[part]);
  return scales;
}

function metricOf(
  vectors: readonly Float32Array[],
  groups: readonly string[],
  embeddingLength: number,
): Metric {
  const { values, columns, mean } = discriminants(vectors, groups, LENGTH, RIDGE);
  const lookLength = columns - embeddingLength;
  const scales = lookScales(LOOK_LAYOUT);
  const look = new Float32Array(LENGTH * lookLength);
  const embedding = new Float32Array(LENGTH * embeddingLength);
  const offset = new Float32Array(LENGTH);
  for (let row = 0; row < LENGTH; row += 1) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    offset[row] = -own.reduce((sum, value, at) => sum + value * (mean[at] ?? 0), 0);
    for (let at = 0; at < lookLength; at += 1) {
      look[row * lookLength + at] = (own[at] ?? 0) * (scales[at] ?? 0);
    }
    for (let at = 0; at < embeddingLength; at += 1) {
      embedding[row * embeddingLength + at] = (own[lookLength + at] ?? 0) * SCALES.embedding;
    }
  }
  return { lookVersion: LOOK_LAYOUT.version, length: LENGTH, look, embedding, offset };
}
