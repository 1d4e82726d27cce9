/** What a choice on a page is a choice of: a colour, a size, or something else. */

const COLOUR_NAME = /colou?r|カラー|色|farbe|couleur|colore|kleur|färg|pattern|柄|wash/i;
const SIZE_NAME =
  /size|サイズ|寸|größe|groesse|grösse|taille|talla|taglia|maat|storlek|tamanho|waist|inseam|丈|股下/i;
const NOT_CHOICE =
  /^(?:title|default title|quantity|qty|数量|個数|gift|wrapping|ラッピング|shipping|warranty)/i;

/** Letters, numbers of any country's system, and words for "one size". */
const SIZE = new RegExp(
  [
    '^(?:\\d?x{0,4}[sl]|m|x{1,4}l|ml|ll|\\d?[1-6]l|ss|\\d{1,2}xl)(?:[-/~〜](?:\\d?x{0,4}[sml]|x{1,4}l))?$',
    '^(?:x{0,3}-?small|medium|x{0,3}-?large)$',
    '^(?:one|free|f|os|o/s|フリー|ワン|均一|onesize|unisize)(?: ?-?size|サイズ)?$',
    '^(?:eu|us|uk|fr|it|jp|de|w|l|kids|mens|womens)?[ .-]?\\d{1,3}(?:[.,]5|½)?(?: ?(?:cm|mm|号|inch|in|"|yrs?|y|m|t|歳|才|ヶ月|ab?|regular|short|long|r|s))?(?:[-/~〜x ] ?l?\\d{1,3}(?: ?(?:cm|m|y|歳))?)?$',
    '^\\d{2,3}[a-k]{1,3}$',
    '^[smlx\\d]{1,4} ?サイズ$',
    '^[smlx]{1,4} ?[(（].{1,20}[)）]$',
  ].join('|'),
  'i',
);

export interface Choice {
  readonly colour: string | null;
  readonly size: string | null;
}

export function isSize(value: string): boolean {
  return SIZE.test(value.replaceAll('½', '.5').normalize('NFKC').trim());
}

/** What the label of a choice says, or null where it is neither. */
export function kindOfChoice(name: string | null): 'colour' | 'size' | 'none' | null {
  if (name === null || name.trim() === '') return null;
  if (NOT_CHOICE.test(name.trim())) return 'none';
  if (COLOUR_NAME.test(name)) return 'colour';
  return SIZE_NAME.test(name) ? 'size' : null;
}

/** Choices with their labels, where they have one, in the order of the page. */
export function choiceOf(
  options: readonly { readonly name: string | null; readonly value: string }[],
): Choice {
  let colour: string | null = null;
  let size: string | null = null;
  const rest: string[] = [];
  for (const { name, value } of options) {
    const text = value.trim();
    if (text === '' || /^default(?: title)?$/i.test(text)) continue;
    const kind = kindOfChoice(name);
    if (kind === 'none') continue;
    if (kind === 'colour') colour ??= text;
    else if (kind === 'size') size ??= text;
    else rest.push(text);
  }
  for (const text of rest) {
    if (size === null && isSize(text)) size = text;
    else if (colour === null) colour = text;
    else size ??= text;
  }
  return { colour, size };
}

/** `Merino Crew - Red / M` of the product `Merino Crew`: the choices in the name. */
export function choiceInTitle(title: string | null, product: string | null): Choice {
  if (title === null || product === null) return { colour: null, size: null };
  const rest = title.startsWith(product) ? title.slice(product.length) : title === product ? '' : null;
  if (rest === null) return { colour: null, size: null };
  const parts = rest
    .replace(/^[\s\-–—:：,(（[【/]+|[\s)）\]】]+$/g, '')
    .split(/\s+\/\s+|\s*[／,、|]\s*|\s+-\s+|\//)
    .filter((part) => part !== '');
  return parts.length > 3
    ? { colour: null, size: null }
    : choiceOf(parts.map((value) => ({ name: null, value })));
}
