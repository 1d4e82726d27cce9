/**
 * Composition root of the process that classifies suspects: the inference pool with one thread.
 *
 * Started by infer/suspect-classifier.ts, and not by hand.
 */
import { FashiondError } from './domain/errors.js';
import type { Log } from './domain/ports.js';
import type { PictureOutcome } from './domain/prediction.js';
import { loadModelFolder } from './infer/model-folder.js';
import { createPictureClassifier } from './infer/picture-classifier.js';
import type { SuspectRequest, SuspectSettings } from './infer/suspect-classifier.js';
import { readLookalikeModel } from './lookalike-model.js';
import { serveParent } from './platform/sacrificial-process.js';
import { workerPath } from './platform/worker-path.js';

/** The outcome says what happened, and the parent logs it. */
const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

await serveParent<PictureOutcome>(async () => {
  const settings = JSON.parse(process.argv[2] ?? '') as SuspectSettings;
  const model = await loadModelFolder(settings.modelFolder);
  const { lookalike, layout } = await readLookalikeModel(settings.lookalikeFolder);
  const changed =
    model.manifest.fingerprint !== settings.fingerprint
      ? settings.modelFolder
      : layout.version !== settings.lookVersion
        ? settings.lookalikeFolder
        : null;
  if (changed !== null) {
    throw new FashiondError('incompatible', `${changed} holds another model than at the start`, {
      hint: 'Start the daemon again to use the new model.',
    });
  }
  const classifier = await createPictureClassifier({
    model,
    lookLayout: layout,
    lookalike,
    threads: 1,
    batch: 1,
    batchWaitMs: 0,
    maxPixels: settings.maxPixels,
    rule: settings.rule,
    runtime: settings.runtime,
    worker: workerPath(import.meta.url, './inference-worker.js'),
    log: silent,
  });
  return (request) => classifier.classify(request as SuspectRequest);
});
