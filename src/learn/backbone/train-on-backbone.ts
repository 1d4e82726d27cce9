/** Data set and backbone -> model folder: features once, a head on top of them, and both as one network. */
import type { Clock } from '../../domain/ports.js';
import { checkClasses } from '../dataset/check-classes.js';
import { classesOf, datasetFingerprint, picturesOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { evaluateSplits, THRESHOLD } from '../evaluate.js';
import { fitTemperature } from '../metrics.js';
import { modelCard } from '../model-card.js';
import { manifestOf, writeModelFolder } from '../model-folder.js';
import type { NamedValues } from '../networks/served-values.js';
import { decodeOpaque, joinModels } from '../onnx/join.js';
import type { TrainedCategory } from '../train-category.js';
import type { EpochRecord } from '../train/history.js';
import type { TrainOptions } from '../train/options.js';
import { checkOptions } from '../train/recipe.js';
import { checkLearnt, describeEnd } from '../train/train-end.js';
import { featureNetwork, openBackbone } from './backbone.js';
import type { Backbone } from './backbone.js';
import type { BackboneDescription } from './description.js';
import { behindBackbone } from './ends.js';
import { pictureFeatures } from './features.js';
import { serveHead } from './head-graph.js';
import type { HeadShape } from './head-graph.js';
import { fitStandardization, folded, standardized } from './standardize.js';
import { predictHead, trainHead } from './train-head.js';
import type { HeadData, HeadResult } from './train-head.js';

export interface BackboneSetting {
  readonly out: string;
  readonly name: string;
  /** The data set's folder, where features are kept; null keeps none. */
  readonly featureFolder: string | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How the backbone is fed, once it is known. */
  readonly onBackbone?: (text: string) => void;
  /** Told why the features could not be kept in their folder. */
  readonly onUnkept?: (reason: string) => void;
  readonly onFeatures?: (done: number, total: number) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

/** As in the project's own network. */
const LATENT_BITS = 64;
const DROPOUT = 0.2;

/** Throws FashiondError for a network that is no backbone, and for data that cannot be learnt from. */
export async function trainOnBackbone(
  description: BackboneDescription,
  dataset: Dataset,
  options: TrainOptions,
  setting: BackboneSetting,
): Promise<TrainedCategory> {
  const { index } = dataset;
  checkClasses(index);
  const sources = index.entries.map(({ source }) => source);
  const [train, validation] = [picturesOf(index, 'train'), picturesOf(index, 'validation')];
  const alone = { ...options, workers: 1 };
  const fingerprint = datasetFingerprint(index);
  checkOptions(
    { size: index.size },
    { size: index.size, train, validation, sources, fingerprint },
    alone,
    'cpu',
  );
  const backbone = await openBackbone(description, index.size);
  setting.onBackbone?.(`backbone ${backbone.name}: ${backbone.width} features; fed ${backbone.feeding}`);
  const raw = await pictureFeatures(featureNetwork(backbone), backbone.width, dataset, {
    folder: setting.featureFolder,
    threads: options.workers,
    signal: setting.signal,
    ...(setting.onUnkept === undefined ? {} : { onUnkept: setting.onUnkept }),
    ...(setting.onFeatures === undefined ? {} : { onPicture: setting.onFeatures }),
  });
  const scale = fitStandardization(raw.train, backbone.width);
  const classOf = classesOf(index);
  const data: HeadData = {
    train: standardized(raw.train, scale),
    mirrored: standardized(raw.mirrored, scale),
    trainLabels: train.map(classOf),
    rates: train.map((picture) => options.rates[sources[picture] ?? ''] ?? 1),
    validation: standardized(raw.validation, scale),
    validationLabels: validation.map(classOf),
  };
  const { width } = backbone;
  const shape: HeadShape = { width, latentBits: LATENT_BITS, classes: index.labels.length, dropout: DROPOUT };
  const result = await trainHead(shape, data, options, setting);
  checkLearnt(result, 'start again; a head takes seconds');
  const temperature = fitTemperature(
    await predictHead(shape, result.values, data.validation, data.validationLabels),
  );
  const network = servingNetwork(backbone, shape, folded(result.values, scale, temperature));
  const evaluations = await evaluateSplits(network, dataset, options.workers);
  const trained: TrainedCategory = {
    end: result.end,
    bestEpoch: result.best.epoch,
    evaluations,
    temperature,
    temperatureFrom: 'validation',
    memory: null,
  };
  await write(dataset, { backbone, network, result, trained }, options, setting);
  return trained;
}

/** Pixels in; all that serving expects out. */
function servingNetwork(backbone: Backbone, shape: HeadShape, values: NamedValues): Uint8Array {
  const { graph, features } = behindBackbone(backbone.outShape, backbone.layout);
  const after = graph.encode('head', serveHead(graph, features, shape, values));
  return joinModels(backbone.before, backbone.network, decodeOpaque(after));
}

async function write(
  { index }: Dataset,
  outcome: {
    readonly backbone: Backbone;
    readonly network: Uint8Array;
    readonly result: HeadResult;
    readonly trained: TrainedCategory;
  },
  options: TrainOptions,
  setting: BackboneSetting,
): Promise<void> {
  const { backbone, network, result, trained } = outcome;
  const manifest = manifestOf({
    name: setting.name,
    network,
    size: index.size,
    fill: index.fill,
    labels: index.labels,
    latentBits: LATENT_BITS,
    featureLength: backbone.width,
    threshold: THRESHOLD,
    createdAt: new Date(setting.clock.now()).toISOString(),
  });
  const { name, sha256, feeding } = backbone;
  const card = modelCard({
    manifest,
    index,
    network:
      `A head on the features of ${name} (SHA-256 ${sha256.slice(0, 12)}), which did not change and whose own ` +
      `training pictures are not in the table below; fed ${feeding}.`,
    temperature: trained.temperature,
    temperatureFrom: trained.temperatureFrom,
    bestEpoch: result.best.epoch,
    epochs: result.history.length,
    ending: describeEnd(result.end),
    startedFrom: null,
    fineTuned: null,
    evaluations: trained.evaluations,
  });
  const history = {
    options,
    backbone: { name, sha256, feeding, features: backbone.width },
    end: result.end,
    best: result.best,
    temperature: trained.temperature,
    epochs: result.history,
    evaluations: trained.evaluations,
  };
  await writeModelFolder(setting.out, { manifest, network, weights: null, card, history });
}
