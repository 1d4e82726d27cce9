/** What a decision rests on, in one line for people. */
import { unreachable } from '../domain/errors.js';
import type { Evidence } from '../domain/prediction.js';

/** The picture by its position among the item's or by another name. */
type Shown = Omit<Evidence, 'picture'> & { readonly picture: number | string | null };

export function evidenceLine({ by, words, text, pictures, picture }: Shown): string {
  const says = [
    ...(text === null ? [] : [`words say ${text.class} (${percent(text.probability)})`]),
    ...(pictures === null ? [] : [`pictures say ${pictures.category} (${percent(pictures.probability)})`]),
  ].join(', ');
  const told =
    words.length === 0 ? '' : `; words: ${words.map(({ word, field }) => `${word} in ${field}`).join(', ')}`;
  const shown =
    picture === null ? '' : `; picture ${typeof picture === 'number' ? picture + 1 : picture.slice(0, 12)}`;
  return `decided by ${nameOf(by)}: ${says}${told}${shown}`;
}

function nameOf(by: Evidence['by']): string {
  switch (by) {
    case 'text':
      return 'words';
    case 'picture':
      return 'pictures';
    case 'text-and-picture':
      return 'words and pictures';
    case 'person':
      return 'a person';
    default:
      return unreachable(by);
  }
}

function percent(probability: number): string {
  return `${(probability * 100).toFixed(1)} %`;
}
