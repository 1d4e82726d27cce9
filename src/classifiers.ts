/** Opens what decides on pictures, as the config says. */
import { shippedLookalikePath, shippedModelPath } from './config/assets.js';
import type { Config } from './config/schema.js';
import type { Log, PictureClassifier, SuspectClassifier } from './domain/ports.js';
import { chooseRule } from './infer/decision-rule.js';
import { loadModelFolder } from './infer/model-folder.js';
import type { LoadedModel } from './infer/model-folder.js';
import { createPictureClassifier } from './infer/picture-classifier.js';
import { createSuspectClassifier } from './infer/suspect-classifier.js';
import { openLookalikeModel } from './lookalike-model.js';
import { workerPath } from './platform/worker-path.js';

/** `served`: null takes the one that the config names, for commands that need no crawl. */
export async function openClassifier(
  config: Config,
  log: Log,
  served: LoadedModel | null = null,
): Promise<PictureClassifier> {
  const model = served ?? (await loadModelFolder(config.model.path ?? shippedModelPath));
  const { lookalike, layout } = await openLookalikeModel(config);
  return createPictureClassifier({
    model,
    rule: chooseRule(model.manifest, config.model),
    lookLayout: layout,
    lookalike,
    threads: config.compute.workers,
    batch: config.compute.batch,
    batchWaitMs: config.compute.batch_wait,
    maxPixels: config.compute.max_pixels,
    runtime: { runtime: config.compute.runtime, device: config.compute.device },
    worker: workerPath(import.meta.url, './inference-worker.js'),
    log,
  });
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
