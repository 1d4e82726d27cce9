/** What an endurance run is held to. */
import type { ProcessFigures } from './process-figures.js';
import { trendOf } from './trend.js';

export interface TimedFigures extends ProcessFigures {
  readonly atMs: number;
}

interface Judgement {
  readonly what: keyof ProcessFigures;
  /** `grows`: more than it may, chance apart. `flat`: less, chance apart. */
  readonly verdict: 'grows' | 'flat' | 'undecided';
  /** The figures behind it, for people. */
  readonly text: string;
}

/** A run that is watched for so long has to show that it does not grow; a shorter one only must not show that it does. */
const LONG_MS = 10 * 60_000;
/**
 * MB a minute that memory has to stay below. In its first minutes under load a heap grows until it is collected whole, which
 * a short run lets pass.
 */
const MEMORY_LIMIT = { long: 1, short: 100 };
/**
 * How many more of each may be open at the end: connections come and go, threads do not. In a short run most of the time after
 * the last swap is that of the swap.
 */
const MOST_MORE = { threads: { long: 0, short: 8 }, descriptors: { long: 2, short: 20 } };
/**
 * The watch in so many parts, of each of which the lowest figure counts: what is left when rubbish is collected, connections
 * are idle and the model that was replaced is closed. A multiple of three.
 */
const PARTS = 42;

/** `samples`: of the warm daemon, equally spaced, the first swap after a third of the time and the last after two. */
export function judge(samples: readonly TimedFigures[]): readonly Judgement[] {
  const size = isLong(samples) ? 'long' : 'short';
  return [
    judgeMemory(samples, MEMORY_LIMIT[size]),
    ...(['descriptors', 'threads'] as const).map((what) => judgeCount(samples, what, MOST_MORE[what][size])),
  ];
}

/** What grows that must not, or was not shown to be flat where it has to be; for people; empty is good. */
export function leaksIn(samples: readonly TimedFigures[]): readonly string[] {
  const mustBeFlat = isLong(samples);
  return judge(samples).flatMap(({ what, verdict, text }) => {
    if (verdict === 'grows') return [`${what} grows: ${text}`];
    return mustBeFlat && verdict === 'undecided' ? [`${what} was not shown to be flat: ${text}`] : [];
  });
}

function isLong(samples: readonly TimedFigures[]): boolean {
  return (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0) >= LONG_MS;
}

/** Growth at the rate of the limit is taken for flat, or for more, one time in twenty each. */
function judgeMemory(samples: readonly TimedFigures[], limit: number): Judgement {
  const { perMinute, low, high } = trendOf(floorsOf(samples, 'memory'));
  const [first, last, most] = [samples[0], samples.at(-1), highest(samples, 'memory')];
  return {
    what: 'memory',
    verdict: low > limit ? 'grows' : high < limit ? 'flat' : 'undecided',
    text:
      `${perMinute.toFixed(2)} MB a minute (90 % interval ${low.toFixed(2)} to ${high.toFixed(2)}, limit ${limit}), ` +
      `from ${first?.memory.toFixed(0)} to ${last?.memory.toFixed(0)}, at most ${most.toFixed(0)} MB`,
  };
}

/** The slope of a line hardly shows one step a swap: the time before the first is compared with that after the last. */
function judgeCount(
  samples: readonly TimedFigures[],
  what: 'descriptors' | 'threads',
  mostMore: number,
): Judgement {
  const floors = floorsOf(samples, what).map(({ value }) => value);
  const before = medianOf(floors.slice(0, Math.ceil(floors.length / 3)));
  const after = medianOf(floors.slice(-Math.ceil(floors.length / 3)));
  return {
    what,
    verdict: after - before > mostMore ? 'grows' : 'flat',
    text: `${before} before the first swap, ${after} after the last (${mostMore} more at most), highest ${highest(samples, what)}`,
  };
}

function floorsOf(
  samples: readonly TimedFigures[],
  what: keyof ProcessFigures,
): { readonly atMs: number; readonly value: number }[] {
  const size = Math.max(1, Math.floor(samples.length / PARTS));
  return Array.from({ length: Math.floor(samples.length / size) }, (_, part) => {
    const own = samples.slice(part * size, (part + 1) * size);
    return { atMs: own[0]!.atMs, value: Math.min(...own.map((sample) => sample[what])) };
  });
}

const highest = (samples: readonly TimedFigures[], what: keyof ProcessFigures): number =>
  Math.max(...samples.map((sample) => sample[what]));

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.floor(sorted.length / 2)] ?? 0)) / 2
  );
}
