/** What is known to be alike: JSON Lines, one picture a line, `{"path", "group"}`. */
import { FashiondError } from '../../domain/errors.js';

export interface TruthPicture {
  readonly path: string;
  /** Pictures of one group show the same garment. */
  readonly group: string;
  /** Kind of garment, for the same-category rate; null takes what the model names. */
  readonly category: string | null;
  /** `query`: looks for others and is found by none; `gallery`: is found and looks for nothing; null: both. */
  readonly role: 'query' | 'gallery' | null;
  /** What is known of the garment, in numbers, for `train lookalike`; null in place of one that is not. */
  readonly facts?: readonly (number | null)[];
}

const HINT =
  'Each line is an object such as {"path": "a.jpg", "group": "7"}, perhaps with "category" and "role".';

/**
 * @param name of the file, for messages.
 * @throws FashiondError `usage` that names the file and the line, and for a truth in which nothing can be found.
 */
export function parseTruth(text: string, name: string): TruthPicture[] {
  const pictures: TruthPicture[] = [];
  const lines = new Map<string, number>();
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const picture = pictureOf(line, `${name}:${at + 1}`);
    const earlier = lines.get(picture.path);
    if (earlier !== undefined) {
      throw new FashiondError('usage', `${name}:${at + 1} names ${picture.path}, as line ${earlier} does`, {
        hint: 'Name each picture once.',
      });
    }
    lines.set(picture.path, at + 1);
    pictures.push(picture);
  }
  if (queriesOf(pictures).length === 0) {
    throw new FashiondError('usage', `${name} has no two pictures of one group, so nothing can be found`, {
      hint: HINT,
    });
  }
  return pictures;
}

function pictureOf(line: string, place: string): TruthPicture {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new FashiondError('usage', `${place} is not JSON`, { hint: HINT });
  }
  if (typeof value !== 'object' || value === null) {
    throw new FashiondError('usage', `${place} is not an object`, { hint: HINT });
  }
  const {
    path,
    group,
    category = null,
    role = null,
    facts = null,
  } = value as Readonly<Record<string, unknown>>;
  const named = typeof group === 'number' ? String(group) : group;
  if (typeof path !== 'string' || path === '' || typeof named !== 'string' || named === '') {
    throw new FashiondError('usage', `${place} lacks "path" or "group"`, { hint: HINT });
  }
  if (category !== null && typeof category !== 'string') {
    throw new FashiondError('usage', `${place} has a "category" that is no text`, { hint: HINT });
  }
  if (role !== null && role !== 'query' && role !== 'gallery') {
    throw new FashiondError('usage', `${place} has a "role" other than query and gallery`, { hint: HINT });
  }
  if (facts !== null && !isFacts(facts)) {
    throw new FashiondError('usage', `${place} has "facts" that are no list of numbers`, { hint: HINT });
  }
  return { path, group: named, category, role, ...(facts === null ? {} : { facts }) };
}

function isFacts(value: unknown): value is (number | null)[] {
  return Array.isArray(value) && value.every((fact) => fact === null || typeof fact === 'number');
}

/** Places of the pictures that look for others, of which there is at least one to be found. */
export function queriesOf(pictures: readonly Pick<TruthPicture, 'group' | 'role'>[]): number[] {
  const found = new Map<string, number>();
  for (const { group, role } of pictures) {
    if (role !== 'query') found.set(group, (found.get(group) ?? 0) + 1);
  }
  return pictures.flatMap(({ group, role }, at) => {
    const others = (found.get(group) ?? 0) - (role === null ? 1 : 0);
    return role !== 'gallery' && others > 0 ? [at] : [];
  });
}
