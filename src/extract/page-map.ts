/**
 * One walk over the tree for those who read the page itself: texts, pictures and buy controls in document order,
 * each with the zones it lies in (navigation, related items, struck out, link to another page, variant).
 */
import { Element, Text } from 'domhandler';
import type { ChildNode, ParentNode } from 'domhandler';
import { BUY_ACTION, BUY_NAMES, BUY_WORDS } from './availability.js';
import { collapse, isHidden, isSilent, visibleText } from './dom-text.js';
import { attribute, classAndId, contains, orderOf, parentElement } from './html.js';
import type { HtmlPage } from './html.js';
import { absoluteUrl } from './hints.js';
import type { PageContext } from './hints.js';

export const CHROME = 1;
export const RELATED = 2;
export const STRUCK = 4;
export const LINKED = 8;
export const OPTION = 16;
export const HIDDEN = 32;

export interface Spot {
  readonly element: Element;
  /** Position in document order. */
  readonly order: number;
  /** Bits of the zones above. */
  readonly zone: number;
}

export interface TextSpot extends Spot {
  readonly text: string;
}

interface Control extends Spot {
  readonly text: string;
  readonly enabled: boolean;
}

export interface PageMap {
  /** `element` is the parent of the text. */
  readonly texts: readonly TextSpot[];
  readonly pictures: readonly Spot[];
  /** Elements that put the item into a cart, or would if they were enabled. */
  readonly controls: readonly Control[];
  readonly headings: readonly Spot[];
  /** What a colour or a size is chosen with, and tables, which may hold their stock. */
  readonly choices: readonly Spot[];
  /** Positions of links to other pages, ascending. */
  readonly links: readonly number[];
}

const CHROME_NAMES =
  /^(?:(?:site|global|page|main|g|l|sp|pc|shop)[-_]?)?(?:header|head|footer|foot|nav|navi|navigation|menu|gnavi?|sidebar|side|side[-_]?(?:menu|bar|column|navi?)|mega-?menu|drawer|off-?canvas|cookie[\w-]*|popup|mini-?cart|cart-drawer|header-cart|news-?letter|left[-_]?(?:column|navi?|menu)?)$/i;
const RELATED_NAMES =
  /related|recommend|osusume|ranking|recently|histor(?:y|ies)|viewed|up-?sell|cross-?sell|also[-_]?(?:like|bought|view)|similar|suggest|you-may|check(?:ed)?[-_]?items?|pick-?up|complementary|complete-the-look|reviews?(?:$|[-_ ])|product-recs/i;
const RELATED_WORDS =
  /関連(?:商品|アイテム|する)|お?(?:すすめ|勧め)|オススメ|最近(?:チェック|見た)|閲覧履歴|チェックした|この(?:商品|アイテム)を(?:見た|買った|チェック|購入)|ランキング|一緒に(?:購入|買)|you (?:may|might) also|related (?:products|items)|recommended|recently viewed|(?:customers|people|others) also|complete the look|similar (?:items|products|styles)|wear (?:it )?with|frequently bought|pairs well/i;
const STRUCK_NAMES =
  /(?:was|old|list|regular|original|compare|before|retail|prev(?:ious)?|normal|usual|proper|teika|msrp|rrp|strike|cross(?:ed)?)[-_]{0,2}(?:at[-_])?price|price[-_]{1,2}(?:item--)?(?:was|old|list|regular|original|compare|before|retail|prev|normal|teika|msrp|rrp|strike|crossed)|^(?:was|proper|strike|strikethrough|line-through|teika|msrp|rrp|compare-at)$/i;
const STRUCK_TAGS = new Set(['del', 's', 'strike']);
const OPTION_TAGS = new Set(['select', 'option', 'label', 'fieldset']);
const CHROME_TAGS = new Set(['footer', 'nav', 'aside']);
const CONTROL_TYPES = /^(?:submit|image|button)$/i;
const HEADINGS = new Set(['h1', 'h2', 'h3', 'h4', 'h5', 'h6']);
const RELATED_HEADING_LENGTH = 40;
/** Of each kind; far more than a product page has, and few enough to be looked at one by one. */
const MOST = { texts: 6000, pictures: 800, headings: 400, choices: 800, controls: 400 } as const;
/** Of longer texts no reader asks more than that they are long. */
const LONGEST_TEXT = 4000;

export function mapPage(page: HtmlPage, context: PageContext): PageMap {
  const walker = new Walker(context, page.named('h1'));
  walker.walk(page.root, 0, false);
  return walker;
}

