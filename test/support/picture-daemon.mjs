/**
 * The compute half of the daemon alone, as a process that may be killed: classifies what a store holds and ends.
 * Arguments: database, folder of the pictures, folder of the model.
 */
import { fileURLToPath } from 'node:url';
import { shippedLookalikePath } from '../../dist/config/assets.js';
import { createBlobStore } from '../../dist/images/blob-store.js';
import { chooseRule } from '../../dist/infer/decision-rule.js';
import { loadModelFolder } from '../../dist/infer/model-folder.js';
import { createPictureClassifier } from '../../dist/infer/picture-classifier.js';
import { createSuspectClassifier } from '../../dist/infer/suspect-classifier.js';
import { readLookalikeModel } from '../../dist/lookalike-model.js';
import { classifyPictures } from '../../dist/pipeline/picture-step.js';
import { Bell } from '../../dist/platform/bell.js';
import { systemClock } from '../../dist/platform/clock.js';
import { openStore } from '../../dist/store/store.js';

const [database, pictures, modelFolder] = process.argv.slice(2);
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const maxPixels = 1_000_000;
const model = await loadModelFolder(modelFolder);
const { lookalike, layout } = await readLookalikeModel(shippedLookalikePath);
const { fingerprint } = model.manifest;
const runtime = { runtime: 'auto', device: 'auto' };
const rule = chooseRule(model.manifest, { rejection: 'auto', threshold: null });

const store = openStore(database, { log: silent });
store.recoverLeases();
const classifier = await createPictureClassifier({
  model,
  lookLayout: layout,
  lookalike,
  threads: 1,
  batch: 4,
  batchWaitMs: 4,
  maxPixels,
  rule,
  worker: beside('./deadly-inference-worker.mjs'),
  log: silent,
});
const suspects = createSuspectClassifier({
  worker: beside('./deadly-suspect-worker.mjs'),
  settings: {
    modelFolder,
    lookalikeFolder: shippedLookalikePath,
    fingerprint,
    lookVersion: layout.version,
    maxPixels,
    rule,
    runtime,
  },
  log: silent,
});
const stop = new AbortController();
const running = classifyPictures(
  {
    store,
    blobs: createBlobStore(pictures),
    classifier,
    decide: (predictions) => (predictions.length === 0 ? null : classifier.decide(predictions)),
    suspects,
    clock: systemClock,
    log: silent,
    picturesStored: new Bell(),
    imagesWanted: new Bell(),
  },
  { width: 16 },
  stop.signal,
);
while (store.backlog().stored > 0) await Promise.race([running, systemClock.sleep(20)]);
stop.abort();
await running;
suspects.close();
// oxlint-disable-next-line typescript/await-thenable -- compiled code has lost its type
await classifier.close();
store.close();
