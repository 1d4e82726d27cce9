/** Opens what decides on pictures, as the config says. */
import { shippedLookalikePath, shippedModelPath } from './config/assets.js';
import type { Config } from './config/schema.js';
import type { Log, PictureClassifier, SuspectClassifier } from './domain/ports.js';
import { chooseRule } from './infer/decision-rule.js';
import { loadModelFolder } from './infer/model-folder.js';
import type { LoadedModel } from './infer/model-folder.js';
import { createPictureClassifier, openClassifierOn } from './infer/picture-classifier.js';
import type { ClassifierOptions } from './infer/picture-classifier.js';
import { InferencePool } from './infer/pool.js';
import type { InferencePoolOptions } from './infer/pool.js';
import { createSuspectClassifier } from './infer/suspect-classifier.js';
import { openLookalikeModel } from './lookalike-model.js';
import { workerPath } from './platform/worker-path.js';

/** Threads on which models decide. Throws FashiondError as `openLookalikeModel`. */
export async function openInference(config: Config, log: Log): Promise<InferencePool> {
  return new InferencePool(await poolOptions(config, log));
}

/** A model on threads that others use as well. Throws FashiondError where it cannot be loaded. */
export function openModelOn(
  pool: InferencePool,
  model: LoadedModel,
  config: Config,
  log: Log,
): Promise<PictureClassifier> {
  return openClassifierOn(pool, classifierOptions(model, config, log));
}

/** The model that the config names, with threads of its own: for commands that crawl nothing. */
export async function openClassifier(config: Config, log: Log): Promise<PictureClassifier> {
  const model = await loadModelFolder(config.model.path ?? shippedModelPath);
  return createPictureClassifier({
    ...classifierOptions(model, config, log),
    ...(await poolOptions(config, log)),
  });
}

function classifierOptions(
  model: LoadedModel,
  { model: settings, compute }: Config,
  log: Log,
): ClassifierOptions {
  return {
    model,
    rule: chooseRule(model.manifest, settings),
    batch: compute.batch,
    batchWaitMs: compute.batch_wait,
    runtime: { runtime: compute.runtime, device: compute.device },
    log,
  };
}

async function poolOptions(config: Config, log: Log): Promise<InferencePoolOptions> {
  const { lookalike, layout } = await openLookalikeModel(config);
  return {
    lookLayout: layout,
    lookalike,
    threads: config.compute.workers,
    maxPixels: config.compute.max_pixels,
    worker: workerPath(import.meta.url, './inference-worker.js'),
    log,
  };
}

export function openSuspectClassifier(
  config: Config,
  { classifier, modelFolder }: { readonly classifier: PictureClassifier; readonly modelFolder: string },
  log: Log,
): SuspectClassifier {
  return createSuspectClassifier({
    worker: workerPath(import.meta.url, './suspect-worker.js'),
    settings: {
      modelFolder,
      lookalikeFolder: config.model.lookalike ?? shippedLookalikePath,
      fingerprint: classifier.manifest.fingerprint,
      lookVersion: classifier.lookLayout.version,
      maxPixels: config.compute.max_pixels,
      rule: chooseRule(classifier.manifest, config.model),
      runtime: { runtime: config.compute.runtime, device: config.compute.device },
    },
    log,
  });
}
