/** What a log may show of texts: of addresses neither credentials nor the values of their query strings. */

const ADDRESS = /\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>]+/gi;
const CREDENTIALS = /(?<=^[^/]*:\/\/)[^/?#@]*@/;
const QUERY = /(?<=\?)[^#]*/;
/** Behind the name, or all of what has no name. */
const VALUE = /^[^=]*$|(?<==).*$/;
/** Fields of events are flat; what is deeper is a mistake and need not be followed for ever. */
const DEPTH = 4;

/** The fields of an event with all their texts made fit to be shown. */
export function shownFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return shown(fields, DEPTH) as Record<string, unknown>;
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.replace(ADDRESS, shownAddress);
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => shown(one, depth - 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, depth - 1)]));
}

function shownAddress(address: string): string {
  return address.replace(CREDENTIALS, '***@').replace(QUERY, (query) =>
    query
      .split('&')
      .map((parameter) => (parameter === '' ? '' : parameter.replace(VALUE, '***')))
      .join('&'),
  );
}
