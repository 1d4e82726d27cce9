/**
 * The XML of sitemaps as a stream: `<url>` and `<sitemap>` of the protocol with the image extension, `<item>` of RSS
 * 2.0 and `<entry>` of Atom, which the protocol allows in their place. Namespace prefixes may be any.
 *
 * Everything else is passed over: alternates in other languages (`<xhtml:link>`) are pages of their own, listed as
 * such. The tokenizer knows the five entities of XML and character references, and no DTD: nothing expands, nothing
 * is loaded.
 */
import { Parser } from 'htmlparser2';
import { parseMailDate, parseW3cDatetime } from './w3c-datetime.js';

const MAX_LOCATION_LENGTH = 8192;
/** The protocol needs four. */
const MAX_NESTING = 32;
/** Of `<item>` in RSS, the deepest; a `<url>` below is another thing, such as that of the channel's logo. */
const ENTRY_DEPTH = 3;
/** The extension allows 1,000; more than a page's gallery is a catalogue. */
const MAX_IMAGES = 50;

export interface SitemapEntry {
  /** `sitemap`: another file, from an index. */
  readonly kind: 'page' | 'sitemap';
  /** As written, trimmed; neither resolved nor checked. */
  readonly location: string;
  /** Milliseconds since the epoch, or null. */
  readonly lastModified: number | null;
  /** As written. */
  readonly images: readonly string[];
}

/** `broken`: an entry without a usable location. */
export type FoundEntry = SitemapEntry | 'broken';

export interface EntryReader {
  /** Throws for what is no sitemap at all. */
  read(text: string): readonly FoundEntry[];
  end(): readonly FoundEntry[];
}

/** The entry being read; texts are null until their element opens. */
interface Draft {
  readonly kind: SitemapEntry['kind'];
  /** Of its element in the document. */
  readonly depth: number;
  location: string | null;
  date: string | null;
  readonly images: string[];
}

type Field = 'location' | 'date' | 'image';

const KINDS: Readonly<Record<string, SitemapEntry['kind']>> = {
  url: 'page',
  sitemap: 'sitemap',
  item: 'page',
  entry: 'page',
};
const FIELDS: Readonly<Record<string, Field>> = {
  'url loc': 'location',
  'url lastmod': 'date',
  'sitemap loc': 'location',
  'sitemap lastmod': 'date',
  'item link': 'location',
  'item pubDate': 'date',
  'entry updated': 'date',
  'entry modified': 'date',
};

export function xmlReader(): EntryReader {
  const open: string[] = [];
  let found: FoundEntry[] = [];
  let draft: Draft | null = null;
  let field: Field | null = null;
  let text = '';
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        open.push(name);
        if (open.length > MAX_NESTING) throw new Error(`elements nested more than ${MAX_NESTING} deep`);
        const kind = KINDS[localName(name)];
        if (draft === null) {
          if (kind !== undefined && open.length <= ENTRY_DEPTH) {
            draft = { kind, depth: open.length, location: null, date: null, images: [] };
          }
          return;
        }
        if (isAtomLink(open, attributes)) draft.location ??= (attributes['href'] ?? '').trim();
        field = fieldOf(open);
        text = '';
      },
      ontext: (data) => {
        if (field !== null && text.length <= MAX_LOCATION_LENGTH) text += data;
      },
      onclosetag: () => {
        if (draft !== null && field !== null && field === fieldOf(open)) {
          take(draft, field, text.trim());
        } else if (draft !== null && draft.depth === open.length) {
          found.push(entryOf(draft));
          draft = null;
        }
        field = null;
        open.pop();
      },
    },
    { xmlMode: true },
  );
  const flush = (): readonly FoundEntry[] => {
    const batch = found;
    found = [];
    return batch;
  };
  return {
    read: (chunk) => {
      parser.write(chunk);
      return flush();
    },
    // Not parser.end(): it would close what a truncated file left open, and take half an entry for a whole one.
    end: flush,
  };
}

/** One URL a line, the protocol's plain text form. */
export function textReader(): EntryReader {
  let rest = '';
  const entry = (line: string): FoundEntry =>
    entryOf({ kind: 'page', depth: 0, location: line.trim(), date: null, images: [] });
  return {
    read: (text) => {
      const lines = (rest + text).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      const found = lines.filter((line) => line.trim() !== '').map(entry);
      if (rest.length > MAX_LOCATION_LENGTH) {
        rest = '';
        found.push('broken');
      }
      return found;
    },
    end: () => (rest.trim() === '' ? [] : [entry(rest)]),
  };
}

function take(draft: Draft, field: Field, text: string): void {
  if (field === 'location') draft.location ??= text;
  else if (field === 'date') draft.date ??= text;
  else if (text !== '' && text.length <= MAX_LOCATION_LENGTH && draft.images.length < MAX_IMAGES) {
    draft.images.push(text);
  }
}

function entryOf({ kind, location, date, images }: Draft): FoundEntry {
  if (location === null || location === '' || location.length > MAX_LOCATION_LENGTH) return 'broken';
  const lastModified = date === null ? null : (parseW3cDatetime(date) ?? parseMailDate(date));
  return { kind, location, lastModified, images };
}

/** What the innermost open element holds of the entry around it. */
function fieldOf(open: readonly string[]): Field | null {
  const [entry, parent, name] = [open.at(-3), open.at(-2), open.at(-1)];
  if (name === undefined || parent === undefined) return null;
  const field = FIELDS[`${localName(parent)} ${localName(name)}`];
  if (field !== undefined && prefix(name) === prefix(parent)) return field;
  const isImage =
    localName(parent) === 'image' && localName(name) === 'loc' && prefix(name) === prefix(parent);
  return isImage && entry !== undefined && localName(entry) === 'url' ? 'image' : null;
}

/** Atom's links have a relation, `alternate` unless said otherwise (RFC 4287 section 4.2.7.2). */
function isAtomLink(open: readonly string[], attributes: Readonly<Record<string, string>>): boolean {
  const [parent = '', name = ''] = open.slice(-2);
  if (localName(parent) !== 'entry' || localName(name) !== 'link' || prefix(name) !== prefix(parent))
    return false;
  return (attributes['rel'] ?? 'alternate') === 'alternate';
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function prefix(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(':')));
}
