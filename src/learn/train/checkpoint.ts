/**
 * A training that can be taken up again: one file, whole or absent. A line of JSON with what the training is
 * and how far it came, then the float32 vectors in the order the line names them, little-endian.
 */
import { readFile } from 'node:fs/promises';
import { FashiondError } from '../../domain/errors.js';
import { writeFileAtomic } from '../../platform/atomic-file.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import type { EpochPart, EpochRecord } from './history.js';

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
  readonly lengths: readonly number[];
  readonly sha256: string;
}

export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { vectors, ...rest } = checkpoint;
  const body = Buffer.concat(
    VECTORS.map((name) => {
      const { buffer, byteOffset, byteLength } = vectors[name];
      return Buffer.from(buffer, byteOffset, byteLength);
    }),
  );
  const head: Head = {
    format: 2,
    ...rest,
    lengths: VECTORS.map((name) => vectors[name].length),
    sha256: sha256Hex(body),
  };
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    // The training ends here, but what it has learnt so far need not be lost.
    const hint = `${error.hint ?? ''}: the checkpoint before is whole, and --resume goes on from it`;
    throw new FashiondError(error.code, error.message, { hint, cause: error });
  }
}

/** Null when there is no such file. Throws FashiondError `corrupt` for one that is damaged. */
export async function readCheckpoint(path: string): Promise<Checkpoint | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  const end = bytes.indexOf(0x0a);
  const head = parseHead(bytes.subarray(0, end), path);
  const body = Uint8Array.from(bytes.subarray(end + 1));
  const expected = head.lengths.reduce((sum, length) => sum + length * 4, 0);
  if (body.length !== expected || sha256Hex(body) !== head.sha256) throw damaged(path);
  let at = 0;
  const read = head.lengths.map((length) => {
    const vector = new Float32Array(body.buffer, at, length);
    at += length * 4;
    return vector;
  });
  const empty = new Float32Array(0);
  const [weights = empty, statistics = empty, mean = empty, square = empty] = read;
  const [, , , , bestWeights = empty, bestStatistics = empty] = read;
  const { recipe, steps, part = null, best, history, startedFrom = null } = head;
  const vectors = { weights, statistics, mean, square, bestWeights, bestStatistics };
  return { recipe, steps, part, best, history, startedFrom, vectors };
}

function parseHead(line: Uint8Array, path: string): Head {
  try {
    const head = JSON.parse(new TextDecoder().decode(line)) as Head;
    if ((head.format === 1 || head.format === 2) && head.lengths.length === VECTORS.length) return head;
  } catch {
    // Reported below: what is no JSON is as damaged as what has the wrong form.
  }
  throw damaged(path);
}

function damaged(path: string): FashiondError {
  return new FashiondError('corrupt', `${path} is damaged or of another version`, {
    hint: 'start the training again without --resume',
  });
}
