/** A network in float32 and in int8 on the same pictures: what is lost, and what it saves. */
import type { Clock } from '../../domain/ports.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import { decisionsOf } from '../evaluation/decisions.js';
import { judge } from '../evaluation/judge.js';
import type { Judged } from '../evaluation/judge.js';
import type { JudgedModel } from '../evaluation/judged-model.js';
import { outputsOf } from '../evaluation/judged-model.js';
import { pairedCounts, pairedDifference } from '../evaluation/paired-difference.js';
import type { PairedDifference } from '../evaluation/paired-difference.js';
import { share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';

export interface PrecisionComparison {
  readonly split: Split;
  readonly pictures: number;
  /** Share of the pictures that are named rightly. */
  readonly accuracy: { readonly float32: Share; readonly int8: Share };
  /** Accuracy of float32 less that of int8. */
  readonly loss: PairedDifference;
  /** Share of the pictures that both name alike. */
  readonly agreement: Share;
  /** CPU milliseconds of a picture, the median of rounds by turns. */
  readonly cpuMs: { readonly float32: number; readonly int8: number };
}

const ROUNDS = 5;
/** Pictures of one round. */
const TIMED = 64;

/** Null where the split has no picture of the model's classes. Throws FashiondError when the pixels do not fit. */
export async function comparePrecision(
  float32: JudgedModel,
  int8: JudgedModel,
  dataset: Dataset,
  split: Split,
  clock: Pick<Clock, 'monotonic'>,
): Promise<PrecisionComparison | null> {
  const before = await judge(float32, dataset, split, clock);
  const after = await judge(int8, dataset, split, clock);
  if (before === null || after === null) return null;
  return { split, ...agreementOf(before, after), cpuMs: await timed(float32, int8, dataset, before) };
}

/** Whether a loss above `maxLoss` (a share) lies within the 95 % interval, though what was measured is below it. */
export function mayExceed({ loss }: PrecisionComparison, maxLoss: number): boolean {
  return loss.high > maxLoss;
}

export function mayExceedText({ loss, pictures }: PrecisionComparison, maxLoss: number): string {
  const points = (value: number): string => (value * 100).toFixed(2);
  return (
    `the loss may be above the ${points(maxLoss)} points allowed: with ${pictures} pictures the 95 % interval ends at ` +
    `${points(loss.high)}; more validation pictures would tell`
  );
}

function agreementOf(before: Judged, after: Judged): Omit<PrecisionComparison, 'split' | 'cpuMs'> {
  const [first, second] = [decisionsOf(before.predictions), decisionsOf(after.predictions)];
  const counts = pairedCounts(
    first.map(({ right }, row) => ({ first: right, second: second[row]?.right ?? false })),
  );
  const same = first.filter(({ named }, row) => second[row]?.named === named).length;
  return {
    pictures: first.length,
    accuracy: {
      float32: share(counts.both + counts.first, first.length),
      int8: share(counts.both + counts.second, first.length),
    },
    loss: pairedDifference(counts),
    agreement: share(same, first.length),
  };
}

/** CPU time, which other work on the machine changes less than the time of the clock. */
async function timed(
  float32: JudgedModel,
  int8: JudgedModel,
  { pixels }: Dataset,
  { pictures }: Judged,
): Promise<PrecisionComparison['cpuMs']> {
  const some = pictures.slice(0, TIMED);
  const once = async (model: JudgedModel): Promise<number> => {
    const cpu = process.cpuUsage();
    await outputsOf(model, pixels, some);
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1000 / some.length;
  };
  const rounds: { float32: number; int8: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ float32: await once(float32), int8: await once(int8) });
  }
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  return {
    float32: median(rounds.map((round) => round.float32)),
    int8: median(rounds.map((round) => round.int8)),
  };
}
