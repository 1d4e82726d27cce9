/** How far a training has come, and the checkpoint that keeps it. */
import { FashiondError } from '../../domain/errors.js';
import { damagedCheckpoint, readVectorFile, writeVectorFile } from '../train/vector-file.js';
import type { Figures, Phase } from './phases.js';

type PhaseName = Phase['name'];

/** What is kept of each pass over the pictures. */
export interface DcganEpoch {
  readonly phase: PhaseName;
  /** Of the phase, from 1. */
  readonly epoch: number;
  /** Fewer than a pass has where the time was up. */
  readonly steps: number;
  /** Means over the steps. */
  readonly figures: Figures;
  readonly elapsedMs: number;
  readonly picturesPerSecond: number;
}

/** A pass that was left in the middle. */
interface EpochPart {
  readonly step: number;
  readonly sums: Figures;
  readonly elapsedMs: number;
}

export interface Progress {
  phase: PhaseName;
  readonly history: DcganEpoch[];
  /** Of the pass after those of `history`; null before its first step. */
  part: EpochPart | null;
}

/** What the checkpoint's vectors are: those of the learners of each phase that has begun, in the order of the phases. */
interface Head extends Progress {
  readonly format: 1;
  readonly kind: 'dcgan';
  readonly recipe: string;
  /** Of each learner. */
  readonly steps: readonly number[];
}

/** `phases`: those that have begun. Throws FashiondError `refused` where there is no room. */
export async function keepProgress(
  path: string,
  recipe: string,
  progress: Progress,
  phases: readonly Phase[],
): Promise<void> {
  const learners = phases.flatMap((phase) => phase.learners);
  const steps = learners.map((learner) => learner.steps);
  const head: Head = { format: 1, kind: 'dcgan', recipe, steps, ...progress };
  await writeVectorFile(
    path,
    head,
    learners.flatMap((learner) => learner.vectors()),
  );
}

export interface KeptTraining {
  readonly progress: Progress;
  /** Puts the learners of a phase, the `from`th learner first, where the checkpoint left them. */
  restore(phase: Phase, from: number): void;
}

/** Null where there is no checkpoint. Throws FashiondError for one that is damaged or of another training. */
export async function readProgress(path: string, recipe: string): Promise<KeptTraining | null> {
  const file = await readVectorFile(path);
  if (file === null) return null;
  const head = file.head as Head;
  if (head.format !== 1 || head.kind !== 'dcgan') throw damagedCheckpoint(path);
  if (head.recipe !== recipe) {
    throw new FashiondError('incompatible', 'the checkpoint is of another data set or other options', {
      hint: 'repeat the options of the first run, or start again without --resume',
    });
  }
  const { phase, history, part, steps } = head;
  const perLearner = file.vectors.length / steps.length;
  return {
    progress: { phase, history: [...history], part },
    restore({ learners }, from) {
      for (const [at, learner] of learners.entries()) {
        const start = (from + at) * perLearner;
        const vectors = file.vectors.slice(start, start + perLearner);
        if (!learner.restore(vectors, steps[from + at] ?? 0)) throw damagedCheckpoint(path);
      }
    },
  };
}