class Walker implements PageMap {
  readonly texts: TextSpot[] = [];
  readonly pictures: Spot[] = [];
  readonly controls: Control[] = [];
  readonly headings: Spot[] = [];
  readonly choices: Spot[] = [];
  readonly links: number[] = [];
  readonly #context: PageContext;
  readonly #titles: readonly Element[];
  /** By class and id, which repeat in every card of a list. */
  readonly #named = new Map<string, number>();
  readonly #swatches = new Map<string, boolean>();
  /** Of all texts so far. */
  #length = 0;

  constructor(context: PageContext, titles: readonly Element[]) {
    this.#context = context;
    this.#titles = titles;
  }

  /** Returns whether the subtree is no more than a heading such as "You may also like". */
  walk(parent: ParentNode, inherited: number, inContent: boolean): boolean {
    const start = this.#length;
    let zone = inherited;
    let heading = 0;
    for (const child of parent.children) {
      if (child instanceof Text) {
        const text = collapse(
          child.data.length > LONGEST_TEXT ? child.data.slice(0, LONGEST_TEXT) : child.data,
        );
        if (text === '' || !(parent instanceof Element)) continue;
        if (this.texts.length < MOST.texts)
          this.texts.push({ element: parent, order: orderOf(child), zone, text });
        this.#length += text.length;
        if (text.length <= RELATED_HEADING_LENGTH && RELATED_WORDS.test(text)) heading = text.length;
      } else if (child instanceof Element && !isSilent(child)) {
        const own = zone | this.#zonesOf(child, inContent);
        this.#note(child, own);
        const from = this.#length;
        const isRelated = this.walk(
          child,
          own,
          inContent || child.name === 'main' || child.name === 'article',
        );
        // What follows such a heading in the same container are other items.
        if (isRelated && (own & LINKED) === 0) zone |= RELATED;
        if (isRelated) heading = this.#length - from;
      }
    }
    return heading > 0 && this.#length - start <= heading + 6;
  }

