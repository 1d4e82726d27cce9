import { describe, expect, it } from 'vitest';
import type { GoldenAnswer } from '../../src/domain/model.js';
import type { PictureOutcome } from '../../src/domain/prediction.js';
import { requireGolden } from '../../src/golden.js';
import type { OpenModel } from '../../src/open-model.js';

const log = { info: () => undefined, warn: () => undefined } as never;

/** Asks a model that answers every picture so, but for the first times it is asked. Returns what is kept of it. */
async function kept(outcome: unknown, first: readonly unknown[] = []): Promise<readonly GoldenAnswer[]> {
  const answers: GoldenAnswer[] = [];
  const waiting = [...first];
  const classify = async () => (waiting.shift() ?? outcome) as PictureOutcome;
  const classifier = { classify, lookLayout: { version: 'look' } };
  const model = { fingerprint: 'f'.repeat(64), classifier } as unknown as OpenModel;
  const keeping = {
    answers: () => [],
    keep: (_: unknown, all: readonly GoldenAnswer[]) => answers.push(...all),
  };
  await requireGolden(model, keeping, log);
  return answers;
}

const classified = (probabilities: readonly number[], features: readonly number[]): unknown => ({
  kind: 'classified',
  prediction: { candidates: probabilities.map((probability, at) => ({ category: `c${at}`, probability })) },
  vectors: { features: Float32Array.from(features) },
});

describe('golden pictures', () => {
  it('are answered by a sound model, and the answers kept', async () => {
    expect((await kept(classified([0.75, 0.25], [0.6, 0.8]))).length).toBeGreaterThan(2);
  });

  it.each([
    ['probabilities that do not add up', [0.5, 0.2], [0.6, 0.8]],
    ['features of another length', [0.5, 0.5], [0.6, 0.6]],
    ['what is no number', [Number.NaN, 0.5], [0.6, 0.8]],
  ])('are answered wrongly by %s', async (_, probabilities, features) => {
    await expect(kept(classified(probabilities, features))).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('are shown again to a model whose thread failed', async () => {
    const failed = { kind: 'failed', detail: 'a thread ran out of memory' };
    const sound = classified([0.75, 0.25], [0.6, 0.8]);
    expect((await kept(sound, [failed, failed])).length).toBeGreaterThan(2);
    await expect(kept(failed)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('are shown one after the other, when nobody waits for a thread', async () => {
    let looks = 0;
    let inHand = 0;
    const seen: { readonly looks: number; readonly together: number }[] = [];
    const classifier = {
      lookLayout: { version: 'look' },
      get isBusy() {
        looks += 1;
        return looks < 4;
      },
      classify: async () => {
        inHand += 1;
        seen.push({ looks, together: inHand });
        await Promise.resolve();
        inHand -= 1;
        return classified([0.75, 0.25], [0.6, 0.8]) as PictureOutcome;
      },
    };
    const model = { fingerprint: 'f'.repeat(64), classifier } as unknown as OpenModel;
    await requireGolden(model, { answers: () => [], keep: () => undefined }, log);
    expect(seen[0]?.looks).toBe(4);
    expect(seen.map(({ together }) => together)).toEqual(seen.map(() => 1));
  });

  it('say nothing of a model where the config refuses such large pictures', async () => {
    expect(await kept({ kind: 'refused', reason: 'too-large', detail: '120 x 160 pixels' })).toEqual([]);
  });
});
