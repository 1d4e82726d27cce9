/** What travels between the main thread and an inference thread. */
import type { ErrorCode } from '../domain/errors.js';
import type { PictureSquare, PreparedPicture } from '../domain/picture.js';
import type { PictureSource, PrepareOutcome, PreparePixels } from '../domain/ports.js';
import type { RuntimeChoice } from '../model/runtime.js';
import type { LoadedLookalike } from './lookalike-folder.js';
import type { LoadedModel } from './model-folder.js';

/** Given to every thread when it starts; the same for all models. */
export interface ThreadData {
  /** Null: garments are compared by the category network's features. */
  readonly lookalike: LoadedLookalike | null;
  /** Largest picture decoded, width x height. */
  readonly maxPixels: number;
}

/** A model as each of its tasks brings it along: all of it that is large lies in memory that the threads share. */
export interface ModelHandle extends LoadedModel {
  /** Of this opening; no other of the pool has it. */
  readonly id: number;
  /** One number: 1 while the model is open. */
  readonly isOpen: Int32Array<SharedArrayBuffer>;
  readonly runtime: RuntimeChoice;
}

/** Result of `load`. An error loses its class on the way between threads, so its parts travel as data. */
export type LoadOutcome =
  | { readonly kind: 'loaded' }
  | {
      readonly kind: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    };

/** Task of `prepare` and of `preparePixels`. */
export interface PrepareTask {
  readonly source: PictureSource;
  /** What the network takes. */
  readonly input: PictureSquare;
}

/** Result of `prepare`; its arrays are moved, not copied. */
export type PrepareResult =
  | {
      readonly kind: 'prepared';
      readonly picture: Omit<PreparedPicture, 'second'> & {
        /** What garments are compared by, of unit length; null without a lookalike model. */
        readonly garment: Float32Array | null;
      };
    }
  | Extract<PrepareOutcome, { readonly kind: 'refused' }>;

/** Result of `preparePixels`, likewise. */
export type PixelsResult = Awaited<ReturnType<PreparePixels>>;

/** Task of `forward`: pictures of one batch in one moved buffer, uint8 [count, size, size, 3]. */
export interface ForwardTask {
  readonly model: ModelHandle;
  readonly pixels: Uint8Array;
  readonly count: number;
}

/** Result of `forward`, row-major with one row for each picture; moved, not copied. */
export interface ForwardResult {
  /** [count, labels]. */
  readonly probabilities: Float32Array;
  /** [count, ceil(latentBits / 8)]: thresholded at 0.5 and packed, least significant bit first. */
  readonly latent: Uint8Array;
  /** [count, featureLength], each row of unit L2 length. */
  readonly features: Float32Array;
  /** [count]; null where the model tells no typicality. */
  readonly typicality: Float64Array | null;
}

/** Names of the functions that an inference worker module exports. */
export type TaskName = 'load' | 'prepare' | 'preparePixels' | 'forward' | 'release';
