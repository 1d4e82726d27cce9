/** W3C Date and Time Formats (the note of 1997 that sitemaps use), and the dates of RSS. */

const FORM =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([Zz]|[+-]\d{2}:?\d{2})?)?)?)?$/;
const DAY_MS = 86_400_000;
/** RFC 822 with its day of the week or without: `Sat, 07 Sep 2002 09:42:31 GMT`. */
const MAIL_FORM =
  /^(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4}(?: \d{2}:\d{2}(?::\d{2})?(?: [A-Za-z]+| [+-]\d{4})?)?$/;

/**
 * Milliseconds since the epoch, or null for what is no date. A day without a time is its last millisecond, so that
 * what changed on that day counts as changed; a month or a year is its first, because its end may be far away and
 * would count as changed all the while. A time without a zone is UTC.
 */
export function parseW3cDatetime(text: string): number | null {
  const match = FORM.exec(text.trim());
  if (match === null) return null;
  const [, year = '', month, day, hour, minute, second, fraction, zone] = match;
  const start = Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
  if (!isDay(start, month, day)) return null;
  if (day === undefined) return start;
  if (hour === undefined || minute === undefined) return start + DAY_MS - 1;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  const offset = zoneMinutes(zone);
  if (offset === null) return null;
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second ?? 0);
  return start + seconds * 1000 + Math.floor(Number(`0.${fraction ?? 0}`) * 1000);
}

/** The same of a date as mail and RSS write it; dates of the other kind are taken as well. */
export function parseMailDate(text: string): number | null {
  const trimmed = text.trim();
  if (!MAIL_FORM.test(trimmed)) return parseW3cDatetime(trimmed);
  const parsed = Date.parse(/\d{2}:\d{2}/.test(trimmed) ? trimmed : `${trimmed} 23:59:59.999 GMT`);
  return Number.isNaN(parsed) ? null : parsed;
}

/** Whether the calendar has the day: `Date.UTC` takes 31 February for 3 March. */
function isDay(start: number, month: string | undefined, day: string | undefined): boolean {
  const date = new Date(start);
  return date.getUTCMonth() + 1 === Number(month ?? 1) && date.getUTCDate() === Number(day ?? 1);
}

function zoneMinutes(zone: string | undefined): number | null {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
