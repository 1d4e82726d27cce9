/** The Retry-After header: seconds or an HTTP date (RFC 9110 section 10.2.3). */

/** A host that asks for more is asked again after this long. */
const MAX_MS = 24 * 3_600_000;

const DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/** Milliseconds from `now`; null where the header is absent, malformed, zero or in the past. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const value = header?.trim() ?? '';
  let wait = Number.NaN;
  if (/^\d+$/.test(value)) wait = Number(value) * 1000;
  // The asctime form names no zone and means GMT.
  else if (DATE.test(value)) wait = Date.parse(/(GMT|UTC)$/.test(value) ? value : `${value} GMT`) - now;
  return wait > 0 ? Math.min(wait, MAX_MS) : null;
}
