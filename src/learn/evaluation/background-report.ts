/** How much of a model's accuracy hangs on the ground that its pictures were taken on. */
import type { Dataset } from '../dataset/dataset.js';
import { bestOf, decisionsOf } from './decisions.js';
import type { ForegroundEstimate } from './cut-out.js';
import type { Judged } from './judge.js';
import { outputsOf } from './judged-model.js';
import type { JudgedModel } from './judged-model.js';
import { GROUND_KINDS } from './new-ground.js';
import type { GroundKind } from './new-ground.js';
import { pairedCounts, pairedDifference } from './paired-difference.js';
import type { PairedDifference } from './paired-difference.js';
import { replaceGrounds } from './replace-grounds.js';
import { share } from './share.js';
import type { Share } from './share.js';

/** Of the pictures whose ground was replaced. */
export interface BackgroundEffect {
  readonly before: Share;
  readonly after: Share;
  /** Accuracy before less accuracy after. */
  readonly fall: PairedDifference;
}

export interface BackgroundReport extends BackgroundEffect {
  /** Pictures judged. */
  readonly pictures: number;
  /** Those that can be cut out beyond doubt; the ground is replaced where one is drawn that contrasts with the item. */
  readonly cut: number;
  readonly bySource: readonly (BackgroundEffect & { readonly source: string })[];
  readonly byGround: readonly (BackgroundEffect & { readonly ground: GroundKind })[];
  /** Some of the pictures on their new grounds, those that were named rightly before and wrongly after first. */
  readonly examples: readonly BackgroundExample[];
}

export interface BackgroundExample {
  readonly path: string;
  readonly truth: string;
  /** What it is taken for on its own ground and on the new one. */
  readonly before: string;
  readonly after: string;
  /** size x size x 3. */
  readonly pixels: Uint8Array;
}

/** Any; with it every model is asked about the same pictures. */
const SEED = 1;
const EXAMPLES = 12;

interface Outcome {
  readonly source: string;
  readonly ground: GroundKind;
  readonly right: boolean;
  readonly rightAfter: boolean;
  readonly example: BackgroundExample;
}

/** Null where no picture can be cut out. */
export async function backgroundReport(
  model: JudgedModel,
  dataset: Dataset,
  judged: Judged,
  estimate: ForegroundEstimate,
): Promise<BackgroundReport | null> {
  const { cut, rows, kinds, pixels } = replaceGrounds(dataset, judged.pictures, estimate, SEED);
  if (rows.length === 0) return null;
  const { probabilities } = await outputsOf(model, pixels, [...rows.keys()]);
  const decisions = decisionsOf(judged.predictions);
  const bytes = dataset.index.size ** 2 * 3;
  const outcomes = rows.map((row, at): Outcome => {
    const { truth, named, right } = decisions[row] ?? { truth: 0, named: 0, right: false };
    const after = bestOf(probabilities, model.labels.length, at).named;
    const entry = dataset.index.entries[judged.pictures[row] ?? -1];
    const nameOf = (label: number): string => model.labels[label] ?? '';
    return {
      source: entry?.source ?? '',
      ground: kinds[at] ?? 'plain',
      right,
      rightAfter: after === truth,
      example: {
        path: entry?.path ?? '',
        truth: nameOf(truth),
        before: nameOf(named),
        after: nameOf(after),
        pixels: pixels.subarray(at * bytes, (at + 1) * bytes),
      },
    };
  });
  const sources = [...new Set(outcomes.map(({ source }) => source))].sort();
  return {
    pictures: judged.pictures.length,
    cut,
    ...effectOf(outcomes),
    bySource: sources.map((source) => ({
      source,
      ...effectOf(outcomes.filter((outcome) => outcome.source === source)),
    })),
    byGround: GROUND_KINDS.flatMap((ground) => {
      const own = outcomes.filter((outcome) => outcome.ground === ground);
      return own.length === 0 ? [] : [{ ground, ...effectOf(own) }];
    }),
    examples: [...outcomes]
      .sort((a, b) => Number(isLost(b)) - Number(isLost(a)))
      .slice(0, EXAMPLES)
      .map(({ example }) => example),
  };
}

function isLost({ right, rightAfter }: Outcome): boolean {
  return right && !rightAfter;
}

function effectOf(outcomes: readonly Outcome[]): BackgroundEffect {
  const counts = pairedCounts(
    outcomes.map(({ right, rightAfter }) => ({ first: right, second: rightAfter })),
  );
  return {
    before: share(counts.both + counts.first, outcomes.length),
    after: share(counts.both + counts.second, outcomes.length),
    fall: pairedDifference(counts),
  };
}
