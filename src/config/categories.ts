/** The category vocabulary: reading it, and finding a category by any of its names. */
import type { Category } from '../domain/category.js';
import type { CategoryId } from '../domain/ids.js';
import type { ConfigProblem } from './problems.js';
import { categoriesSchema } from './schema.js';
import { validate } from './validate.js';
import type { YamlSource } from './yaml-source.js';

/** The form in which names are compared: NFKC (so that width does not matter), lower case, single spaces. */
function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

/** By id, English or Japanese name, or synonym; case and width do not matter. */
export function categoryByName(categories: readonly Category[], name: string): Category | null {
  const key = nameKey(name);
  return categories.find((category) => namesOf(category).some((one) => nameKey(one) === key)) ?? null;
}

/** Category -> what a picture model that was not taught it calls it. */
export function seenAs(categories: readonly Category[]): ReadonlyMap<string, string> {
  return new Map(
    categories.flatMap(({ id, seenAs: other }) => (other === null ? [] : [[id, other] as const])),
  );
}

/** Every category of a vocabulary file; a name that two categories claim is a problem. */
export function readCategories(source: YamlSource): {
  readonly categories: readonly Category[];
  readonly problems: readonly ConfigProblem[];
} {
  const result = validate(source, categoriesSchema);
  if (!result.ok) return { categories: [], problems: result.problems };
  const categories = result.value.categories.map(({ seen_as: seenAs, ...entry }) => ({
    ...entry,
    id: entry.id as CategoryId,
    seenAs: seenAs as CategoryId | null,
  }));
  const problems: ConfigProblem[] = [];
  const ids = new Set<string>(categories.map(({ id }) => id));
  for (const [index, { seenAs }] of categories.entries()) {
    if (seenAs === null || ids.has(seenAs)) continue;
    problems.push(
      source.problem(['categories', index, 'seen_as'], `there is no category ${seenAs}`, {
        hint: 'name the id of another category, or leave seen_as out',
      }),
    );
  }
  const owners = new Map<string, CategoryId>();
  for (const [index, category] of categories.entries()) {
    // Within one category a name may stand twice: a synonym may repeat the id in another spelling.
    for (const [key, path] of keysOf(category)) {
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, category.id);
      else if (owner !== category.id || path[0] === 'id') {
        problems.push(
          source.problem(['categories', index, ...path], `"${key}" already names the category ${owner}`, {
            hint: 'a name belongs to one category',
          }),
        );
      }
    }
  }
  return { categories, problems };
}

function namesOf(category: Category): readonly string[] {
  return [category.id, category.en, category.ja, ...category.synonyms];
}

function keysOf(category: Category): (readonly [key: string, path: readonly PropertyKey[]])[] {
  return [
    [nameKey(category.id), ['id']],
    [nameKey(category.en), ['en']],
    [nameKey(category.ja), ['ja']],
    ...category.synonyms.map((name, index) => [nameKey(name), ['synonyms', index]] as const),
  ];
}
