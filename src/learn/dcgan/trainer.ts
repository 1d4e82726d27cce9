/**
 * Trains generator, discriminator and encoder: passes of seeded batches, a record of each, checkpoints after each pass
 * and every few minutes within one.
 *
 * Every random number comes from (seed, phase, epoch, step), so a training that was killed and taken up again ends with
 * the same weights as one that was not; where the time decides (`minutes`), with those of as many steps.
 */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import { Random, seedOf } from '../../platform/random.js';
import { datasetFingerprint, picturesOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import type { NamedValues } from '../networks/served-values.js';
import { LOWER_RATE } from '../train/train-end.js';
import { drawCodes, epochOrder, picturesTensor } from './batch.js';
import { SIDE } from './networks.js';
import { ADVERSARIAL_SHARE } from './options.js';
import type { DcganOptions } from './options.js';
import { openAdversarial, openEncoder } from './phases.js';
import type { Figures, Phase } from './phases.js';
import { keepProgress, readProgress } from './progress.js';
import type { DcganEpoch, Progress } from './progress.js';

export interface DcganSetting {
  /** Null keeps no checkpoint. */
  readonly checkpointPath: string | null;
  /** Go on from the checkpoint; without one, start anew. */
  readonly resume: boolean;
  readonly checkpointEveryMs?: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onStep?: (progress: DcganStep) => void;
  readonly onEpoch?: (record: DcganEpoch) => void;
}

interface DcganStep {
  readonly phase: Phase['name'];
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly figures: Figures;
}

export interface DcganResult {
  readonly generator: NamedValues;
  readonly encoder: NamedValues;
  readonly history: readonly DcganEpoch[];
}

const CHECKPOINT_EVERY_MS = 5 * 60_000;

/**
 * Throws FashiondError for data that does not fit, `refused` for a loss that is no number any more, and `cancelled`
 * where it was interrupted; the checkpoint is kept.
 */
export async function trainDcgan(
  dataset: Dataset,
  options: DcganOptions,
  setting: DcganSetting,
): Promise<DcganResult> {
  checkData(dataset, options);
  const { checkpointPath, resume } = setting;
  const recipe = recipeOf(dataset, options);
  const kept = resume && checkpointPath !== null ? await readProgress(checkpointPath, recipe) : null;
  const progress: Progress = kept?.progress ?? { phase: 'adversarial', history: [], part: null };
  const open: Phase[] = [];
  const keep = async (): Promise<void> => {
    if (checkpointPath !== null) await keepProgress(checkpointPath, recipe, progress, open);
  };
  const run = new Run(dataset, options, setting, progress, keep);
  try {
    const adversarial = await openAdversarial(options);
    open.push(adversarial);
    kept?.restore(adversarial, 0);
    if (progress.phase === 'adversarial') await run.all(adversarial);
    const generator = adversarial.generatorValues();
    const encoding = await openEncoder(options, generator);
    open.push(encoding);
    if (progress.phase === 'encoder') kept?.restore(encoding, adversarial.learners.length);
    progress.phase = 'encoder';
    await run.all(encoding);
    return { generator, encoder: encoding.encoderValues(), history: progress.history };
  } finally {
    for (const phase of open) await phase.close();
  }
}

function checkData({ index }: Dataset, { batch }: DcganOptions): void {
  if (index.size !== SIDE) {
    throw new FashiondError('incompatible', `the data has pictures of ${index.size} px, not of ${SIDE}`, {
      hint: `import them with --size ${SIDE}`,
    });
  }
  const pictures = picturesOf(index, 'train').length;
  if (pictures >= batch) return;
  throw new FashiondError('usage', `${pictures} training pictures do not fill a batch of ${batch}`, {
    hint: 'import more pictures or choose a smaller batch',
  });
}

/** JSON of all that decides the result but how long it goes on, which may be changed while a training stands still. */
function recipeOf({ index }: Dataset, options: DcganOptions): string {
  const { width, batch, learningRate, beta1, seed } = options;
  return JSON.stringify({ data: datasetFingerprint(index), width, batch, learningRate, beta1, seed });
}

class Run {
  readonly #dataset: Dataset;
  readonly #options: DcganOptions;
  readonly #setting: DcganSetting;
  readonly #progress: Progress;
  readonly #keep: () => Promise<void>;
  readonly #pictures: readonly number[];
  #keptAt: number;

  constructor(
    dataset: Dataset,
    options: DcganOptions,
    setting: DcganSetting,
    progress: Progress,
    keep: () => Promise<void>,
  ) {
    this.#dataset = dataset;
    this.#options = options;
    this.#setting = setting;
    this.#progress = progress;
    this.#keep = keep;
    this.#pictures = picturesOf(dataset.index, 'train');
    this.#keptAt = setting.clock.monotonic();
  }

  /** What is left of a phase. */
  async all(phase: Phase): Promise<void> {
    const { epochs, encoderEpochs } = this.#options;
    const wanted = phase.name === 'adversarial' ? epochs : encoderEpochs;
    for (;;) {
      const done = this.#progress.history.filter((record) => record.phase === phase.name).length;
      if (done >= wanted || (done > 0 && this.#isOver(phase, 0))) return;
      const record = await this.#epoch(phase, done + 1);
      this.#progress.history.push(record);
      this.#progress.part = null;
      await this.#save();
      this.#setting.onEpoch?.(record);
    }
  }

  /** One pass, or what is left of it, or of the time. */
  async #epoch(phase: Phase, epoch: number): Promise<DcganEpoch> {
    const { batch, seed } = this.#options;
    const { clock, onStep, checkpointEveryMs = CHECKPOINT_EVERY_MS } = this.#setting;
    const order = epochOrder(this.#pictures, new Random(seedOf(seed, phase.name, epoch)));
    const steps = Math.floor(order.length / batch);
    const before = this.#progress.part ?? { step: 0, sums: {}, elapsedMs: 0 };
    const start = clock.monotonic() - before.elapsedMs;
    let { step, sums } = before;
    for (; step < steps; step += 1) {
      const elapsedMs = clock.monotonic() - start;
      if (step > 0 && this.#isOver(phase, elapsedMs)) break;
      this.#progress.part = step === 0 ? null : { step, sums, elapsedMs };
      await this.#checkSignal(phase, epoch);
      if (clock.monotonic() - this.#keptAt >= checkpointEveryMs) await this.#save();
      const figures = await this.#step(phase, epoch, step, order);
      sums = summed(sums, figures);
      onStep?.({ phase: phase.name, epoch, step: step + 1, steps, figures });
    }
    const elapsedMs = clock.monotonic() - start;
    return {
      phase: phase.name,
      epoch,
      steps: step,
      figures: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / step])),
      elapsedMs,
      picturesPerSecond: (step * batch * 1000) / Math.max(1, elapsedMs),
    };
  }

  async #step(phase: Phase, epoch: number, step: number, order: readonly number[]): Promise<Figures> {
    const { batch, seed, learningRate } = this.#options;
    const random = new Random(seedOf(seed, phase.name, epoch, step));
    const shown = order.slice(step * batch, (step + 1) * batch);
    const pictures = picturesTensor(this.#dataset.pixels, shown, random);
    const figures = await phase.step({ pictures, codes: drawCodes(batch, random) });
    const broken = Object.keys(figures).find((name) => !Number.isFinite(figures[name]));
    if (broken === undefined) return figures;
    throw new FashiondError(
      'refused',
      `the loss (${broken}) is no number any more in ${phase.name} epoch ${epoch}, step ${step + 1} ` +
        `(learning rate ${learningRate})`,
      { hint: LOWER_RATE },
    );
  }

  /** Whether the phase's time is up; `elapsedMs` since the pass began. */
  #isOver({ name }: Phase, elapsedMs: number): boolean {
    const { minutes } = this.#options;
    if (minutes === null) return false;
    const share = name === 'adversarial' ? ADVERSARIAL_SHARE : 1;
    const spent = this.#progress.history.reduce((sum, record) => sum + record.elapsedMs, elapsedMs);
    return spent >= share * minutes * 60_000;
  }

  async #checkSignal({ name }: Phase, epoch: number): Promise<void> {
    if (!this.#setting.signal.aborted) return;
    await this.#save();
    throw new FashiondError('cancelled', `interrupted in ${name} epoch ${epoch}`, {
      hint: 'go on with --resume',
    });
  }

  async #save(): Promise<void> {
    this.#keptAt = this.#setting.clock.monotonic();
    await this.#keep();
  }
}

function summed(sums: Figures, figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, (sums[name] ?? 0) + value]),
  );
}
