/**
 * Measures of a run -> green, yellow or red, with reasons in words. Pure.
 *
 * A run is compared with the usual: the median of the last finished runs of its shop that were not red. A red run
 * never becomes the usual by lasting; a shop that has really changed gets a later `usual_from` in its file. What
 * holds without a usual (the absolute rules) is all that a first run can be judged by.
 */
import type { Config } from '../../config/schema.js';
import type { Finding, HealthLevel, RunHealth, RunMeasures } from '../../domain/health.js';
import { WATCHED_FIELDS } from '../../domain/health.js';
import { HEALTH_SENTENCES, NO_REASON, USUALLY } from '../../domain/health-sentences.js';
import { fill } from '../../domain/sentences.js';
import { isNoChance } from './chance.js';
import { answersOf, errorsOf, EXCUSED, percent, share, total, visitsOf } from './shares.js';

export type HealthLimits = Config['health'];

/** What a rule found, before it is known since when. */
type Fault = Omit<Finding, 'since'>;
type Rule = (run: RunMeasures, usual: readonly RunMeasures[], limits: HealthLimits) => (Fault | null)[];

/** `usual`: the runs that are the usual, none for a first run. `before`: findings of the shop's last judged run. */
export function judge(
  run: RunMeasures,
  usual: readonly RunMeasures[],
  before: readonly Finding[],
  limits: HealthLimits,
): RunHealth {
  const faults = RULES.flatMap((rule) => rule(run, usual, limits)).filter((fault) => fault !== null);
  const findings = [
    ...faults.map((fault) => ({ ...fault, since: sinceOf(fault, before, run) })),
    ...unrefuted(run, before),
  ].toSorted((a, b) => Number(b.level === 'red') - Number(a.level === 'red'));
  return { level: findings[0]?.level ?? 'green', findings };
}

function sinceOf(fault: Fault, before: readonly Finding[], run: RunMeasures): number {
  const earlier = before.find(({ code }) => code === fault.code);
  return earlier !== undefined && (earlier.level === 'red' || fault.level === 'yellow')
    ? earlier.since
    : run.startedAt;
}

/** A run that saw no product page says nothing about fields: what was known of them stands. */
function unrefuted(run: RunMeasures, before: readonly Finding[]): readonly Finding[] {
  return run.productPages > 0
    ? []
    : before.filter(({ code }) => code === 'lost' || code.startsWith('field:'));
}

const fault = (level: HealthLevel, code: string, what: string): Fault | null =>
  level === 'green' ? null : { code, level, what };

const failed: Rule = ({ failure }) => [
  failure === null
    ? null
    : { code: 'run', level: 'red', what: fill(HEALTH_SENTENCES.run, { problem: failure }) },
];

const items: Rule = ({ items: count, failure }, usual, { items: limits }) => {
  if (count === 0 && failure === null) return [fault('red', 'items', HEALTH_SENTENCES.noItems)];
  const median = medianOf(usual, (run) => run.items);
  if (median === null || median === 0) return [];
  const ratio = count / median;
  const what = fill(HEALTH_SENTENCES.items, { count, usual: Math.round(median) });
  if (ratio > limits.too_many) return [fault('yellow', 'items', what)];
  return [fault(levelBelow(ratio, limits), 'items', what)];
};

/** Told before the catalogue shows it: a run visits only some of the items. */
const gone: Rule = (run, usual, { items: limits }) => {
  const goneOf = ({ outcomes }: RunMeasures): number => outcomes['gone'] ?? 0;
  const typical = medianOf(usual, (one) => share(goneOf(one), answersOf(one)));
  if (typical === null) return [];
  const [count, answers] = [goneOf(run), answersOf(run)];
  const rise = { yellow: 1 - limits.yellow, red: 1 - limits.red };
  const what = fill(HEALTH_SENTENCES.gone, { count, answers }) + usually(usual, typical);
  return [fault(levelOfRise(count, answers, typical, rise), 'gone', what)];
};

