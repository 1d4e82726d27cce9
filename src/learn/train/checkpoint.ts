/** A training that can be taken up again: what it is, how far it came, and its vectors, as vector-file.ts keeps them. */
import type { EpochPart, EpochRecord } from './history.js';
import { damagedCheckpoint, readVectorFile, writeVectorFile } from './vector-file.js';

/** The vectors of a checkpoint. */
const VECTORS = ['weights', 'statistics', 'mean', 'square', 'bestWeights', 'bestStatistics'] as const;
type CheckpointVectors = Readonly<Record<(typeof VECTORS)[number], Float32Array>>;

export interface Checkpoint {
  /** Network, options and data as JSON; a training goes on only with the same. */
  readonly recipe: string;
  /** Optimizer steps made. */
  readonly steps: number;
  /** How far the epoch after the last of `history` had come; null between two epochs. */
  readonly part: EpochPart | null;
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly history: readonly EpochRecord[];
  /** The weights the training started from, as `startFrom` names them; null for random ones. */
  readonly startedFrom: string | null;
  readonly vectors: CheckpointVectors;
}

interface Head extends Omit<Checkpoint, 'vectors' | 'startedFrom' | 'part'> {
  /** 1 knew no parts of epochs. */
  readonly format: 1 | 2;
  readonly part?: EpochPart | null;
  /** The first checkpoints did not keep it. */
  readonly startedFrom?: string | null;
}

export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { vectors, ...rest } = checkpoint;
  const head: Head = { format: 2, ...rest };
  await writeVectorFile(
    path,
    head,
    VECTORS.map((name) => vectors[name]),
  );
}

/** Null when there is no such file. Throws FashiondError `corrupt` for one that is damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  const file = await readVectorFile(path);
  if (file === null) return null;
  const head = file.head as Head;
  if ((head.format !== 1 && head.format !== 2) || file.vectors.length !== VECTORS.length) {
    throw damagedCheckpoint(path);
  }
  const empty = new Float32Array(0);
  const [weights = empty, statistics = empty, mean = empty, square = empty] = file.vectors;
  const [, , , , bestWeights = empty, bestStatistics = empty] = file.vectors;
  const { recipe, steps, part = null, best, history, startedFrom = null } = head;
  const vectors = { weights, statistics, mean, square, bestWeights, bestStatistics };
  return { recipe, steps, part, best, history, startedFrom, vectors };
}
