/** The product's pictures as the page shows them, the main one first; no logos, banners, icons or other items. */
import { Element } from 'domhandler';
import { absoluteUrl, nameKey } from './hints.js';
import type { PageContext } from './hints.js';
import { attribute, parentElement } from './html.js';
import { imageSource } from './image-source.js';
import { CHROME, HIDDEN, LINKED, RELATED } from './page-map.js';
import type { PageMap, Spot } from './page-map.js';

const NO_PRODUCT =
  /logo|banner|bnr|icon|(?:^|[-_/.])ico(?:[-_.]|$)|btn|button|spacer|blank|pixel|1x1|tracking|cart|basket|sprite|loading|loader|payment|credit|card[-_]?brand|visa|paypal|facebook|twitter|instagram|pinterest|line[-_]?(?:it|share|btn)|sns|share|arrow|star|rating|badge|avatar|header|footer|navi|menu|dummy|no[-_]?image|noimg|now[-_]?printing|placeholder|flag|size[-_]?(?:chart|guide)|soldout|sold[-_]out|title[-_]|ttl[-_]|bg[-_]|campaign|coupon/i;
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
    const reference = zoomLink(spot.element) ?? imageSource(spot.element);
    const url = absoluteUrl(reference, context.base);
    if (url === null || reference === null || !isPicture(spot, url)) continue;
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

function isPicture({ element, zone }: Spot, url: string): boolean {
  if (/\.(?:svg|gif)(?:$|[?#])/i.test(url) && !/item|product|goods/i.test(url)) return false;
  const size = (name: string): number => Number.parseInt(attribute(element, name) ?? '', 10);
  if (size('width') < SMALLEST || size('height') < SMALLEST)
    return /thumb|zoom/i.test(namesAround(element, 3)) || zoomLink(element) !== null;
  const names = `${attribute(element, 'class') ?? ''} ${attribute(element, 'id') ?? ''} ${attribute(element, 'alt') ?? ''}`;
  const file = url.replace(/[?#].*$/, '').replace(/^.*\//, '');
  return !NO_PRODUCT.test(file) && !NO_PRODUCT.test(names) && (zone & HIDDEN) === 0;
}

function scoreOf({ element }: Spot, url: string, title: string): number {
  const alt = nameKey(attribute(element, 'alt') ?? '');
  const titleKey = nameKey(title);
  let score = 1;
  if (alt.length >= 3 && titleKey !== '' && (titleKey.includes(alt) || alt.includes(titleKey))) score += 4;
  if (PRODUCT.test(namesAround(element, 4))) score += 2;
  if (/main/i.test(namesAround(element, 2))) score += 1;
  if (zoomLink(element) !== null) score += 2;
  if (PRODUCT.test(url.replace(/^https?:\/\/[^/]+/, ''))) score += 1;
  if (Number.parseInt(attribute(element, 'width') ?? '', 10) >= 250) score += 1;
  return score;
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
