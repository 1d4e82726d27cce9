/** The product's pictures as the page shows them, the main one first; no logos, banners, icons or other items. */
import { Element } from 'domhandler';
import { absoluteUrl, nameKey } from './hints.js';
import type { PageContext } from './hints.js';
import { attribute, parentElement } from './html.js';
import { imageSource } from './image-source.js';
import { CHROME, HIDDEN, LINKED, RELATED } from './page-map.js';
import type { PageMap, Spot } from './page-map.js';

/**
 * File names of shop furniture. Whole words only: a button-down shirt in mustard is neither button nor star. Three
 * digits are an item's number: bg-1003 may be a bag, bg_01 is a background.
 */
const FURNITURE_FILE = new RegExp(
  '^button[_.\\d]|^(?:btn|icons?|ico|bg|spacer|blank|star|arrow|nav|ttl|title|line|flag|menu|cart|basket)(?![-_]?\\d{3})[-_.\\d]|' +
    '(?:^|[-_.])(?:logo|banner|bnr|icon|ico|btn|spacer|pixel|1x1|sprite|loading|loader|placeholder|no[-_]?image|noimg|' +
    'now[-_]?printing|dummy|sold[-_]?out|campaign|coupon|size[-_]?(?:chart|guide)|visa|paypal|facebook|twitter|' +
    'instagram|pinterest|sns|badge|avatar|header|footer)(?:[-_.\\d]|$)',
  'i',
);
const FURNITURE_NAMES =
  /(?:^|[-_ ])(?:logo|banner|bnr|icon|btn|button|sprite|badge|avatar|rating|stars?|flag|payment|social|sns|placeholder|loader)(?:[-_ ]|$)/i;
const FURNITURE_ALT = /(?:^|\s)(?:logo|banner|icon|sold ?out|sale)(?:\s|$)|ロゴ|バナー|アイコン/i;
const PRODUCT =
  /product|item|goods|shohin|syohin|gallery|zoom|main[-_]?(?:image|img|photo|visual|pic)|photo|detail|slide|swiper|thumb/i;
const PICTURE_FILE = /\.(?:jpe?g|png|webp|avif)(?:$|[?#])/i;
const SMALLEST = 90;
const MAX_IMAGES = 30;

interface Candidate {
  readonly url: string;
  readonly score: number;
  readonly order: number;
}

export function visibleImages(map: PageMap, context: PageContext, title: string): string[] {
  const candidates: Candidate[] = [];
  for (const spot of map.pictures) {
    if ((spot.zone & (CHROME | RELATED | LINKED)) !== 0) continue;
    const reference = zoomLink(spot.element) ?? imageSource(spot.element, sourcesOf(spot.element));
    const url = absoluteUrl(reference, context.base);
    if (url === null || reference === null || !isPicture(spot, url, title)) continue;
    candidates.push({ url, order: spot.order, score: scoreOf(spot, url, title) });
  }
  let top = 0;
  for (const { score } of candidates) top = Math.max(top, score);
  // A page with a picture that is clearly the product's has no use for those that might be.
  const kept = candidates.filter(({ score }) => score >= Math.max(1, Math.min(3, top - 1)));
  const [main] = [...kept].sort((a, b) => b.score - a.score || a.order - b.order);
  const urls = main === undefined ? [] : [main.url, ...kept.map(({ url }) => url)];
  return [...new Set(urls)].slice(0, MAX_IMAGES);
}

/** The alternatives that a picture element offers for its img. */
function sourcesOf(picture: Element): Element[] {
  const parent = parentElement(picture);
  if (parent?.name !== 'picture') return [];
  return parent.children.filter(
    (child): child is Element => child instanceof Element && child.name === 'source',
  );
}

/** A link to a larger picture around the picture. */
function zoomLink(picture: Element): string | null {
  let at = parentElement(picture);
  for (let up = 0; up < 2 && at !== null; up += 1) {
    const href = at.name === 'a' ? attribute(at, 'href') : null;
    if (href !== null && PICTURE_FILE.test(href)) return href;
    at = parentElement(at);
  }
  return null;
}

function isPicture({ element, zone }: Spot, url: string, title: string): boolean {
  if (/\.(?:svg|gif)(?:$|[?#])/i.test(url) && !/item|product|goods/i.test(url)) return false;
  const size = (name: string): number => Number.parseInt(attribute(element, name) ?? '', 10);
  if (size('width') < SMALLEST || size('height') < SMALLEST)
    return /thumb|zoom/i.test(namesAround(element, 3)) || zoomLink(element) !== null;
  const names = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''}`.replaceAll(
    /gallery-placeholder/g,
    'gallery',
  );
  const file = url.replace(/[?#].*$/, '').replace(/^.*\//, '');
  const isFurniture = FURNITURE_NAMES.test(names) || (FURNITURE_FILE.test(file) && !isTitled(element, title));
  return !isFurniture && !FURNITURE_ALT.test(attribute(element, 'alt') ?? '') && (zone & HIDDEN) === 0;
}

function scoreOf({ element }: Spot, url: string, title: string): number {
  let score = 1;
  if (isTitled(element, title)) score += 4;
  if (PRODUCT.test(namesAround(element, 4))) score += 2;
  if (/main/i.test(namesAround(element, 2))) score += 1;
  if (zoomLink(element) !== null) score += 2;
  if (PRODUCT.test(url.replace(/^https?:\/\/[^/]+/, ''))) score += 1;
  if (Number.parseInt(attribute(element, 'width') ?? '', 10) >= 250) score += 1;
  return score;
}

/** Whether the picture's alternative text names the product. */
function isTitled(element: Element, title: string): boolean {
  const alt = nameKey(attribute(element, 'alt') ?? '');
  const titleKey = nameKey(title);
  return alt.length >= 3 && titleKey !== '' && (titleKey.includes(alt) || alt.includes(titleKey));
}

function namesAround(element: Element, levels: number): string {
  const names: string[] = [];
  let at: Element | null = element;
  for (let up = 0; up < levels && at !== null && at.name !== 'body'; up += 1) {
    names.push(attribute(at, 'class') ?? '', attribute(at, 'id') ?? '');
    at = parentElement(at);
  }
  return names.join(' ');
}
