/**
 * The two phases of a training: generator against discriminator, a step of one and a step of the other for each batch;
 * then the encoder, which learns to invert the generator as it then stands.
 */
import type { Session, Tensor } from '../runtime.js';
import { floats, openSession } from '../runtime.js';
import type { NamedValues } from '../networks/served-values.js';
import { codesTensor } from './batch.js';
import { Learner } from './learner.js';
import type { DcganOptions } from './options.js';
import { discriminatorStep, encoderStep, generatorStep } from './step-graphs.js';
import type { StepGraph } from './step-graphs.js';

interface StepBatch {
  readonly pictures: Tensor;
  readonly codes: Float32Array;
}

/** Means over a batch. NaN where a loss or a gradient is no number; then nothing was learnt. */
export type Figures = Readonly<Record<string, number>>;

export interface Phase {
  readonly name: 'adversarial' | 'encoder';
  readonly learners: readonly Learner[];
  step(batch: StepBatch): Promise<Figures>;
  close(): Promise<void>;
}

export interface AdversarialPhase extends Phase {
  /** Of the generator as it stands. */
  generatorValues(): NamedValues;
}

export interface EncoderPhase extends Phase {
  encoderValues(): NamedValues;
}

/** Figures: `discriminator` and `generator`, their losses; `real` and `drawn`, the mean of D(x) and of D(G(z)). */
export async function openAdversarial(options: DcganOptions): Promise<AdversarialPhase> {
  const discriminating = await openLearner(discriminatorStep(options), options);
  const generating = await openLearner(generatorStep(options), options);
  const [judge, drawer] = [discriminating.learner, generating.learner];
  return {
    name: 'adversarial',
    learners: [drawer, judge],
    async step({ pictures, codes }) {
      const shared = { codes: codesTensor(codes), ...drawer.feeds() };
      const judged = await discriminating.run(
        { ...shared, ...judge.feeds(), pixels: pictures },
        (outputs) => ({
          loss: scalar(outputs, 'loss'),
          real: meanProbability(floats(outputs, 'logits real')),
          drawn: meanProbability(floats(outputs, 'logits drawn')),
        }),
      );
      const drawn = await generating.run({ ...shared, ...judge.feeds() }, (outputs) => ({
        loss: scalar(outputs, 'loss'),
      }));
      return { discriminator: judged.loss, generator: drawn.loss, real: judged.real, drawn: judged.drawn };
    },
    generatorValues: () => drawer.values(),
    async close() {
      await discriminating.close();
      await generating.close();
    },
  };
}

/**
 * Figures: `codes`, mean squared error of the codes of drawn pictures (1/3 for an encoder that says 0), and `pictures`,
 * that of pictures drawn again, in units of half the range of a pixel.
 */
export async function openEncoder(options: DcganOptions, generator: NamedValues): Promise<EncoderPhase> {
  const encoding = await openLearner(encoderStep(options, generator), options);
  return {
    name: 'encoder',
    learners: [encoding.learner],
    async step({ pictures, codes }) {
      const feeds = { codes: codesTensor(codes), pixels: pictures, ...encoding.learner.feeds() };
      return encoding.run(feeds, (outputs) => ({
        codes: scalar(outputs, 'loss of codes'),
        pictures: scalar(outputs, 'loss of pictures'),
      }));
    },
    encoderValues: () => encoding.learner.values(),
    close: () => encoding.close(),
  };
}

interface OpenLearner {
  readonly learner: Learner;
  /** Runs the step and learns from it; the figures are NaN where that was not possible. */
  run<Read extends Figures>(
    feeds: Readonly<Record<string, Tensor>>,
    read: (outputs: Outputs) => Read,
  ): Promise<Read>;
  close(): Promise<void>;
}

type Outputs = Awaited<ReturnType<Session['run']>>;

async function openLearner(step: StepGraph, options: DcganOptions): Promise<OpenLearner> {
  const { seed, threads, learningRate: rate, beta1 } = options;
  const session = await openSession(step.bytes, threads, { optimization: 'as-written' });
  const learner = new Learner(step, seed);
  return {
    learner,
    async run(feeds, read) {
      const outputs = await session.run(feeds);
      const figures = read(outputs);
      const finite = Number.isFinite(scalar(outputs, 'loss')) && learner.learn(outputs, { rate, beta1 });
      for (const output of Object.values(outputs)) output.dispose();
      if (finite) return figures;
      return Object.fromEntries(Object.keys(figures).map((name) => [name, Number.NaN])) as typeof figures;
    },
    close: () => session.release(),
  };
}

function scalar(outputs: Outputs, name: string): number {
  return floats(outputs, name)[0] ?? Number.NaN;
}

function meanProbability(logits: Float32Array): number {
  return logits.reduce((sum, logit) => sum + 1 / (1 + Math.exp(-logit)), 0) / logits.length;
}
