/** Data set -> model folder: train, calibrate, evaluate, describe. */
import { join } from 'node:path';
import type { Clock } from '../domain/ports.js';
import { checkClasses, unseen } from './dataset/check-classes.js';
import type { Dataset } from './dataset/dataset.js';
import { picturesOf } from './dataset/dataset.js';
import { shareDataset } from './dataset/shared-dataset.js';
import { evaluateSplits, predictionsOf, THRESHOLD } from './evaluate.js';
import type { Evaluation } from './evaluate.js';
import { baseName } from './fine-tuning/base-model.js';
import { withClasses } from './fine-tuning/classes.js';
import { fineTuningText } from './fine-tuning/fine-tuning.js';
import type { FineTuning } from './fine-tuning/fine-tuning.js';
import { memoryOf } from './fine-tuning/memory.js';
import type { Memory } from './fine-tuning/memory.js';
import { fitTemperature } from './metrics.js';
import { modelCard } from './model-card.js';
import { manifestOf, writeModelFolder } from './model-folder.js';
import { categoryNetwork } from './networks/category.js';
import type { CategoryNetworkOptions } from './networks/category.js';
import type { NetworkSpec } from '../model/network.js';
import { ONNX_ON_CPU } from '../model/runtime.js';
import type { RuntimeChoice } from '../model/runtime.js';
import { buildServingGraph } from './networks/serving-graph.js';
import type { NamedValues } from './networks/served-values.js';
import { buildTrainingGraph, namedTensors } from './networks/training-graph.js';
import type { TrainingGraph } from './networks/training-graph.js';
import type { EpochRecord } from './train/history.js';
import type { TrainOptions } from './train/options.js';
import type { StartingPoint } from './train/start-from.js';
import { checkLearnt, describeEnd } from './train/train-end.js';
import type { TrainEnd } from './train/train-end.js';
import type { TemperatureSource } from './temperature.js';
import { train } from './train/trainer.js';
import type { StepProgress, TrainResult } from './train/trainer.js';

