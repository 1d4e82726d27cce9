import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { categoryNetwork } from '../../../../src/learn/networks/category.js';
import { buildTrainingGraph } from '../../../../src/learn/networks/training-graph.js';
import { readCheckpoint, writeCheckpoint } from '../../../../src/learn/train/checkpoint.js';
import type { Checkpoint } from '../../../../src/learn/train/checkpoint.js';
import { initialState } from '../../../../src/learn/train/state.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fashiond-checkpoint-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const network = (size: number, classes: number, stage = 8) =>
  categoryNetwork({ size, classes, widths: [6, 8, 8, stage], latentBits: 8 });
const stateOf = (spec: ReturnType<typeof network>, seed: number) =>
  initialState(buildTrainingGraph(spec, 2), seed);

function checkpointOf(spec: ReturnType<typeof network>): Checkpoint {
  const { weights, statistics, adam } = stateOf(spec, 3);
  return {
    recipe: JSON.stringify({ spec }),
    steps: 7,
    part: { step: 3, loss: 1.5, accuracy: 0.25, elapsedMs: 12 },
    best: { epoch: 2, loss: 0.5 },
    history: [],
    startedFrom: 'earlier (weights 0123456789ab)',
    vectors: {
      weights: new Float32Array(weights.length),
      statistics,
      mean: adam.mean,
      square: adam.square,
      bestWeights: Float32Array.from(weights),
      bestStatistics: Float32Array.from(statistics, (_, at) => at),
    },
  };
}

describe('a checkpoint', () => {
  it('reads back as it was written; null where there is none', async () => {
    const checkpoint = checkpointOf(network(16, 3));
    const path = join(folder, 'checkpoint.bin');
    expect(await readCheckpoint(path)).toBeNull();
    await writeCheckpoint(path, checkpoint);
    expect(await readCheckpoint(path)).toEqual(checkpoint);
  });

  it('of the first format, with neither start nor parts of epochs, still reads', async () => {
    const path = join(folder, 'checkpoint.bin');
    await writeCheckpoint(path, checkpointOf(network(16, 3)));
    const text = (await readFile(path)).toString('latin1');
    const older = text
      .replace(/"startedFrom":"[^"]*",/, '')
      .replace(/"part":{[^}]*},/, '')
      .replace('"format":2', '"format":1');
    await writeFile(path, older, 'latin1');
    expect(await readCheckpoint(path)).toMatchObject({ startedFrom: null, part: null, steps: 7 });
  });
});
