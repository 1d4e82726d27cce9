import { describe, expect, it } from 'vitest';
import { outOfFold, withEveryLabel } from '../../../../src/cli/refit.js';
import type { CategoryId, Sha256 } from '../../../../src/domain/ids.js';
import type { Dataset, DatasetEntry, Split } from '../../../../src/learn/dataset/dataset.js';
import { picturesOf } from '../../../../src/learn/dataset/dataset.js';
import type { JudgedModel } from '../../../../src/learn/evaluation/judged-model.js';
import { calibrate } from '../../../../src/learn/rejection/calibrate.js';

const LABELS = ['beanie', 'hat'] as CategoryId[];
const GREY = 200;

/** One pixel a picture; its first byte is the class, its second whether the picture is a hard one. */
function dataset(): Dataset {
  const entries: DatasetEntry[] = [];
  const bytes: number[] = [];
  const add = (source: string, split: Split, count: number, hard: (nth: number) => boolean): void => {
    for (let nth = 0; nth < count; nth += 1) {
      const truth = nth % 2;
      const path = `${source}/${split}/${nth}`;
      const sha256 = path.padEnd(64, '0') as Sha256;
      entries.push({ path, source, label: LABELS[truth]!, split, sha256 });
      bytes.push(truth, hard(nth) ? 1 : 0, GREY);
    }
  };
  add('rendered', 'train', 40, () => false);
  add('rendered', 'validation', 200, () => false);
  add('reviewed', 'train', 40, () => false);
  add('reviewed', 'validation', 100, (nth) => nth % 5 === 0);
  add('reviewed', 'test', 100, (nth) => nth % 5 === 0);
  const shape = { format: 1, size: 1, fill: 255, sources: [], pixelsSha256: '' } as const;
  return { index: { ...shape, labels: LABELS, entries }, pixels: new Uint8Array(bytes) };
}

/** Names hard pictures wrongly unless it was taught them. */
function model(wasTaught: boolean): JudgedModel {
  return {
    kind: 'network',
    name: wasTaught ? 'taught' : 'first',
    fingerprint: wasTaught ? 'a' : 'b',
    labels: LABELS,
    input: { size: 1, fill: 255 },
    threshold: 0.9,
    outputs: async (pixels, count) => {
      const probabilities = new Float32Array(count * 2);
      for (let row = 0; row < count; row += 1) {
        const [truth = 0, isHard = 0] = pixels.subarray(row * 3, row * 3 + 2);
        const named = isHard === 1 && !wasTaught ? 1 - truth : truth;
        probabilities[row * 2 + named] = 0.99 - row / 10_000;
        probabilities[row * 2 + 1 - named] = 0.01 + row / 10_000;
      }
      return { probabilities, logits: null, features: null };
    },
    close: async () => undefined,
  };
}

describe('a model that was taught every label', () => {
  it('has limits fitted to what one says of them that was not', async () => {
    const first = dataset();
    const every = withEveryLabel(first);
    expect(picturesOf(every.index, 'validation').map((at) => every.index.entries[at]!.source)).toEqual(
      Array.from({ length: 200 }, () => 'rendered'),
    );
    expect(picturesOf(first.index, 'test')).toHaveLength(100);
    const { pictures } = outOfFold('out', first);
    expect(pictures).toHaveLength(200);
    const material = {
      model: model(true),
      means: null,
      data: every,
      split: 'validation',
      others: [],
      offDomain: null,
      clock: { now: () => 0 },
    } as never as Parameters<typeof calibrate>[0];
    const promised = { risk: 0.03, doubt: 0.05 };
    const evidenceOf = async (more: Partial<typeof material>) =>
      (await calibrate({ ...material, ...more }, promised)).limits.evidence.map(
        ({ source, pictures: count, accepted }) => [source, count, accepted > 0],
      );
    expect(await evidenceOf({})).toEqual([['rendered', 200, true]]);
    // A fifth is wrong however sure it is: nothing of these can be promised, so nothing is accepted.
    const answers = { model: model(false), data: first, pictures };
    expect(await evidenceOf({ outOfFold: answers })).toEqual([
      ['rendered', 200, false],
      ['reviewed', 200, false],
    ]);
  });
});
