/** Composition of what reads items' words and joins them with pictures; for the daemon and for `fashiond classify`. */
import { seenAs } from './config/categories.js';
import type { Config } from './config/schema.js';
import type { Category } from './domain/category.js';
import type { ModelManifest } from './domain/model.js';
import type { Log, TextClassifier } from './domain/ports.js';
import { chooseRule } from './infer/decision-rule.js';
import { createItemDecider } from './infer/text/item-decider.js';
import type { ItemDecider } from './infer/text/item-decider.js';
import { createTextClassifier, silentTextClassifier } from './infer/text/text-classifier.js';
import { workerPath } from './platform/worker-path.js';
import { loadTextModel } from './text-model.js';

export interface Words {
  readonly texts: TextClassifier;
  /** Joins the words with what this picture model says. */
  readonly deciderFor: (manifest: ModelManifest) => ItemDecider;
}

export async function openWords(config: Config, categories: readonly Category[], log: Log): Promise<Words> {
  const text = await loadTextModel(config);
  const deciderFor = (manifest: ModelManifest): ItemDecider => {
    const rule = chooseRule(manifest, config.model);
    if (text !== null) {
      log.debug('text.joined', {
        joined_with: text.joint.pictureModel,
        fitted_to_this_picture_model: text.joint.pictureModel === manifest.fingerprint,
      });
    }
    return createItemDecider({ manifest, rule, text, seenAs: seenAs(categories) });
  };
  if (text === null) {
    log.info('text.off');
    return { texts: silentTextClassifier, deciderFor };
  }
  log.info('text.ready', { model: text.name, fingerprint: text.data.fingerprint });
  const texts = createTextClassifier({
    model: text,
    worker: workerPath(import.meta.url, './infer/text/text-worker.js'),
    onUnreadable: (title, detail) => log.warn('text.unreadable', { title, detail }),
  });
  return { texts, deciderFor };
}
