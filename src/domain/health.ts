/** How well a shop is read: what is counted in each run, and what a verdict on it says. */

import type { ServingRuntime } from './model.js';
import type { LinkGuard } from './traps.js';

/**
 * Fields whose coverage is watched. The order is stored (`pages.fields` has a bit for each, the first the lowest):
 * a new one goes to the end.
 */
export const WATCHED_FIELDS = [
  'title',
  'price',
  'currency',
  'availability',
  'brand',
  'sku',
  'pictures',
  'breadcrumbs',
] as const;

export type WatchedField = (typeof WATCHED_FIELDS)[number];

export type HealthLevel = 'green' | 'yellow' | 'red';

/** One thing that is wrong with a run. */
export interface Finding {
  /** What it is about, from one run to the next: `items`, `errors`, `field:price` and so on. */
  readonly code: string;
  readonly level: Exclude<HealthLevel, 'green'>;
  /** For people, with the numbers before and now. */
  readonly what: string;
  /** Start of the first run in a row that had it at this level or a worse one, in milliseconds since the epoch. */
  readonly since: number;
}

/** A run that ended, judged. */
export interface RunHealth {
  readonly level: HealthLevel;
  /** The worst first; empty when green. */
  readonly findings: readonly Finding[];
}

/** A feed of the shop file as a run left it. */
export interface FeedMeasure {
  readonly url: string;
  /** `broken`: read, but not to its end. */
  readonly outcome: 'read' | 'broken' | 'failed';
  /** What went wrong, or null. */
  readonly problem: string | null;
}

/** Links to unknown pages that one guard against traps kept out. */
export interface RefusedLinks {
  readonly guard: LinkGuard;
  readonly links: number;
  /** The last of them. */
  readonly example: string;
}

/** What a run counted. A page is a product page once it has been read as a product. */
export interface RunMeasures {
  readonly startedAt: number;
  readonly endedAt: number;
  /** Why the run failed; null when it finished. */
  readonly failure: string | null;
  /** Visits by how they ended: read, unchanged, gone, or the reason why not. Each try counts. */
  readonly outcomes: Readonly<Partial<Record<string, number>>>;
  /** Product pages that answered: read, or unchanged since they were. */
  readonly productPages: number;
  /** Of these, pages that no longer read as a product. */
  readonly lost: number;
  /** Of these, pages on which the field was found when they were last read. */
  readonly found: Readonly<Record<WatchedField, number>>;
  /** Pages whose claimed encoding was not the one they are in. */
  readonly encodingGuesses: number;
  /** Pages read with a complaint about their markup. */
  readonly brokenMarkup: number;
  /** Items on sale when the run ended: not vanished, and on a page that neither is gone nor lost them. */
  readonly items: number;
  /** When the one of these that was not seen for longest was last seen; null without items. */
  readonly oldestSeen: number | null;
  /** Items with a decision on their category, and those of them that are unknown. */
  readonly decided: number;
  readonly unknown: number;
  /** None of a run after which there was another: that one has read them since. */
  readonly feeds: readonly FeedMeasure[];
  readonly refusedLinks: readonly RefusedLinks[];
}

/** A daemon's sign of life. */
export interface Heartbeat {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly at: number;
  readonly loop: LoopDelays;
  /** What it runs networks on; null where an earlier release wrote this. */
  readonly runtime: ServingRuntime | null;
}

/** How late the event loop ran its timers, in milliseconds, over the last `windowMs`. */
export interface LoopDelays {
  readonly windowMs: number;
  /** These are of the slice of the window in which they were worst. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}
