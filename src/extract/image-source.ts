/** The best URL of a picture element: lazy attributes and the largest of a srcset before the placeholder in src. */
import type { Element } from 'domhandler';
import { attribute } from './html.js';

const ZOOMED = [
  'data-zoom-image',
  'data-zoom',
  'data-large_image',
  'data-large-image',
  'data-full',
  'data-original-large',
];
const LAZY = [
  'data-src',
  'data-original',
  'data-lazy-src',
  'data-lazy',
  'data-echo',
  'data-image',
  'data-img-src',
  'data-layzr',
];

/** Relative as written; `alternatives` are the sources of its picture element. Null when there is only a placeholder. */
export function imageSource(element: Element, alternatives: readonly Element[] = []): string | null {
  for (const name of ZOOMED) {
    const value = attribute(element, name);
    if (value !== null && isImageLike(value)) return value;
  }
  const set = largestOfSrcset(attribute(element, 'data-srcset') ?? attribute(element, 'srcset'));
  if (set !== null) return set;
  for (const source of alternatives) {
    const written = attribute(source, 'data-srcset') ?? attribute(source, 'srcset');
    // Without widths an alternative is another format of the same size.
    if (written !== null && /\s\d+w/.test(written)) return largestOfSrcset(written);
  }
  for (const name of LAZY) {
    const value = attribute(element, name);
    if (value !== null && isImageLike(value)) return value.replaceAll('{width}', '1080');
  }
  const source = attribute(element, 'src');
  return source === null || source.startsWith('data:') ? null : source;
}

/** `true` and JSON occur in such attributes, too. */
function isImageLike(value: string): boolean {
  return !value.startsWith('data:') && /[./]/.test(value) && !/[{}[\]]/.test(value.replaceAll('{width}', ''));
}

/** Of `a.jpg 400w, b.jpg 800w` the URL with the largest width or density; null without any. */
function largestOfSrcset(srcset: string | null): string | null {
  let best: { url: string; size: number } | null = null;
  for (const match of (srcset ?? '').matchAll(
    /([^\s,]\S*?)(?:\s+([\d.]+)([wx]))?\s*(?:,\s+|,$|$|,(?=\S+\s+[\d.]+[wx]))/g,
  )) {
    const url = match[1] ?? '';
    const size = Number(match[2] ?? 1) * (match[3] === 'w' ? 1 : 1000);
    if (url !== '' && !url.startsWith('data:') && (best === null || size > best.size)) best = { url, size };
  }
  return best?.url ?? null;
}
