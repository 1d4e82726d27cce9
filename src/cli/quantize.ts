/** `fashiond quantize`: a model that serves in whole numbers. */
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { readDataset } from '../learn/dataset/dataset.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';
import { interval } from '../learn/evaluation/share.js';
import { writeModelFolder } from '../learn/model-folder.js';
import { quantizedCard } from '../learn/quantization/card.js';
import { mayExceed, mayExceedText } from '../learn/quantization/compare-precision.js';
import type { PrecisionComparison } from '../learn/quantization/compare-precision.js';
import { quantizeModel } from '../learn/quantization/quantize-model.js';
import type { FloatModel } from '../learn/quantization/quantize-model.js';
import type { Calibration } from '../learn/rejection/calibrate.js';
import { LIMITS_PROMISE } from '../learn/rejection/fit-limits.js';
import { withLimits } from '../learn/rejection/write-limits.js';
import { decodeWeights, WEIGHTS_FILE } from '../model/weights.js';
import { systemClock } from '../platform/clock.js';
import { calibrationOf, limitLines, readDatasets, readNamedOffDomain } from './calibrate-folder.js';
import type { CliContext } from './context.js';
import { table } from './text-table.js';

export interface QuantizeFlags {
  readonly data: string;
  readonly out: string;
  readonly maxLoss: number;
  readonly calibrateOn?: readonly string[];
  readonly offDomain?: string;
  readonly threads: number;
  readonly json?: true;
}

export async function quantizeFromFlags(
  folder: string,
  flags: QuantizeFlags,
  context: CliContext,
): Promise<void> {
  const { out, threads } = flags;
  await checkPlace(folder, out);
  const model = await readFloatModel(folder);
  const dataset = await readDataset(flags.data);
  const others = await readDatasets(flags.calibrateOn ?? []);
  const offDomain = await readNamedOffDomain(flags.offDomain, model.manifest);
  const maxLoss = flags.maxLoss / 100;
  const { manifest, network, comparison } = await quantizeModel(model, dataset, {
    maxLoss,
    threads,
    clock: systemClock,
  });
  // Limits of the float model are of other probabilities and features: they are fitted anew, before anything is written.
  const int8 = await openNetworkModel(manifest, network, threads);
  const pictures = { data: dataset, others, split: 'validation', promised: LIMITS_PROMISE } as const;
  let calibration: Calibration;
  try {
    calibration = await calibrationOf(int8, { ...pictures, offDomain, means: null });
  } finally {
    await int8.close();
  }
  const card = quantizedCard(manifest, model.manifest, comparison, maxLoss, await cardOf(folder));
  const limited = withLimits(manifest, card, calibration);
  const history = { quantizedFrom: model.manifest.fingerprint, maxLoss, comparison };
  const written = await writeModelFolder(out, { ...limited, network, weights: null, history });
  const bytes = { float32: model.network.length, int8: network.length };
  if (flags.json === true) {
    const { fingerprint } = written;
    const lossMayExceed = mayExceed(comparison, maxLoss);
    context.print(
      JSON.stringify({ writtenTo: out, fingerprint, comparison, maxLoss, lossMayExceed, bytes }, null, 2),
    );
    return;
  }
  for (const line of comparisonLines(comparison, bytes)) context.print(line);
  if (mayExceed(comparison, maxLoss)) context.print(mayExceedText(comparison, maxLoss));
  for (const line of limitLines(written)) context.print(line);
  context.print(`model written to ${out}; fingerprint ${written.fingerprint}`);
}

async function checkPlace(folder: string, out: string): Promise<void> {
  const [from, to] = await Promise.all([folder, out].map((path) => realpath(path).catch(() => path)));
  if (from !== to) return;
  throw new FashiondError('usage', `--out ${out} is the model itself`, {
    hint: 'name another folder: the float model is needed to compare, and to train on from',
  });
}

async function readFloatModel(folder: string): Promise<FloatModel> {
  const { manifest, network, weights } = await loadModelFolder(folder);
  if (manifest.precision === 'int8') {
    throw new FashiondError('usage', `model ${manifest.name} is in int8 already`, {
      hint: 'name the model that it was made from',
    });
  }
  if (weights === null) {
    throw new FashiondError('usage', `model folder ${folder} has no ${WEIGHTS_FILE}`, {
      hint: 'only networks that `fashiond train category` made can be quantized',
    });
  }
  // The runtime takes plain memory only.
  const plain = new Uint8Array(network);
  return { manifest, network: plain, weights: decodeWeights(weights, join(folder, WEIGHTS_FILE)) };
}

async function cardOf(folder: string): Promise<string> {
  return readFile(join(folder, 'card.md'), 'utf8').catch(() => '');
}

function comparisonLines(
  { pictures, accuracy, agreement, loss, cpuMs }: PrecisionComparison,
  bytes: { readonly float32: number; readonly int8: number },
): string[] {
  const row = (precision: 'float32' | 'int8'): string[] => [
    precision,
    interval(accuracy[precision]),
    cpuMs[precision].toFixed(2),
    (bytes[precision] / 1e6).toFixed(2),
  ];
  return [
    `${pictures} validation pictures, 95 % intervals`,
    ...table([['', 'top-1', 'CPU ms a picture', 'MB'], row('float32'), row('int8')]),
    `named alike: ${interval(agreement)}; lost: ${(loss.value * 100).toFixed(2)} points ` +
      `(${(loss.low * 100).toFixed(2)} to ${(loss.high * 100).toFixed(2)})`,
  ];
}
