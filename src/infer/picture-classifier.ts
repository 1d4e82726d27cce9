/**
 * The inference pool as the rest of the program sees it: a picture goes in, one outcome comes out.
 *
 * Pictures in flight are bounded: `classify` waits for room, which is how this stage pushes back.
 */
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import type { LookLayout } from '../domain/picture.js';
import type { Clock, Log, PictureClassifier, PictureSource } from '../domain/ports.js';
import type { PictureOutcome, Prediction, PredictionOutcome } from '../domain/prediction.js';
import type { DecisionRule } from '../domain/rejection.js';
import { signBits } from '../model/metric.js';
import type { RuntimeChoice, RuntimeWish } from '../model/runtime.js';
import { systemClock } from '../platform/clock.js';
import { Semaphore } from '../platform/semaphore.js';
import { decide, predictionFrom } from './decide.js';
import { ForwardQueue } from './forward-queue.js';
import type { LoadedModel } from './model-folder.js';
import { InferencePool } from './pool.js';
import type { InferencePoolOptions } from './pool.js';
import { chooseServingRuntime } from './serving-runtime.js';
import type { ModelHandle } from './tasks.js';

export interface ClassifierOptions {
  readonly model: LoadedModel;
  /** Pictures per network call, at most. */
  readonly batch: number;
  /** Longest wait for a batch to fill. */
  readonly batchWaitMs: number;
  /** What decides whether a prediction is accepted. */
  readonly rule: DecisionRule;
  readonly log: Log;
  readonly runtime?: RuntimeWish;
  readonly clock?: Clock;
}

/** What the network alone says of a prepared picture. */
type PixelOutcome =
  | {
      readonly kind: 'classified';
      readonly prediction: Prediction;
      readonly latent: Uint8Array;
      readonly features: Float32Array;
    }
  | { readonly kind: 'failed'; readonly detail: string };

export interface PooledClassifier extends PictureClassifier {
  /** As `classify`, from pixels that are already letterboxed: uint8 [size, size, 3]. */
  classifyPixels(pixels: Uint8Array): Promise<PixelOutcome>;
}

const PREPARE_ATTEMPTS = 2;
/** Batches' worth of pictures in flight for each thread: three handed out and one filling. */
const BATCHES_IN_FLIGHT = 4;

