/** The vocabulary of categories, from config/categories.yaml. */
import type { CategoryId } from './ids.js';

export interface Category {
  readonly id: CategoryId;
  /** Shopify product taxonomy id, such as `aa-1-13-12`. */
  readonly shopify: string;
  /** Google product taxonomy id. */
  readonly google: number | null;
  readonly en: string;
  readonly ja: string;
  /** What a picture model that was not taught this category calls it; null where nothing is near. */
  readonly seenAs: CategoryId | null;
  /** Other names, singular and lower-case, in both languages. */
  readonly synonyms: readonly string[];
}

/** Categories that may be the same kind of thing: what it is seen as, and what is seen as it. */
export function kinOf(categories: readonly Category[], category: CategoryId): ReadonlySet<CategoryId> {
  const kin = new Set<CategoryId>();
  for (const { id, seenAs: other } of categories) {
    if (other === category) kin.add(id);
    if (id === category && other !== null) kin.add(other);
  }
  return kin;
}
