/** One row of a feed before its fields are understood: attributes by name, each with one value or several. */

/** Names in lower case with underscores, such as `image_link`, without the namespace. */
export type FeedRow = ReadonlyMap<string, readonly string[]>;

/** A row, or why there is none. */
export type FoundRow = FeedRow | { readonly fault: string };

export function isRow(found: FoundRow): found is FeedRow {
  return found instanceof Map;
}

/** Longer values are cut: no attribute of a product needs more. */
export const MAX_VALUE_LENGTH = 20_000;
/** A row with more is no row. */
export const MAX_VALUES = 500;

/** `g:Image Link`, `imageLink` and `image-link` are one attribute. */
export function attributeName(name: string): string {
  return name
    .slice(name.indexOf(':') + 1)
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase();
}

/** The first value of the first of the names that has one, trimmed; null where none has. */
export function valueOf(row: FeedRow, ...names: string[]): string | null {
  for (const name of names) {
    const value = row.get(name)?.find((text) => text.trim() !== '');
    if (value !== undefined) return value.trim();
  }
  return null;
}