/** A classifier with threads of its own, which end with it. Throws as `openClassifierOn`. */
export async function createPictureClassifier(
  options: ClassifierOptions & InferencePoolOptions,
): Promise<PooledClassifier> {
  const pool = new InferencePool(options);
  try {
    return await openClassifierOn(pool, options, () => pool.close());
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/**
 * A classifier on threads that others use as well. Resolves when the network has been loaded; throws FashiondError when it
 * cannot be. `end`: called when it is closed and nothing of it is under way any more.
 */
export async function openClassifierOn(
  pool: InferencePool,
  options: ClassifierOptions,
  end: (model: ModelHandle) => Promise<void> = (model) => pool.release(model),
): Promise<PooledClassifier> {
  const { manifest } = options.model;
  const wish = options.runtime ?? { runtime: 'auto', device: 'auto' };
  const runtime = await chooseServingRuntime(wish, options.model);
  const model = await pool.open(options.model, runtime);
  options.log.info('infer.ready', {
    model: manifest.name,
    fingerprint: manifest.fingerprint,
    threads: pool.threads,
    rejection: options.rule.kind,
    ...runtime,
  });
  return new Classifier(options, pool, model, runtime, () => end(model));
}

class Classifier implements PooledClassifier {
  readonly manifest: ModelManifest;
  readonly runtime: RuntimeChoice;
  readonly lookLayout: LookLayout;
  readonly #rule: DecisionRule;
  readonly #log: Log;
  readonly #pool: InferencePool;
  readonly #end: () => Promise<void>;
  readonly #queue: ForwardQueue;
  readonly #room: Semaphore;
  readonly #pictures: number;
  #closing: Promise<void> | null = null;

  constructor(
    options: ClassifierOptions,
    pool: InferencePool,
    model: ModelHandle,
    runtime: RuntimeChoice,
    end: () => Promise<void>,
  ) {
    const pictures = pool.threads * options.batch * BATCHES_IN_FLIGHT;
    this.manifest = options.model.manifest;
    this.runtime = runtime;
    this.lookLayout = pool.lookLayout;
    this.#rule = options.rule;
    this.#log = options.log;
    this.#pool = pool;
    this.#end = end;
    this.#pictures = pictures;
    this.#room = new Semaphore(pictures);
    this.#queue = new ForwardQueue({
      threads: pool.networkThreads(model),
      batch: options.batch,
      batchWaitMs: options.batchWaitMs,
      capacity: pictures,
      pictureBytes: this.manifest.input.size ** 2 * 3,
      forward: (pixels, count) => pool.forward(model, pixels, count),
      clock: options.clock ?? systemClock,
      log: options.log,
    });
  }

  get isBusy(): boolean {
    return this.#pool.isBusy;
  }

  classify(source: PictureSource): Promise<PictureOutcome> {
    return this.#admit(async () => {
      const prepared = await this.#twice(source, () => this.#pool.prepare(source, this.manifest));
      if (prepared.kind !== 'prepared') return prepared;
      const { facts, pixels, look, garment } = prepared.picture;
      const outcome = await this.#score(pixels);
      if (outcome.kind === 'failed') return outcome;
      const { prediction, latent, features } = outcome;
      const vectors =
        garment === null
          ? { latent, features, look }
          : { latent: signBits(garment), features: garment, look };
      return { kind: 'classified', facts, prediction, vectors };
    });
  }

  predict(source: PictureSource): Promise<PredictionOutcome> {
    return this.#admit(async () => {
      const prepared = await this.#twice(source, () => this.#pool.preparePixels(source, this.manifest));
      if (prepared.kind !== 'pixels') return prepared;
      const outcome = await this.#score(prepared.pixels);
      return outcome.kind === 'failed' ? outcome : { kind: outcome.kind, prediction: outcome.prediction };
    });
  }

  classifyPixels(pixels: Uint8Array): Promise<PixelOutcome> {
    return this.#admit(() => this.#score(pixels));
  }

  decide(predictions: readonly Prediction[]): Prediction {
    return decide(predictions, this.manifest, this.#rule);
  }

  /** Waits for the pictures in flight; those still waiting for room are rejected. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    // Whoever holds all the room knows that no picture is left inside.
    for (let held = 0; held < this.#pictures; held += 1) await this.#room.acquire();
    await this.#end();
  }

  async #admit<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    this.#refuseWhenClosed();
    return this.#room.use(() => {
      this.#refuseWhenClosed();
      return work();
    });
  }

  #refuseWhenClosed(): void {
    if (this.#closing === null) return;
    throw new FashiondError('cancelled', 'the model is closed', { retry: true });
  }

  async #twice<Prepared>(
    source: PictureSource,
    prepare: () => Promise<Prepared>,
  ): Promise<Prepared | { readonly kind: 'failed'; readonly detail: string }> {
    let detail = '';
    for (let attempt = 1; attempt <= PREPARE_ATTEMPTS; attempt += 1) {
      try {
        return await prepare();
      } catch (error) {
        detail = messageOf(error);
        const path = 'path' in source ? source.path : null;
        this.#log.warn('infer.prepare_failed', { path, attempt, detail });
      }
    }
    return { kind: 'failed', detail };
  }

  async #score(pixels: Uint8Array): Promise<PixelOutcome> {
    const outcome = await this.#queue.submit(pixels);
    if (outcome.kind === 'failed') return outcome;
    const { probabilities, latent, features, typicality } = outcome.scores;
    try {
      const prediction = predictionFrom(probabilities, this.manifest, this.#rule, typicality);
      return { kind: 'classified', prediction, latent, features };
    } catch (error) {
      return { kind: 'failed', detail: messageOf(error) };
    }
  }
}
