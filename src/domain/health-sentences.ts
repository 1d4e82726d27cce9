/** What a verdict on a run says. It is kept as it was said; a change of the words here leaves earlier ones untranslated. */
import { readSentence } from './sentences.js';
import type { ReadSentence } from './sentences.js';

export const HEALTH_SENTENCES = {
  run: 'the run failed: {problem}',
  noItems: 'no item is on sale',
  items: 'items: {count} on sale, usually {usual}',
  gone: '{count} of {answers} pages are gone',
  errors: 'errors: {count} of {visits} visits ({outcomes})',
  robots: 'robots.txt forbids {count} of {visits} pages',
  lost: '{count} of {pages} product pages no longer read as products',
  field: '{field}: found on {share} of {pages} product pages',
  unknown: 'unknown category: {share} of {count} decided items',
  encoding: 'encoding: {count} pages are not in the one they claim, of {pages} read',
  markup: 'broken markup: {count} pages of {pages} read',
  feed: 'feed {url} was not read: {problem}',
  feedEnd: 'feed {url} was not read to its end: {problem}',
  traps: 'links not followed: {links} ({guards}), such as {example}',
  stale: 'an item was last seen on {date}',
} as const;

export type HealthSentence = keyof typeof HEALTH_SENTENCES;

/** After those whose share is compared. */
export const USUALLY = ', usually {usual}';
/** The problem of a feed where none was kept. */
export const NO_REASON = 'for a reason that was not kept';

interface ReadFinding extends ReadSentence<HealthSentence> {
  /** What follows as the usual share; null where nothing does. */
  readonly usual: string | null;
}

/** Null for a sentence of an earlier version. */
export function readFinding(what: string): ReadFinding | null {
  const whole = readSentence(HEALTH_SENTENCES, what);
  if (whole !== null) return { ...whole, usual: null };
  const { sentence = '', usual = '' } =
    readSentence({ compared: `{sentence}${USUALLY}` }, what)?.figures ?? {};
  const found = readSentence(HEALTH_SENTENCES, sentence);
  return found === null ? null : { ...found, usual };
}
