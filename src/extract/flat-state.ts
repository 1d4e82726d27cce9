/**
 * State as Nuxt 3 writes it (the format of devalue): one array, in which objects and lists name their members by their
 * positions, so that what is shared stands once. Read as a tree, bounded: members may name what holds them.
 */

const MAX_DEPTH = 24;
const MAX_VALUES = 60_000;

/** The value at the array's beginning, with all that it holds put in. */
export function unflatten(values: readonly unknown[]): unknown {
  let left = MAX_VALUES;
  const at = (position: unknown, depth: number): unknown => {
    left -= 1;
    if (typeof position !== 'number' || depth > MAX_DEPTH || left < 0) return undefined;
    const value = values[position];
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const [kind, ...rest] = value as unknown[];
      if (typeof kind !== 'string') return (value as unknown[]).map((member) => at(member, depth + 1));
      // `["Reactive", 4]`, `["Date", "2026-01-01"]`: a kind, and what it wraps.
      return rest.length === 1 && typeof rest[0] === 'number' ? at(rest[0], depth + 1) : rest[0];
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, at(member, depth + 1)]));
  };
  return at(0, 0);
}
