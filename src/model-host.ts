/**
 * The model that serves, and how another takes its place while requests go on.
 *
 * States of a swap: load (the new model is opened beside the old one, each thread warmed up) -> check (golden pictures)
 * -> switch (recorded, then one assignment) -> drain (requests under way end on the old one, which is closed). What goes
 * wrong before the switch closes the new model and leaves the old one serving. One swap at a time.
 *
 * Search may go on with the model before until the new one has seen the catalogue: that one is closed when search has
 * come over.
 */
import { FashiondError, messageOf } from './domain/errors.js';
import type { ModelFingerprint } from './domain/ids.js';
import type {
  Clock,
  DecideItem,
  Log,
  PictureClassifier,
  PictureSource,
  SuspectClassifier,
} from './domain/ports.js';
import type { SearchFeatures } from './domain/prediction.js';
import type { SwapStep } from './domain/serving.js';
import type { ItemDecider } from './infer/text/item-decider.js';
import { HeldModel } from './open-model.js';
import type { OpenModel } from './open-model.js';

export interface HostParts {
  /** Loads a model and warms it up. */
  readonly open: (folder: string) => Promise<OpenModel>;
  /** Throws FashiondError where the model does not answer as it must. */
  readonly check: (model: OpenModel) => Promise<void>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
}

export interface SwapWish {
  readonly folder: string;
  /** Of the model that is meant: the folder may hold another by now. */
  readonly fingerprint: ModelFingerprint;
  /** Records the change; where it throws, nothing has changed. */
  readonly commit: () => void;
  /** Called at the moment in which the model serves. Does not throw. */
  readonly switched: () => void;
}

interface Swap {
  readonly model: ModelFingerprint;
  step: SwapStep;
}

