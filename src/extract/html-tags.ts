/** What the HTML standard (section 13.2.6) says of elements, as far as a tree of a shop's page depends on it. */

export interface Tag {
  /** Lower-case. */
  readonly name: string;
  readonly isVoid: boolean;
  /** What is inside is text, with character references or without; of `rest` all that follows. */
  readonly content: 'elements' | 'raw' | 'escapable' | 'rest';
  /** Open elements that end where this one begins. */
  readonly closes: ReadonlySet<string> | null;
  /** Inside other rules hold: those of SVG and MathML, or HTML's again; null for the same as outside. */
  readonly isForeign: boolean | null;
}

const words = (text: string): string[] => text.split(' ');
const FORM_PARTS = new Set(words('input option optgroup select button datalist textarea'));
const PARAGRAPH = new Set(['p']);
const HEADINGS = new Set(words('h1 h2 h3 h4 h5 h6 p'));
const ROW_GROUPS = new Set(words('thead tbody'));
const TERMS = new Set(words('dd dt'));
const RUBY = new Set(words('rt rp'));

const CLOSES = new Map<string, ReadonlySet<string>>([
  ['tr', new Set(words('tr th td'))],
  ['th', new Set(['th'])],
  ['td', new Set(words('thead th td'))],
  ['body', new Set(words('head link script'))],
  ['a', new Set(['a'])],
  ['li', new Set(['li'])],
  ['option', new Set(['option'])],
  ['optgroup', new Set(words('optgroup option'))],
  ...each('h1 h2 h3 h4 h5 h6', HEADINGS),
  ...each('select input output button datalist textarea', FORM_PARTS),
  ...each('dd dt', TERMS),
  ...each('rt rp', RUBY),
  ...each('tbody tfoot', ROW_GROUPS),
  ...each(
    'p address article aside blockquote details div dl fieldset figcaption figure footer form header hr main nav ol ' +
      'pre section table ul',
    PARAGRAPH,
  ),
]);

function each(names: string, closed: ReadonlySet<string>): [string, ReadonlySet<string>][] {
  return words(names).map((name) => [name, closed]);
}

const VOID = new Set(
  words(
    'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr',
  ),
);
const RAW = new Set(words('script style iframe noembed noframes xmp'));
const ESCAPABLE = new Set(words('title textarea'));
const FOREIGN = new Set(words('svg math'));
/** Inside SVG and MathML these hold HTML again. */
const INTEGRATION = new Set(words('mi mo mn ms mtext annotation-xml foreignobject desc title'));
const OTHERS =
  'abbr audio b bdi bdo body button canvas caption center circle cite code data defs del dfn dialog em font g head html ' +
  'i ins kbd label legend line map mark meter noscript object path picture plaintext polygon polyline progress q rect s ' +
  'samp slot small span strong sub summary sup symbol template thead time u use var video';

const KNOWN: ReadonlyMap<string, Tag> = new Map(
  [...CLOSES.keys(), ...VOID, ...RAW, ...ESCAPABLE, ...FOREIGN, ...INTEGRATION, ...words(OTHERS)].map(
    (name) => [name, tagOf(name)],
  ),
);

function tagOf(name: string): Tag {
  return {
    name,
    isVoid: VOID.has(name),
    content: RAW.has(name)
      ? 'raw'
      : ESCAPABLE.has(name)
        ? 'escapable'
        : name === 'plaintext'
          ? 'rest'
          : 'elements',
    closes: CLOSES.get(name) ?? null,
    isForeign: FOREIGN.has(name) ? true : INTEGRATION.has(name) ? false : null,
  };
}

/** The tag of a name as it is written. */
export function tagNamed(written: string): Tag {
  const known = KNOWN.get(written);
  if (known !== undefined) return known;
  const name = written.toLowerCase();
  return KNOWN.get(name) ?? tagOf(name);
}