const errors: Rule = (run, usual, { errors: limits }) => {
  const classes = Object.entries(run.outcomes).filter(([outcome]) => !EXCUSED.has(outcome));
  const outcomes = classes
    .toSorted(([, a = 0], [, b = 0]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
  const visits = visitsOf(run);
  const count = total(classes);
  const typical = medianOf(usual, (one) => errorsOf(one) / Math.max(1, visitsOf(one))) ?? 0;
  const level = levelOfRise(count, visits, typical, limits);
  const what = fill(HEALTH_SENTENCES.errors, { count, visits, outcomes });
  return [fault(level, 'errors', what + usually(usual, typical))];
};

/** What robots.txt forbids from the first run on is the shop's will; what it begins to forbid is news. */
const robots: Rule = (run, usual, { errors: limits }) => {
  const visits = visitsOf(run);
  const count = run.outcomes['robots'] ?? 0;
  const typical = medianOf(usual, (one) => (one.outcomes['robots'] ?? 0) / Math.max(1, visitsOf(one)));
  const isAll = count === visits && count > 0;
  const level = isAll ? 'red' : typical === null ? 'green' : levelOfRise(count, visits, typical, limits);
  const what = fill(HEALTH_SENTENCES.robots, { count, visits });
  return [fault(level, 'robots', what + usually(usual, typical ?? 0))];
};

const lost: Rule = (run, usual, { fields: limits }) => {
  const typical = medianOf(usual, (one) => share(one.lost, one.productPages)) ?? 0;
  const level = levelOfRise(run.lost, run.productPages, typical, limits);
  const what = fill(HEALTH_SENTENCES.lost, { count: run.lost, pages: run.productPages });
  return [fault(level, 'lost', what + usually(usual, typical))];
};

const fields: Rule = (run, usual, { fields: limits, least_priced: leastPriced }) =>
  WATCHED_FIELDS.map((field) => {
    const pages = run.productPages;
    const now = share(run.found[field], pages);
    if (now === null) return null;
    const typical = medianOf(usual, (one) => share(one.found[field], one.productPages));
    const what = fill(HEALTH_SENTENCES.field, { field, share: percent(now), pages });
    const level = levelOfRise(pages - run.found[field], pages, 1 - (typical ?? now), limits);
    if (level !== 'green') return fault(level, `field:${field}`, what + usually(usual, typical ?? now));
    const isBare = field === 'price' && now < leastPriced && isNoChance(now, pages, leastPriced);
    return isBare ? fault('red', `field:${field}`, what) : null;
  });

const unknown: Rule = (run, usual, { unknown: limits }) => {
  const now = share(run.unknown, run.decided);
  if (now === null) return [];
  const typical = medianOf(usual, (one) => share(one.unknown, one.decided));
  const level = levelOfRise(run.unknown, run.decided, typical ?? now, limits);
  const isMost = level === 'green' && now > limits.most && isNoChance(now, run.decided, limits.most);
  const what = fill(HEALTH_SENTENCES.unknown, { share: percent(now), count: run.decided });
  return [fault(isMost ? 'yellow' : level, 'unknown', what + usually(usual, typical ?? 0))];
};

/** Not red: such pages were read, only less surely. */
const doubts: Rule = (run, usual, { errors: limits }) => {
  const pages = run.outcomes['read'] ?? 0;
  const doubt = (code: string, count: number, typical: number, what: string): Fault | null => {
    const level = levelOfRise(count, pages, typical, limits);
    return fault(level === 'red' ? 'yellow' : level, code, what + usually(usual, typical));
  };
  const typical = (count: (one: RunMeasures) => number): number =>
    medianOf(usual, (one) => share(count(one), one.outcomes['read'] ?? 0)) ?? 0;
  const { encodingGuesses, brokenMarkup } = run;
  return [
    doubt(
      'encoding',
      encodingGuesses,
      typical((one) => one.encodingGuesses),
      fill(HEALTH_SENTENCES.encoding, { count: encodingGuesses, pages }),
    ),
    doubt(
      'markup',
      brokenMarkup,
      typical((one) => one.brokenMarkup),
      fill(HEALTH_SENTENCES.markup, { count: brokenMarkup, pages }),
    ),
  ];
};

/** A shop that has several may do without one for a run; without any, nobody sees what its items cost. */
const feeds: Rule = ({ feeds: all }) => {
  const level = all.some(({ outcome }) => outcome === 'read') ? 'yellow' : 'red';
  return all.map(({ url, outcome, problem }) =>
    outcome === 'read'
      ? null
      : fault(
          outcome === 'failed' ? level : 'yellow',
          `feed:${url}`,
          fill(HEALTH_SENTENCES[outcome === 'broken' ? 'feedEnd' : 'feed'], {
            url,
            problem: problem ?? NO_REASON,
          }),
        ),
  );
};

/**
 * What the guards keep out of a shop is much the same from run to run. More of it may be a trap, or a shop that has
 * changed its addresses; a pattern that is full may hide items at any time.
 */
const traps: Rule = (run, usual, { errors: limits }) => {
  const linksOf = ({ refusedLinks }: RunMeasures): number =>
    refusedLinks.reduce((sum, { links }) => sum + links, 0);
  const shareOf = (one: RunMeasures): number | null => share(linksOf(one), linksOf(one) + answersOf(one));
  const [most] = run.refusedLinks;
  if (most === undefined) return [];
  const count = linksOf(run);
  const typical = medianOf(usual, shareOf);
  const rises = typical !== null && levelOfRise(count, count + answersOf(run), typical, limits) !== 'green';
  const isFull = run.refusedLinks.some(({ guard }) => guard === 'pattern');
  const guards = run.refusedLinks.map(({ guard, links }) => `${guard} ${links}`).join(', ');
  const what = fill(HEALTH_SENTENCES.traps, { links: count, guards, example: most.example });
  return [rises || isFull ? fault('yellow', 'traps', what) : null];
};

const stale: Rule = ({ oldestSeen, endedAt }, _, { stale: limitMs }) => {
  if (oldestSeen === null || endedAt - oldestSeen <= limitMs) return [];
  const date = new Date(oldestSeen).toISOString().slice(0, 10);
  return [fault('yellow', 'stale', fill(HEALTH_SENTENCES.stale, { date }))];
};

const RULES: readonly Rule[] = [
  failed,
  items,
  gone,
  errors,
  robots,
  lost,
  fields,
  unknown,
  doubts,
  feeds,
  traps,
  stale,
];

/** Null without any value. */
function medianOf(runs: readonly RunMeasures[], value: (run: RunMeasures) => number | null): number | null {
  const values = runs.flatMap((run) => value(run) ?? []).toSorted((a, b) => a - b);
  const [low, high] = [values[(values.length - 1) >> 1], values[values.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function levelBelow(ratio: number, limits: { readonly yellow: number; readonly red: number }): HealthLevel {
  if (ratio < limits.red) return 'red';
  return ratio < limits.yellow ? 'yellow' : 'green';
}

/** How much worse `count` of `n` is than the usual share, unless chance explains it. */
function levelOfRise(
  count: number,
  n: number,
  usual: number,
  limits: { readonly yellow: number; readonly red: number },
): HealthLevel {
  const now = share(count, n);
  if (now === null) return 'green';
  // A hair off, so that a rise of 70 to 100 % is one of 30 points in floating point as well.
  const rise = now - usual + 1e-9;
  if (rise < limits.yellow || !isNoChance(now, n, usual)) return 'green';
  return rise < limits.red ? 'yellow' : 'red';
}

function usually(usual: readonly RunMeasures[], typical: number): string {
  return usual.length === 0 ? '' : fill(USUALLY, { usual: percent(typical) });
}
