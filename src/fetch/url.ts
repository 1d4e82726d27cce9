/**
 * The canonical form of a URL: the identity of a page within its shop.
 *
 * Scheme, host and dot segments are the WHATWG URL parser's. Path and query are handled as bytes: a percent-escape
 * is never decoded into a character outside ASCII, because the escapes of EUC-JP and Shift_JIS pages are no UTF-8
 * and `URLSearchParams` would turn two different categories into the same replacement characters.
 * Idempotent: the canonical form of a canonical form is itself.
 */

/** Longer ones are traps or data, never pages. */
const MAX_LENGTH = 8192;

/** Parameters that name a campaign or a click, never a page. */
const TRACKING_NAMES: ReadonlySet<string> = new Set(
  (
    'gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl fbclid msclkid yclid ysclid ' +
    'twclid ttclid li_fat_id igshid igsh epik mc_cid mc_eid _hsenc _hsmi mkt_tok vero_id vero_conv s_kwcid ' +
    'ef_id _openstat _kx trk_contact trk_msg trk_module trk_sid'
  ).split(' '),
);
const TRACKING_PREFIX =
  /^(utm_|mtm_|matomo_|piwik_|hsa_|pk_(campaign|kwd|keyword|source|medium|content|cid)$)/;

/** Printable ASCII that RFC 3986 allows nowhere unescaped; the WHATWG parser lets some of it through. */
const NEVER_RAW = new Set('"<>\\^`{|}');

const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/** Whether a query parameter names a page, by its name in canonical escapes. */
export type NamesPage = (name: string) => boolean;

/** Canonical form of `text` (relative to `base` where given), or null when it is no http(s) URL. */
export function canonicalUrl(
  text: string,
  base?: string,
  namesPage: NamesPage = (name) => !isTracking(name),
): string | null {
  const url = parseHttpUrl(text, base);
  if (url === null) return null;
  const host = canonicalHost(url);
  if (host === null) return null;
  const canonical = `${url.protocol}//${host}${canonicalEscapes(url.pathname)}${canonicalQuery(url.search, namesPage)}`;
  return canonical.length > MAX_LENGTH ? null : canonical;
}

/** An http(s) URL without user name, password and fragment, its path and query as they stand; else null. */
export function parseHttpUrl(text: string, base?: string): URL | null {
  if (text.length > 2 * MAX_LENGTH) return null;
  let url: URL;
  try {
    url = new URL(text, base);
  } catch {
    return null;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  if (url.username !== '') url.username = '';
  if (url.password !== '') url.password = '';
  url.hash = '';
  return url;
}

/**
 * The target of a `Location` header. Node hands header bytes over as Latin-1; every byte above ASCII is escaped as
 * the byte it is, which is right for UTF-8 and keeps legacy encodings whole.
 */
export function resolveLocation(location: string, base: URL): URL | null {
  const escaped = location.replace(/[\u0080-\u00ff]/g, (byte) => `%${hex(byte.charCodeAt(0))}`);
  return parseHttpUrl(escaped, base.href);
}

/**
 * Escapes in one form: hex digits in upper case, unreserved ASCII decoded (RFC 3986 section 6.2.2), a percent sign
 * that starts no escape itself escaped.
 */
export function canonicalEscapes(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '%') {
      const pair = text.slice(at + 1, at + 3);
      if (HEX_PAIR.test(pair)) {
        const decoded = String.fromCharCode(Number.parseInt(pair, 16));
        out += UNRESERVED.test(decoded) ? decoded : `%${pair.toUpperCase()}`;
        at += 2;
      } else {
        out += '%25';
      }
    } else {
      out += NEVER_RAW.has(char) ? `%${hex(char.charCodeAt(0))}` : char;
    }
  }
  return out;
}

/** Null for a host with empty labels. The final dot of a fully qualified name is dropped. */
function canonicalHost(url: URL): string | null {
  const name = url.hostname.endsWith('.') ? url.hostname.slice(0, -1) : url.hostname;
  if (name === '' || name.startsWith('.') || name.endsWith('.') || name.includes('..')) return null;
  return url.port === '' ? name : `${name}:${url.port}`;
}

/** Parameters that name a page, in the order of their names' bytes; equal names keep their order. */
function canonicalQuery(search: string, namesPage: NamesPage): string {
  const parameters = search
    .slice(1)
    .split('&')
    .map((raw) => {
      const text = canonicalEscapes(raw);
      const end = text.indexOf('=');
      return { text, name: end === -1 ? text : text.slice(0, end) };
    })
    .filter(({ text, name }) => text !== '' && namesPage(name))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return parameters.length === 0 ? '' : `?${parameters.map(({ text }) => text).join('&')}`;
}

/** Whether the parameter names a campaign or a click in all shops. */
export function isTracking(name: string): boolean {
  const lower = name.toLowerCase();
  return TRACKING_NAMES.has(lower) || TRACKING_PREFIX.test(lower);
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
