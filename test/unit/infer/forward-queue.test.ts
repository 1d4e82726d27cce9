import { describe, expect, it } from 'vitest';
import type { Log } from '../../../src/domain/ports.js';
import { ForwardQueue } from '../../../src/infer/forward-queue.js';
import type { ForwardResult } from '../../../src/infer/tasks.js';
import { ManualClock } from './manual-clock.js';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

interface Call {
  readonly pixels: number[];
  readonly succeed: () => void;
  readonly fail: () => void;
}

/** A queue of one-byte pictures in front of a network that answers when the test says so. */
function queueOf(options: { threads?: number; batch?: number; capacity?: number }) {
  const clock = new ManualClock();
  const calls: Call[] = [];
  const forward = (pixels: Uint8Array, count: number) =>
    new Promise<ForwardResult>((resolve, reject) => {
      calls.push({
        pixels: [...pixels],
        // Each output of a picture is its own pixel, so that a mix-up would show.
        succeed: () => {
          const own = Float32Array.from(pixels.subarray(0, count));
          resolve({
            probabilities: own,
            latent: Uint8Array.from(pixels),
            features: own.map((x) => -x),
            typicality: Float64Array.from(own, (x) => 2 * x),
          });
        },
        fail: () => {
          reject(new Error('worker exited with code: 1'));
        },
      });
    });
  const queue = new ForwardQueue({
    threads: options.threads ?? 1,
    batch: options.batch ?? 4,
    batchWaitMs: 4,
    capacity: options.capacity ?? 100,
    pictureBytes: 1,
    forward,
    clock,
    log: silent,
  });
  const submit = (...pixels: number[]) => pixels.map((pixel) => queue.submit(Uint8Array.of(pixel)));
  return { clock, calls, submit, queue };
}

const scored = (pixel: number) => ({
  kind: 'scored',
  scores: {
    probabilities: Float32Array.of(pixel),
    latent: Uint8Array.of(pixel),
    features: Float32Array.of(-pixel),
    typicality: 2 * pixel,
  },
});

describe('ForwardQueue', () => {
  it('hands a full batch out at once and gives every picture its own row', async () => {
    const { calls, submit } = queueOf({});
    const outcomes = submit(1, 2, 3, 4);
    expect(calls.map(({ pixels }) => pixels)).toEqual([[1, 2, 3, 4]]);
    calls[0]!.succeed();
    expect(await Promise.all(outcomes)).toEqual([1, 2, 3, 4].map(scored));
  });

  it('waits for a batch to fill, but not longer than told', async () => {
    const { clock, calls, submit } = queueOf({});
    void submit(1);
    await clock.advance(3);
    void submit(2);
    expect(calls).toHaveLength(0);
    await clock.advance(1);
    expect(calls.map(({ pixels }) => pixels)).toEqual([[1, 2]]);
  });

  it('lets batches fill while every thread has three, then goes on', async () => {
    const { clock, calls, submit } = queueOf({ threads: 1, batch: 4 });
    for (const pixel of [1, 2, 3]) {
      void submit(pixel);
      await clock.advance(4);
    }
    void submit(4, 5);
    await clock.advance(100);
    expect(calls.map(({ pixels }) => pixels)).toEqual([[1], [2], [3]]);
    void submit(6);
    calls[0]!.succeed();
    await clock.advance(0);
    expect(calls.at(-1)!.pixels).toEqual([4, 5, 6]);
  });

  it('runs a failed batch once more', async () => {
    const { clock, calls, submit } = queueOf({ batch: 2 });
    const outcomes = submit(1, 2);
    calls[0]!.fail();
    await clock.advance(0);
    expect(calls[1]!.pixels).toEqual([1, 2]);
    calls[1]!.succeed();
    expect(await Promise.all(outcomes)).toEqual([scored(1), scored(2)]);
  });

  it('finds the picture that kills: alone, twice, and only that one fails', async () => {
    const { clock, calls, submit } = queueOf({ batch: 3 });
    const outcomes = submit(1, 66, 3);
    for (let at = 0; at < calls.length; at += 1) {
      if (calls[at]!.pixels.includes(66)) calls[at]!.fail();
      else calls[at]!.succeed();
      await clock.advance(0);
    }
    expect(calls.map(({ pixels }) => pixels)).toEqual([[1, 66, 3], [1, 66, 3], [1], [66], [66], [3]]);
    expect(await Promise.all(outcomes)).toEqual([
      scored(1),
      { kind: 'failed', detail: 'worker exited with code: 1' },
      scored(3),
    ]);
  });

  it('tries a picture that was alone from the start twice, not four times', async () => {
    const { clock, calls, submit } = queueOf({ batch: 1 });
    const [outcome] = submit(66);
    for (let at = 0; at < calls.length; at += 1) {
      calls[at]!.fail();
      await clock.advance(0);
    }
    expect(calls).toHaveLength(2);
    expect(await outcome).toMatchObject({ kind: 'failed' });
  });

  it('fails a picture of another size without running it', async () => {
    const { calls, queue } = queueOf({ batch: 1 });
    for (const length of [0, 2]) {
      expect(await queue.submit(new Uint8Array(length))).toEqual({
        kind: 'failed',
        detail: `a picture of ${length} bytes; the network takes 1`,
      });
    }
    expect(calls).toHaveLength(0);
  });

  it('fails what it has no room for instead of piling up', async () => {
    const { submit } = queueOf({ batch: 4, capacity: 2 });
    const outcomes = submit(1, 2, 3);
    expect(await outcomes[2]).toMatchObject({
      kind: 'failed',
      detail: expect.stringContaining('more pictures'),
    });
  });
});
