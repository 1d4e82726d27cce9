/** A model opened to serve: in the inference threads, with the process for its suspects, and how it decides items. */
import { openModelOn, openSuspectClassifier } from './classifiers.js';
import type { Config } from './config/schema.js';
import type { ModelFingerprint } from './domain/ids.js';
import type { Log, PictureClassifier, SuspectClassifier } from './domain/ports.js';
import type { LoadedModel } from './infer/model-folder.js';
import type { InferencePool } from './infer/pool.js';
import type { ItemDecider } from './infer/text/item-decider.js';
import type { Words } from './words.js';

export interface OpenModel {
  readonly fingerprint: ModelFingerprint;
  readonly folder: string;
  readonly classifier: PictureClassifier;
  readonly suspects: SuspectClassifier;
  readonly decider: ItemDecider;
  close(): Promise<void>;
}

export interface ModelParts {
  readonly config: Config;
  readonly inference: InferencePool;
  readonly words: Words;
  readonly log: Log;
}

/** Has each thread load the model and warm up. Throws FashiondError as `openModelOn`. */
export async function openModel(
  loaded: LoadedModel,
  { config, inference, words, log }: ModelParts,
): Promise<OpenModel> {
  const { folder, manifest } = loaded;
  const classifier = await openModelOn(inference, loaded, config, log);
  const suspects = openSuspectClassifier(config, { classifier, modelFolder: folder }, log);
  return {
    fingerprint: manifest.fingerprint,
    folder,
    classifier,
    suspects,
    decider: words.deciderFor(manifest),
    close: async () => {
      suspects.close();
      await classifier.close();
    },
  };
}

/** An open model that is closed only when nobody uses it any more. */
export class HeldModel {
  readonly model: OpenModel;
  #users = 0;
  #onIdle: (() => void) | null = null;

  constructor(model: OpenModel) {
    this.model = model;
  }

  async use<T>(work: (model: OpenModel) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work(this.model);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) this.#onIdle?.();
    }
  }

  /** Waits for those who use it; nobody may begin to from now on. */
  async retire(): Promise<void> {
    if (this.#users > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.model.close();
  }
}