  #zonesOf(element: Element, inContent: boolean): number {
    const names = classAndId(element);
    const style = attribute(element, 'style');
    let zone = isHidden(element) ? HIDDEN : 0;
    if (STRUCK_TAGS.has(element.name) || (style !== null && /line-through/i.test(style))) zone |= STRUCK;
    if (OPTION_TAGS.has(element.name)) zone |= OPTION;
    if (element.name === 'a' && this.#leadsElsewhere(element)) {
      zone |= LINKED;
      this.links.push(orderOf(element));
    }
    if (CHROME_TAGS.has(element.name) || (element.name === 'header' && !inContent)) zone |= CHROME;
    if (names === '' || element.name === 'body' || element.name === 'html') return zone;
    let named = this.#named.get(names);
    if (named === undefined) {
      named = zonesNamed(names);
      this.#named.set(names, named);
    }
    // A container of the page's heading is no list of other items, whatever its name.
    const holdsTitle = (named & RELATED) !== 0 && this.#titles.some((title) => contains(element, title));
    return zone | (holdsTitle ? named & ~RELATED : named);
  }

  #isSwatch(names: string): boolean {
    let is = this.#swatches.get(names);
    if (is === undefined) {
      is = SWATCH.test(names);
      this.#swatches.set(names, is);
    }
    return is;
  }

  /** Whether it may be what a colour or a size is chosen with. */
  #isChoice(element: Element): boolean {
    switch (element.name) {
      case 'select':
      case 'table':
        return true;
      case 'input':
        return /^radio$/i.test(attribute(element, 'type') ?? '');
      case 'button':
      case 'a':
      case 'li':
      case 'span':
      case 'div': {
        const names = attribute(element, 'class');
        const isNamed = (names !== null && this.#isSwatch(names)) || attribute(element, 'data-size') !== null;
        return isNamed && !element.children.some(isBlock);
      }
      default:
        return false;
    }
  }

  #leadsElsewhere(anchor: Element): boolean {
    const href = attribute(anchor, 'href');
    if (href === null || href.startsWith('#') || /^javascript:|^mailto:|^tel:/i.test(href)) return false;
    if (/\.(?:jpe?g|png|webp|gif)(?:$|[?#])/i.test(href)) return false;
    const { url: here, canonicalUrl } = this.#context;
    const [path = ''] = href.split('#', 1);
    // Resolving every link would cost more than the rest of the walk; only one that ends alike can be this page.
    if (!here.endsWith(path) && canonicalUrl?.endsWith(path) !== true) return true;
    const url = absoluteUrl(href, this.#context.base);
    return url !== null && url !== this.#context.url && url !== this.#context.canonicalUrl;
  }

  #note(element: Element, zone: number): void {
    const spot = { element, order: orderOf(element), zone };
    if (HEADINGS.has(element.name) && this.headings.length < MOST.headings) this.headings.push(spot);
    if (element.name === 'img' && this.pictures.length < MOST.pictures) this.pictures.push(spot);
    if (this.choices.length < MOST.choices && this.#isChoice(element)) this.choices.push(spot);
    // Controls of other items and of the page's frame put this item into no cart.
    const isOwn = (zone & (CHROME | RELATED)) === 0 && this.controls.length < MOST.controls;
    const text = isOwn ? controlText(element) : null;
    if (text === null || !(BUY_WORDS.test(text) || buysByName(element, text))) return;
    const names = attribute(element, 'class') ?? '';
    const disabled =
      Object.hasOwn(element.attribs, 'disabled') ||
      attribute(element, 'aria-disabled') === 'true' ||
      /disabled|sold-?out/i.test(names);
    this.controls.push({ ...spot, text, enabled: !disabled && (zone & HIDDEN) === 0 });
  }
}

function zonesNamed(names: string): number {
  const tokens = names.split(/\s+/);
  let zone = RELATED_NAMES.test(names) ? RELATED : 0;
  if (tokens.some((token) => STRUCK_NAMES.test(token))) zone |= STRUCK;
  if (tokens.some((token) => CHROME_NAMES.test(token))) zone |= CHROME;
  return zone;
}

const SWATCH =
  /swatch|(?:^|[-_ ])(?:size|colou?r|variant|option)s?[-_]{0,2}(?:option|item|btn|button|value|select|picker|tile|box|list__item)|(?:option|attribute)[-_](?:size|colou?r|value)/i;

/** Whether a control that holds it is more than a word or a picture. */
function isBlock(child: ChildNode): boolean {
  return child instanceof Element && child.name !== 'span' && child.name !== 'img';
}

const NAME_ATTRIBUTES = [
  'id',
  'class',
  'name',
  'data-test',
  'data-testid',
  'data-qa',
  'data-action',
  'data-button-action',
];

/** Whether names for machines, or the form around a button without a text, say that it fills the cart. */
function buysByName(element: Element, text: string): boolean {
  if (element.name === 'a' && attribute(element, 'href')?.startsWith('#') !== true) return false;
  const names = NAME_ATTRIBUTES.map((name) => attribute(element, name) ?? '').join(' ');
  if (BUY_NAMES.test(names))
    return !/sold ?out|売り?切れ|在庫(?:なし|切れ)|out of stock|notify|入荷/i.test(text);
  if (element.name === 'a' || /[\p{L}\p{N}]{2}/u.test(text.replaceAll(/\b(?:add|submit|button)\b/gi, '')))
    return false;
  let at = parentElement(element);
  while (at !== null && at.name !== 'form') at = parentElement(at);
  return at !== null && BUY_ACTION.test(attribute(at, 'action') ?? '');
}

/** What a control says to people; null for what is no control. */
function controlText(element: Element): string | null {
  const label = (): string =>
    ['value', 'alt', 'title', 'aria-label', 'name'].map((name) => attribute(element, name) ?? '').join(' ');
  switch (element.name) {
    case 'button':
      return `${visibleText(element, 60)} ${label()} ${innerAlt(element)}`;
    case 'a':
      return `${visibleText(element, 60)} ${innerAlt(element)}`;
    case 'input':
      return CONTROL_TYPES.test(attribute(element, 'type') ?? '')
        ? `${label()} ${cartPicture(element)}`
        : null;
    default:
      return null;
  }
}

function innerAlt(element: Element): string {
  const picture = element.children.find(
    (child): child is Element => child instanceof Element && child.name === 'img',
  );
  return picture === undefined ? '' : (attribute(picture, 'alt') ?? '');
}

/** Image buttons without a text give themselves away by their file name. */
function cartPicture(element: Element): string {
  return /(?:cart|basket|kago|buy)[-_]?(?:in|btn|button|add)?\d*\.(?:gif|png|jpe?g)$/i.test(
    attribute(element, 'src') ?? '',
  )
    ? 'カートに入れる'
    : '';
}