export interface TrainCategorySetting {
  /** Folder of the model and of the checkpoint. */
  readonly out: string;
  readonly name: string;
  readonly resume: boolean;
  /**
   * Another network than the default one, such as a narrower one where there are few classes. It does not count where
   * the training starts from a model, whose layers it keeps.
   */
  readonly network?: Omit<CategoryNetworkOptions, 'size' | 'classes'>;
  /** What differentiates the network; ONNX Runtime on the CPU when absent. */
  readonly runtime?: RuntimeChoice;
  /** Time between two checkpoints within an epoch. */
  readonly checkpointEveryMs?: number;
  /** The model whose weights are the start. */
  readonly from?: FineTuning;
  /** Whether the model serves the mean of a picture and its mirror image; it does when absent. */
  readonly mirrored?: boolean;
  /** Whether the last epoch counts, whatever validation says: the number of epochs was chosen before. */
  readonly keepLast?: boolean;
  /** Said in the card after how it was taught on; a sentence without its stop. */
  readonly remark?: string;
  /** What else the history keeps, by name. */
  readonly record?: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

export interface TrainedCategory {
  readonly end: TrainEnd;
  readonly bestEpoch: number;
  readonly evaluations: readonly Evaluation[];
  readonly temperature: number;
  readonly temperatureFrom: TemperatureSource;
  /** Null where it started from nothing, or from a model that cannot be compared with. */
  readonly memory: Memory | null;
}

/**
 * Throws FashiondError for data that cannot be learnt from, and when not one epoch was finished: there is nothing
 * worth writing then.
 */
export async function trainCategory(
  given: Dataset,
  options: TrainOptions,
  setting: TrainCategorySetting,
): Promise<TrainedCategory> {
  const { from, ...rest } = setting;
  const dataset = from === undefined ? given : withClasses(given, from.plan);
  checkClasses(dataset.index, from?.plan.absent);
  const mirrored = setting.mirrored ?? true;
  const spec = { ...specOf(dataset, setting), mirrored };
  const result = await train(spec, shareDataset(dataset), options, {
    ...rest,
    ...(from === undefined ? {} : { from: startOf(from), teacher: from.teacher }),
    checkpointPath: join(setting.out, 'checkpoint.bin'),
  });
  checkLearnt(result, 'go on with --resume');
  const threads = options.workers;
  const calibration = await calibrated(spec, dataset, result.values, from, threads);
  const { network, temperature, temperatureFrom } = calibration;
  const evaluations = await evaluateSplits(network, dataset, threads);
  const memory = from === undefined ? null : await memoryOf(from, { network, mirrored }, dataset, threads);
  await write(dataset, spec, { ...calibration, result, evaluations, memory }, options, setting);
  const bestEpoch = result.best.epoch;
  return { end: result.end, bestEpoch, evaluations, temperature, temperatureFrom, memory };
}

/** The layers of the base, where there is one. */
function specOf(
  { index }: Dataset,
  { from, network }: Pick<TrainCategorySetting, 'from' | 'network'>,
): NetworkSpec {
  const shape = { size: index.size, classes: index.labels.length };
  return from === undefined ? categoryNetwork({ ...network, ...shape }) : { ...from.base.spec, ...shape };
}

function startOf({ base, plan }: FineTuning): StartingPoint {
  const { fingerprint, tensors } = base;
  return { name: baseName(base), fingerprint, tensors, columns: plan.columns };
}

interface Calibrated {
  readonly network: Uint8Array;
  readonly temperature: number;
  readonly temperatureFrom: TemperatureSource;
}

async function calibrated(
  spec: NetworkSpec,
  dataset: Dataset,
  values: NamedValues,
  from: FineTuning | undefined,
  threads: number,
): Promise<Calibrated> {
  const raw = buildServingGraph(spec, values);
  const validation = picturesOf(dataset.index, 'validation');
  // Pictures of some classes say little of how sure the network may be of the others.
  if (from !== undefined && unseen(dataset.index, 'validation').length > 0) {
    const { temperature } = from.base;
    return { network: buildServingGraph(spec, values, temperature), temperature, temperatureFrom: 'base' };
  }
  const temperature = fitTemperature(await predictionsOf(raw, dataset, validation, threads));
  return {
    network: buildServingGraph(spec, values, temperature),
    temperature,
    temperatureFrom: 'validation',
  };
}

async function write(
  { index }: Dataset,
  spec: NetworkSpec,
  outcome: Calibrated & {
    readonly result: TrainResult;
    readonly evaluations: readonly Evaluation[];
    readonly memory: Memory | null;
  },
  options: TrainOptions,
  setting: TrainCategorySetting,
): Promise<void> {
  const { network, temperature, temperatureFrom, result, evaluations, memory } = outcome;
  const { from } = setting;
  const graph = buildTrainingGraph(spec, 1);
  const manifest = manifestOf({
    name: setting.name,
    network,
    size: index.size,
    fill: index.fill,
    labels: index.labels,
    latentBits: lastWidth(graph.parameters, 'latent.bias'),
    featureLength: graph.parameters.find(({ name }) => name === 'latent.weight')?.shape[0] ?? 0,
    threshold: THRESHOLD,
    createdAt: new Date(setting.clock.now()).toISOString(),
  });
  const card = modelCard({
    manifest,
    index,
    network: networkText(graph, spec),
    temperature,
    temperatureFrom,
    bestEpoch: result.best.epoch,
    epochs: result.history.length,
    ending: describeEnd(result.end),
    startedFrom: result.startedFrom,
    fineTuned:
      from === undefined
        ? null
        : { text: [fineTuningText(from), setting.remark ?? []].flat().join('; '), memory },
    evaluations,
  });
  const history = {
    options,
    runtime: setting.runtime ?? ONNX_ON_CPU,
    end: result.end,
    startedFrom: result.startedFrom,
    ...(from === undefined ? {} : { base: baseRecord(from), memory }),
    best: result.best,
    temperature,
    temperatureFrom,
    epochs: result.history,
    evaluations,
    ...setting.record,
  };
  const weights = { spec, temperature, tensors: namedTensors(graph, result.values) };
  await writeModelFolder(setting.out, { manifest, network, weights, card, history });
}

function networkText({ parameters, flops }: TrainingGraph, { mirrored }: NetworkSpec): string {
  const count = parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const views = mirrored === true ? 2 : 1;
  return (
    `A small residual network: ${count} parameters, ${Math.round((flops * views) / 1e6)} million ` +
    `floating-point operations a picture${views === 2 ? ', which it looks at together with its mirror image' : ''}.`
  );
}

/** Of the model that a training started from, what its history keeps. */
function baseRecord({ base, plan, teacher }: FineTuning): object {
  const { added, absent, dropped } = plan;
  const kept = teacher === null ? null : { weight: teacher.weight, temperature: teacher.temperature };
  return { name: base.name, fingerprint: base.fingerprint, added, absent, dropped, distillation: kept };
}

function lastWidth(parameters: readonly { name: string; shape: readonly number[] }[], name: string): number {
  return parameters.find((parameter) => parameter.name === name)?.shape.at(-1) ?? 0;
}
