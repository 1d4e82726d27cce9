/** What an endurance run is held to. */
import type { ProcessFigures } from './process-figures.js';
import { trendOf } from './trend.js';
import type { Trend } from './trend.js';

export interface TimedFigures extends ProcessFigures {
  readonly atMs: number;
}

/** How much each may grow in a minute once the daemon is warm. */
const GROWTH_LIMITS: Readonly<Record<keyof ProcessFigures, number>> = {
  memory: 1,
  descriptors: 1,
  threads: 0.2,
};

/** A run that is watched for so long has to show that it does not grow; a shorter one only must not show that it does. */
const LONG_MS = 10 * 60_000;
/** In its first minutes under load a heap grows until it is collected whole: MB a minute that a short run lets pass. */
const SHORT_MEMORY = 100;

interface Growth {
  readonly what: keyof ProcessFigures;
  readonly trend: Trend;
  readonly limit: number;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** `grows`: more than the limit, chance apart. `flat`: less, chance apart. */
  readonly verdict: 'grows' | 'flat' | 'undecided';
}

/** `samples`: of the warm daemon, equally spaced. */
export function growthsOf(samples: readonly TimedFigures[]): readonly Growth[] {
  const limits = isLong(samples) ? GROWTH_LIMITS : { ...GROWTH_LIMITS, memory: SHORT_MEMORY };
  return (Object.keys(GROWTH_LIMITS) as (keyof ProcessFigures)[]).map((what) => {
    const values = samples.map((sample) => sample[what]);
    const trend = trendOf(samples.map((sample) => ({ atMs: sample.atMs, value: sample[what] })));
    const limit = limits[what];
    return {
      what,
      trend,
      limit,
      first: values[0] ?? Number.NaN,
      last: values.at(-1) ?? Number.NaN,
      most: Math.max(...values),
      verdict: trend.low > limit ? 'grows' : trend.high < limit ? 'flat' : 'undecided',
    };
  });
}

/** What grows that must not, for people; empty is good. */
export function leaksIn(samples: readonly TimedFigures[]): readonly string[] {
  const mustBeFlat = isLong(samples);
  return growthsOf(samples)
    .filter(({ verdict, trend, limit }) => verdict === 'grows' || (mustBeFlat && !(trend.perMinute <= limit)))
    .map((growth) => `${growth.what} grows: ${growthText(growth)}`);
}

function isLong(samples: readonly TimedFigures[]): boolean {
  return (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0) >= LONG_MS;
}

export function growthText({ what, trend, limit, first, last, most }: Growth): string {
  const unit = what === 'memory' ? ' MB' : '';
  const digits = what === 'memory' ? 2 : 3;
  return (
    `${trend.perMinute.toFixed(digits)}${unit} a minute (95 % interval ${trend.low.toFixed(digits)} to ` +
    `${trend.high.toFixed(digits)}, limit ${limit}), from ${first.toFixed(0)} to ${last.toFixed(0)}, at most ${most.toFixed(0)}${unit}`
  );
}
