/**
 * The Robots Exclusion Protocol, RFC 9309: parser and matcher.
 *
 * The text is Latin-1, one character a byte, so that paths in any encoding keep their bytes. Groups that name the
 * same product token are merged; a group for `fashiond` wins over `*`; the longest matching rule decides and allow
 * wins a tie (section 2.2.2); no rule means allowed. Lines that are no part of the protocol end no group
 * (section 2.2.4). Crawl-delay, an extension, counts for the agents named so far, as its authors mean it.
 */
import { canonicalEscapes } from './url.js';

/** Section 2.5 asks for at least this much; the rest of a longer file is ignored. */
export const MAX_ROBOTS_BYTES = 500 * 1024;

const PRODUCT_TOKEN = 'fashiond';
const MAX_SITEMAPS = 1000;

interface Rule {
  readonly allow: boolean;
  /** Literal parts between the wildcards, in the two spellings of `spellings`. */
  readonly parts: Readonly<Record<keyof Spellings, readonly string[]>>;
  /** The pattern ends in `$`: the last part must end the path. */
  readonly anchored: boolean;
  /** Octets of the pattern: the longer, the more specific. */
  readonly length: number;
}

export interface RobotsRules {
  readonly rules: readonly Rule[];
  readonly crawlDelayMs: number | null;
  /** As written; to be resolved and checked by whoever reads them. */
  readonly sitemaps: readonly string[];
}

export const ALLOW_ALL: RobotsRules = { rules: [], crawlDelayMs: null, sitemaps: [] };

/** What was collected for one user agent. */
interface Group {
  readonly rules: Rule[];
  crawlDelayMs: number | null;
}

/** Rules for `token` (lower case) from the text of a robots.txt. Never throws: what is no rule is skipped. */
export function parseRobots(text: string, token: string = PRODUCT_TOKEN): RobotsRules {
  const groups = new Map<string, Group>();
  const sitemaps: string[] = [];
  let agents: Group[] = [];
  let inRules = false;
  for (const [key, value] of lines(text)) {
    if (key === 'user-agent') {
      if (inRules) agents = [];
      inRules = false;
      agents.push(groupOf(groups, agentToken(value)));
    } else if (key === 'allow' || key === 'disallow') {
      inRules = true;
      const rule = parseRule(key === 'allow', value);
      if (rule !== null) for (const group of agents) group.rules.push(rule);
    } else if (key === 'crawl-delay') {
      const delay = crawlDelay(value);
      if (delay !== null) for (const group of agents) group.crawlDelayMs ??= delay;
    } else if (key === 'sitemap' && sitemaps.length < MAX_SITEMAPS) {
      sitemaps.push(value);
    }
  }
  const group = groups.get(token) ?? groups.get('*');
  return { rules: group?.rules ?? [], crawlDelayMs: group?.crawlDelayMs ?? null, sitemaps };
}

/** Whether the URL may be fetched. /robots.txt itself always may (section 2.2.2). */
export function isAllowed(robots: RobotsRules, url: URL): boolean {
  if (url.pathname === '/robots.txt') return true;
  const { strict, loose } = spellings(`${url.pathname}${url.search}`);
  const path: Spellings = {
    strict: strict.replace(/[*$]/g, escapeByte),
    loose: loose.replace(/[*$]/g, escapeByte),
  };
  let best: Rule | null = null;
  for (const rule of robots.rules) {
    const wins = best === null || rule.length > best.length || (rule.length === best.length && rule.allow);
    if (wins && (matches(rule, 'loose', path) || matches(rule, 'strict', path))) best = rule;
  }
  return best?.allow ?? true;
}

/** Keys in lower case. Linear in the text, whatever it holds: a file of white space must cost no more than another. */
function* lines(text: string): Generator<readonly [key: string, value: string]> {
  for (const line of wholeLines(text).split(/\r\n|\r|\n/)) {
    const record = line.split('#', 1)[0] ?? '';
    const colon = record.indexOf(':');
    if (colon !== -1) yield [record.slice(0, colon).trim().toLowerCase(), record.slice(colon + 1).trim()];
  }
}

/** Up to the bound and no part of a line: half a path would say what its author did not. */
function wholeLines(text: string): string {
  const content = text.replace(/^(\u00ef\u00bb\u00bf|\ufeff)/, '');
  if (text.length <= MAX_ROBOTS_BYTES) return content;
  const kept = content.slice(0, MAX_ROBOTS_BYTES);
  return kept.slice(0, Math.max(kept.lastIndexOf('\n'), kept.lastIndexOf('\r')) + 1);
}

/** The product token of a user-agent line: `fashiond/1.0` names fashiond (section 2.2.1). */
function agentToken(value: string): string {
  if (value.startsWith('*')) return '*';
  return (/^[A-Za-z_-]+/.exec(value)?.[0] ?? '').toLowerCase();
}

function groupOf(groups: Map<string, Group>, token: string): Group {
  let group = groups.get(token);
  if (group === undefined) {
    group = { rules: [], crawlDelayMs: null };
    groups.set(token, group);
  }
  return group;
}

function parseRule(allow: boolean, value: string): Rule | null {
  if (!value.startsWith('/') && !value.startsWith('*')) return null;
  const anchored = value.endsWith('$');
  const { strict, loose } = spellings(anchored ? value.slice(0, -1) : value);
  const pattern = loose.replace(/\$/g, escapeByte);
  const parts = { strict: strict.replace(/\$/g, escapeByte).split('*'), loose: pattern.split('*') };
  return { allow, anchored, parts, length: pattern.length + Number(anchored) };
}

function crawlDelay(value: string): number | null {
  return /^\d+(\.\d+)?$/.test(value) ? Math.round(Number(value) * 1000) : null;
}

/**
 * How URL and pattern are compared (section 2.2.2): bytes outside ASCII escaped, escapes canonical. That is the
 * strict spelling. In the loose one, reserved characters that mean the same escaped or not are raw on both sides,
 * `/` and `?` only in a query. A rule matches in either, because a pattern whose `*` stands for a `?` does not show
 * which of its escapes lie in the query.
 */
interface Spellings {
  readonly strict: string;
  readonly loose: string;
}

function spellings(text: string): Spellings {
  const strict = canonicalEscapes(text.replace(/[^\u0021-\u007e]/g, escapeByte));
  const query = strict.indexOf('?');
  const loose = strict.replace(
    /%(3A|40|21|27|28|29|2C|3B|2F|3F)/g,
    (escape: string, code: string, at: number) => {
      const inQuery = query !== -1 && at > query;
      return inQuery || (code !== '2F' && code !== '3F')
        ? String.fromCharCode(Number.parseInt(code, 16))
        : escape;
    },
  );
  return { strict, loose };
}

function escapeByte(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Parts in order, each as early as possible, which finds a match where there is one; linear in the path. */
function matches(rule: Rule, spelling: keyof Spellings, { [spelling]: path }: Spellings): boolean {
  const parts = rule.parts[spelling];
  const last = parts.length - 1;
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index === 0) {
      if (!path.startsWith(part)) return false;
      at = part.length;
    } else if (index === last && rule.anchored) {
      const from = path.length - part.length;
      return from >= at && path.endsWith(part);
    } else {
      const found = path.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
  }
  return !rule.anchored || at === path.length;
}
