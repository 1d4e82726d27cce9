/**
 * Which links lead to another page of the same listing. A shop's hundredth page of sweaters is no deeper in the shop than
 * its first: where each counted as a step, a bound on depth would cut long listings off.
 */

/** Parameters that carry the number of a page, or of its first item. */
const PARAMETERS = /^(?:page|paged|pg|pn|p|page_?(?:no|num|number|index|id)|currentpage|start|offset|from)$/i;

/** The number in a path: `/page/2`, `/page-2`, `/p2`; `/p/1234567` is a product as a rule. */
const SEGMENT = /^(?:page[-_]?\d{1,6}|p\d{1,3})$/i;
const WORD = /^page$/i;
const NUMBER = /^\d{1,6}$/;

interface Listing {
  /** The address without the number of its page. */
  readonly address: string;
  readonly hasNumber: boolean;
}

/** Of hundreds of links on a page nearly none is worth a closer look. */
const LOOKS_NUMBERED = /[/?&](?:p|offset|start|from|current)[a-z_]*[-_/=]?\d/i;

/** Tells of links whether they are the address `from` but for the number of the page, in query or path. All absolute. */
export function furtherPagesOf(from: string): (link: string) => boolean {
  let own: string | null = null;
  return (link) => {
    if (!LOOKS_NUMBERED.test(link) || link === from) return false;
    const { address, hasNumber } = listingOf(link);
    if (!hasNumber) return false;
    own ??= listingOf(from).address;
    return own === address;
  };
}

function listingOf(url: string): Listing {
  const mark = url.indexOf('?');
  const [path, query] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const segments = path.split('/');
  const kept = segments.filter((segment, at) => {
    if (SEGMENT.test(segment)) return false;
    const isAfterWord = NUMBER.test(segment) && WORD.test(segments[at - 1] ?? '');
    const isBeforeNumber = WORD.test(segment) && NUMBER.test(segments[at + 1] ?? '');
    return !isAfterWord && !isBeforeNumber;
  });
  const fields = query === '' ? [] : query.split('&');
  const rest = fields.filter((field) => {
    const [name = '', value = ''] = field.split('=', 2);
    return !(PARAMETERS.test(name) && NUMBER.test(value));
  });
  // The same listing with and without a slash at its end, and with an empty query.
  const address = `${kept.join('/').replace(/\/$/, '')}?${rest.join('&')}`;
  return { address, hasNumber: kept.length < segments.length || rest.length < fields.length };
}
