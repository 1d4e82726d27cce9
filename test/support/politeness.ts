/**
 * Whether a crawl was polite, read from the access log of the shop that was crawled: the crawler's own books are not
 * asked. Pure.
 */

/** One request as the server saw it; times in milliseconds on one clock, the wall clock where a date is meant. */
export interface LoggedRequest {
  /** Path and query as sent. */
  readonly path: string;
  readonly startedAt: number;
  /** When the answer was sent, or the connection was gone. */
  readonly endedAt: number;
  readonly status: number;
  readonly userAgent: string | null;
  readonly ifNoneMatch: string | null;
  readonly ifModifiedSince: string | null;
  /** Headers of the answer. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly retryAfter: string | null;
}

/** What one host asks for, and what the crawler was told. */
export interface HostRules {
  /** Between the starts of two requests. */
  readonly delayMs: number;
  /** The same, once robots.txt has been read; its Crawl-delay, or the same again. */
  readonly crawlDelayMs: number;
  readonly concurrency: number;
  readonly isDisallowed: (path: string) => boolean;
  /** What the user agent must contain. */
  readonly agent: string;
  /** False where the crawler may know robots.txt from before the log begins. */
  readonly robotsFirst: boolean;
  /**
   * How much closer than asked two requests may arrive, because one of them was longer on its way: clock granularity
   * and the time from the crawler's decision to the server's log.
   */
  readonly toleranceMs: number;
}

const ROBOTS = '/robots.txt';

/** Every breach in words, in the order of the rules; none for a polite crawl. Takes the requests of one host. */
export function breachesOf(log: readonly LoggedRequest[], rules: HostRules): string[] {
  const requests = log.toSorted((a, b) => a.startedAt - b.startedAt);
  return [
    ...robotsBreaches(requests, rules),
    ...delayBreaches(requests, rules),
    ...concurrencyBreaches(requests, rules),
    ...waitBreaches(requests, rules),
    ...conditionalBreaches(requests),
    ...requests
      .filter(({ userAgent }) => userAgent?.includes(rules.agent) !== true)
      .map(
        ({ path, userAgent }) => `${path} was asked for by ${userAgent ?? 'nobody'}, not by ${rules.agent}`,
      ),
  ];
}

function robotsBreaches(requests: readonly LoggedRequest[], rules: HostRules): string[] {
  const [first] = requests;
  const answered = requests.find(({ path }) => path === ROBOTS)?.endedAt ?? Infinity;
  const early = requests.find(({ path, startedAt }) => path !== ROBOTS && startedAt < answered);
  return [
    ...(rules.robotsFirst && first !== undefined && early !== undefined
      ? [`${early.path} was asked for before robots.txt was answered`]
      : []),
    ...requests
      .filter(({ path }) => path !== ROBOTS && rules.isDisallowed(path))
      .map(({ path }) => `${path} is disallowed`),
  ];
}

/**
 * Looks at every pair of requests, not only at neighbours: a request may be late on its way by the tolerance, but the
 * tolerances of a row of requests do not add up, so that no pace above the agreed one passes.
 */
function delayBreaches(requests: readonly LoggedRequest[], rules: HostRules): string[] {
  const breaches: string[] = [];
  for (const [index, request] of requests.entries()) {
    let askedMs = 0;
    let worst = { shortMs: rules.toleranceMs, words: '' };
    for (const before of requests.slice(0, index).toReversed()) {
      // Nobody knows what robots.txt asks for before it is read.
      askedMs += before.path === ROBOTS ? rules.delayMs : Math.max(rules.delayMs, rules.crawlDelayMs);
      const gapMs = request.startedAt - before.startedAt;
      const shortMs = askedMs - gapMs;
      const words = `${request.path} came ${gapMs.toFixed(0)} ms after ${before.path}, not ${askedMs} ms`;
      if (shortMs > worst.shortMs) worst = { shortMs, words };
    }
    if (worst.words !== '') breaches.push(worst.words);
  }
  return breaches;
}

function concurrencyBreaches(requests: readonly LoggedRequest[], rules: HostRules): string[] {
  return requests.flatMap((request) => {
    const open = openAt(requests, request.startedAt);
    return open > rules.concurrency
      ? [`${open} requests were open at once when ${request.path} came, not ${rules.concurrency}`]
      : [];
  });
}

/** The most requests that were open at once. */
export function mostAtOnce(requests: readonly LoggedRequest[]): number {
  return Math.max(0, ...requests.map(({ startedAt }) => openAt(requests, startedAt)));
}

function openAt(requests: readonly LoggedRequest[], at: number): number {
  return requests.filter(({ startedAt, endedAt }) => startedAt <= at && endedAt > at).length;
}

/** Requests while the host had asked to be left alone (RFC 9110, section 10.2.3). */
function waitBreaches(requests: readonly LoggedRequest[], rules: HostRules): string[] {
  return requests.flatMap((answer) => {
    if (answer.retryAfter === null || (answer.status !== 429 && answer.status !== 503)) return [];
    const isSeconds = /^\d+$/.test(answer.retryAfter);
    const until = isSeconds
      ? answer.endedAt + 1000 * Number(answer.retryAfter)
      : Date.parse(answer.retryAfter);
    return requests
      .filter(({ startedAt }) => {
        // What was on its way when the answer left is no breach.
        const isKnown = startedAt > answer.endedAt + rules.toleranceMs;
        return isKnown && startedAt < until - rules.toleranceMs;
      })
      .map(({ path, startedAt }) => {
        const early = (until - startedAt).toFixed(0);
        return `${path} was asked for ${early} ms before the end of Retry-After: ${answer.retryAfter}`;
      });
  });
}

/** A page that is asked for again is asked for with the validators it came with. */
function conditionalBreaches(requests: readonly LoggedRequest[]): string[] {
  const given = new Map<string, LoggedRequest>();
  const breaches: string[] = [];
  for (const request of requests) {
    const { etag, lastModified } = given.get(request.path) ?? { etag: null, lastModified: null };
    const isEtagMissing = etag !== null && request.ifNoneMatch !== etag;
    const isDateMissing = lastModified !== null && request.ifModifiedSince !== lastModified;
    if (isEtagMissing || isDateMissing) {
      const validators = [etag, lastModified].filter((one) => one !== null).join(' and ');
      breaches.push(`${request.path} was asked for again without ${validators}`);
    }
    if (request.status === 200 || request.status === 304) given.set(request.path, request);
  }
  return breaches;
}
