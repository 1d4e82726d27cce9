/** Why an item was found, in words: the parts that speak for it and what it costs against the query. */
import type { Money } from '../domain/money.js';
import type { SimilarItem, SimilarityParts } from '../domain/similar.js';

/** From the first cosine on, a part is called very similar; from the second on, similar; below, it is not mentioned. */
const VERY_SIMILAR = 0.9;
const SIMILAR = 0.7;

const PART_NAMES: readonly (readonly [keyof SimilarityParts, string])[] = [
  ['colour', 'colours'],
  ['shape', 'shape'],
  ['pattern', 'pattern'],
  // What the lookalike model sees of a garment: cut, print and colours together.
  ['features', 'overall look'],
];

/** Such as `very similar colours (0.94), similar shape (0.81), 45 % cheaper`; the strongest part first. */
export function explain(result: SimilarItem, queryPrice: Money | null): string {
  const parts = PART_NAMES.map(([part, name]) => ({ name, value: result.parts[part] }))
    .filter(({ value }) => value >= SIMILAR)
    .sort((one, other) => other.value - one.value)
    .map(
      ({ name, value }) =>
        `${value >= VERY_SIMILAR ? 'very similar' : 'similar'} ${name} (${value.toFixed(2)})`,
    );
  const words = parts.length > 0 ? parts : [`a distant likeness (${result.score.toFixed(2)})`];
  const price = comparePrices(result.item.price, queryPrice);
  return [...words, ...(price === null ? [] : [price])].join(', ');
}

/** Null where the prices cannot be compared. */
function comparePrices(price: Money | null, query: Money | null): string | null {
  if (price === null || query === null || price.currency !== query.currency || query.minor <= 0) return null;
  if (price.minor === query.minor) return 'same price';
  const direction = price.minor < query.minor ? 'cheaper' : 'dearer';
  const percent = Math.round((Math.abs(query.minor - price.minor) / query.minor) * 100);
  return percent === 0 ? `less than 1 % ${direction}` : `${percent} % ${direction}`;
}
