/** Settings of a training of generator, discriminator and encoder. */

export interface DcganOptions {
  /** Feature maps at 32 x 32; each halving of the side doubles them. The paper has 128. */
  readonly width: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Adam's first moment. */
  readonly beta1: number;
  /** Passes over the pictures of generator and discriminator, and after them of the encoder. */
  readonly epochs: number;
  readonly encoderEpochs: number;
  /** Time for both; null where passes alone decide. */
  readonly minutes: number | null;
  readonly seed: number;
  /** Work on one step. */
  readonly threads: number;
}

/** Radford et al. 2016, section 4; a width that two cores can train. */
export const DCGAN_DEFAULTS: DcganOptions = {
  width: 24,
  batch: 128,
  learningRate: 0.0002,
  beta1: 0.5,
  epochs: 25,
  encoderEpochs: 10,
  minutes: null,
  seed: 1,
  threads: 1,
};

/** Of the time, what generator and discriminator get. */
export const ADVERSARIAL_SHARE = 0.7;