export class ModelHost {
  readonly classifier: PictureClassifier;
  /** As `classifier`, by the model whose vectors are searched. */
  readonly searchClassifier: Pick<PictureClassifier, 'classify'>;
  readonly suspects: SuspectClassifier;
  readonly #parts: HostParts;
  /** Small, and kept: a prediction may be joined with words after its model has gone. */
  readonly #deciders = new Map<ModelFingerprint, ItemDecider>();
  readonly #retiring = new Set<Promise<void>>();
  #serving: HeldModel;
  #searched: HeldModel;
  /** The searched model while it is on its way back to serve: it stays open even if search leaves it meanwhile. */
  #returning: HeldModel | null = null;
  #swap: Swap | null = null;
  #replacing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(first: OpenModel, parts: HostParts) {
    this.#parts = parts;
    this.#serving = new HeldModel(first);
    this.#searched = this.#serving;
    this.#deciders.set(first.fingerprint, first.decider);
    const serving = (): OpenModel => this.serving;
    this.classifier = {
      get manifest() {
        return serving().classifier.manifest;
      },
      get runtime() {
        return serving().classifier.runtime;
      },
      get lookLayout() {
        return serving().classifier.lookLayout;
      },
      get isBusy() {
        return serving().classifier.isBusy;
      },
      classify: (source) => this.#serving.use(({ classifier }) => classifier.classify(source)),
      predict: (source) => this.#serving.use(({ classifier }) => classifier.predict(source)),
      decide: (predictions) => serving().classifier.decide(predictions),
      close: () => this.close(),
    };
    this.searchClassifier = {
      classify: (source) => this.#searched.use(({ classifier }) => classifier.classify(source)),
    };
    this.suspects = {
      classify: (source, signal) => this.#serving.use(({ suspects }) => suspects.classify(source, signal)),
      close: () => undefined,
    };
  }

  get serving(): OpenModel {
    return this.#serving.model;
  }

  /** The model whose vectors are searched. */
  get searched(): OpenModel {
    return this.#searched.model;
  }

  /**
   * What the searched model sees in a picture while another serves, so that search finds an item that comes meanwhile;
   * null where it serves itself, or cannot say.
   */
  readonly featuresForSearch = async (source: PictureSource): Promise<SearchFeatures | null> => {
    const searched = this.#searched;
    if (searched === this.#serving) return null;
    const outcome = await searched.use(({ classifier }) => classifier.classify(source));
    if (outcome.kind !== 'classified') return null;
    return { model: outcome.prediction.model, features: outcome.vectors.features };
  };

  /** What is being swapped in; null while nothing is. */
  get swap(): Readonly<Swap> | null {
    return this.#swap;
  }

  /** By the model that made the predictions; of words alone by the one that serves. */
  readonly decide: DecideItem = (predictions, text) => {
    const [first] = predictions;
    const decider = first === undefined ? undefined : this.#deciders.get(first.model);
    return (decider ?? this.serving.decider).decide(predictions, text);
  };

  /**
   * Serves another model. Resolves when the one before is closed, or only searched. Throws FashiondError: `busy` while
   * another swap is under way, and what made it fail, in which case the model before goes on serving.
   */
  async replace(wish: SwapWish): Promise<void> {
    if (this.#swap !== null) {
      const { model, step } = this.#swap;
      throw new FashiondError('busy', `model ${model.slice(0, 12)} is being swapped in (${step})`, {
        hint: 'One swap at a time: try again when that one is over.',
        retry: true,
      });
    }
    const swap: Swap = { model: wish.fingerprint, step: 'load' };
    this.#swap = swap;
    const replaced = this.#replace(wish, swap).finally(() => {
      this.#swap = null;
    });
    this.#replacing = replaced.catch(() => undefined);
    await replaced;
  }

  async #replace(wish: SwapWish, swap: Swap): Promise<void> {
    const { clock, log } = this.#parts;
    const startedAt = clock.monotonic();
    const before = this.#serving;
    const { fingerprint: model } = wish;
    try {
      this.#serving = await this.#checked(wish, swap);
      this.#returning = null;
    } catch (error) {
      const hint = error instanceof FashiondError ? error.hint : null;
      const serving = this.serving.fingerprint;
      log.error('model.swap_failed', { model, step: swap.step, serving, error: messageOf(error), hint });
      throw error;
    }
    wish.switched();
    const ms = Math.round(clock.monotonic() - startedAt);
    log.info('model.switched', { model, before: before.model.fingerprint, ms });
    swap.step = 'drain';
    if (before !== this.#searched) await this.#retire(before);
  }

  /** The new model, ready to serve and recorded; closed again where that cannot be. */
  async #checked({ folder, fingerprint, commit }: SwapWish, swap: Swap): Promise<HeldModel> {
    const next = await this.#opened(folder, fingerprint);
    try {
      swap.step = 'check';
      await this.#parts.check(next.model);
      swap.step = 'switch';
      this.#refuseWhenClosed();
      this.#deciders.set(fingerprint, next.model.decider);
      commit();
      return next;
    } catch (error) {
      this.#returning = null;
      if (next !== this.#searched) await next.retire();
      throw error;
    }
  }

  /** Has search go on with another model than the one that serves, for which the catalogue is not complete. */
  searchWith(model: OpenModel): void {
    this.#searched = new HeldModel(model);
  }

  /** Search comes over to the model, at once; nothing where another one serves by now. */
  async searchServing(model: ModelFingerprint): Promise<void> {
    const before = this.#searched;
    if (this.serving.fingerprint !== model || before === this.#serving) return;
    this.#searched = this.#serving;
    if (before !== this.#returning) await this.#retire(before);
  }

  /** Waits for whoever uses a model. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#replacing;
    const models = new Set([this.#serving, this.#searched]);
    await Promise.all([...this.#retiring, ...[...models].map((model) => model.retire())]);
  }

  /** A model that is still searched is open already. */
  async #opened(folder: string, fingerprint: ModelFingerprint): Promise<HeldModel> {
    if (this.searched.fingerprint === fingerprint) {
      this.#returning = this.#searched;
      return this.#searched;
    }
    const model = await this.#parts.open(folder);
    if (model.fingerprint === fingerprint) return new HeldModel(model);
    await model.close();
    throw new FashiondError('corrupt', `${folder} holds model ${model.fingerprint}, not ${fingerprint}`, {
      hint: 'Put the folder back as it was, or import the model that it holds now.',
    });
  }

  async #retire(served: HeldModel): Promise<void> {
    const retired = served.retire().catch((error: unknown) => {
      this.#parts.log.warn('model.close_failed', {
        model: served.model.fingerprint,
        error: messageOf(error),
      });
    });
    this.#retiring.add(retired);
    await retired;
    this.#retiring.delete(retired);
    this.#parts.log.info('model.closed', { model: served.model.fingerprint });
  }

  #refuseWhenClosed(): void {
    if (!this.#isClosed) return;
    throw new FashiondError('cancelled', 'the daemon is stopping', { retry: true });
  }
}
