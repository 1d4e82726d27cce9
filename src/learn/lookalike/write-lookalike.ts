/** A lookalike model as a folder: manifest.json, model.onnx, card.md, history.json, and weights.safetensors to go on from. */
import { join } from 'node:path';
import type { LookalikeManifest } from '../../domain/lookalike-model.js';
import type { NetworkSpec } from '../../model/network.js';
import { WEIGHTS_FILE, encodeWeights } from '../../model/weights.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import { lookalikeFingerprint, sha256Hex } from '../../platform/fingerprint.js';
import { buildServingGraph } from '../networks/serving-graph.js';
import { buildTrainingGraph, namedTensors } from '../networks/training-graph.js';
import { describeEnd } from '../train/train-end.js';
import type { TrainOptions } from '../train/options.js';
import type { TrainResult } from '../train/trainer.js';

const NETWORK = 'model.onnx';

export interface LookalikeFacts {
  readonly name: string;
  /** Value of the letterbox bars, 0 to 255. */
  readonly fill: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly options: TrainOptions;
  readonly pictures: number;
  readonly garments: number;
  /** Names of the truths it was taught. */
  readonly truths: readonly string[];
}

/** All files or none. The weights are for training on, and no part of the manifest: whoever serves does not need them. */
export async function writeLookalikeFolder(
  folder: string,
  spec: NetworkSpec,
  result: TrainResult,
  facts: LookalikeFacts,
): Promise<LookalikeManifest> {
  const network = buildServingGraph(spec, result.values, 1, 'float16');
  const input = { size: spec.size, fill: facts.fill };
  const networkHash = sha256Hex(network);
  const graph = buildTrainingGraph(spec, 2);
  const weights = encodeWeights({ spec, temperature: 1, tensors: namedTensors(graph, result.values) });
  const flops = graph.flops * (spec.mirrored === true ? 2 : 1);
  const card = Buffer.from(cardOf(spec, result, facts, flops));
  const history = Buffer.from(`${JSON.stringify(historyOf(result, facts), null, 2)}\n`);
  const manifest: LookalikeManifest = {
    format: 1,
    kind: 'lookalike',
    name: facts.name,
    fingerprint: lookalikeFingerprint({
      networkHash,
      metricHash: null,
      input,
      embeddingLength: spec.classes,
    }),
    createdAt: facts.createdAt,
    input,
    embeddingLength: spec.classes,
    files: { [NETWORK]: networkHash, 'card.md': sha256Hex(card), 'history.json': sha256Hex(history) },
  };
  await writeFilesAtomic([
    { path: join(folder, NETWORK), data: network },
    { path: join(folder, WEIGHTS_FILE), data: weights },
    { path: join(folder, 'card.md'), data: card },
    { path: join(folder, 'history.json'), data: history },
    { path: join(folder, 'manifest.json'), data: `${JSON.stringify(manifest, null, 2)}\n` },
  ]);
  return manifest;
}

function historyOf(result: TrainResult, { options, pictures, garments, truths }: LookalikeFacts): object {
  const { end, startedFrom, best, history } = result;
  return { options, truths, pictures, garments, end, startedFrom, best, epochs: history };
}

function cardOf(
  spec: NetworkSpec,
  { best, history, end, startedFrom }: TrainResult,
  { name, options, pictures, garments, truths }: LookalikeFacts,
  flops: number,
): string {
  const record = history.find(({ epoch }) => epoch === best.epoch);
  const found = record === undefined ? 'unknown' : record.validationAccuracy.toFixed(3);
  return `# ${name}

Tells how alike the garments of two pictures are: a residual network whose embeddings (${spec.classes} numbers of unit
length) lie near where two pictures show one garment. ${spec.size} pixels, ${Math.round(flops / 1e6)} million
floating-point operations a picture${spec.mirrored === true ? ' and its mirror image, whose mean it is' : ''}, weights in half precision.

Taught with the contrastive loss (temperature ${spec.contrastive?.temperature ?? 0}) on ${pictures} pictures of ${garments} garments
(${truths.join(', ')}), two pictures of a garment at a time among others of its kind and of near colours; pictures of
which there is one were shown twice, altered.${
    (spec.contrastive?.facts ?? 0) > 0
      ? ` Where a garment's facts were known (${spec.contrastive?.facts} numbers of cut, fabric, print and colours), it had to tell them too.`
      : ''
  } Started from ${startedFrom ?? 'random weights'}.

${describeEnd(end)}; best epoch ${best.epoch} of ${history.length}, batches of ${options.batch}, seed ${options.seed}. Of the pictures of
garments kept back for validation a share of ${found} found another one of theirs first among all of them.

It knows what it was shown. Where \`fashiond search evaluate\` finds fewer lookalikes of a shop with it than without,
\`fashiond search tune\` gives its part less weight.
`;
}
