/**
 * Keeps what was last answered about a shop's addresses. Navigation is the same on all pages of a shop, hundreds of
 * links each, and an answer that is looked up costs a thirtieth of one that is worked out.
 */
import type { Shop } from '../domain/shop.js';

/** For each shop: more than a large menu has. 400 shops keep some 30 MB at most. */
const MOST_KEPT = 512;
/** A longer address is worked out each time: it would take the room of many. */
const LONGEST_KEPT = 200;

/** `answer` must depend on nothing but shop and text; the least lately asked for are forgotten. */
export function kept<Answer extends string | boolean | null>(
  answer: (shop: Shop, text: string) => Answer,
): (shop: Shop, text: string) => Answer {
  // By the shop as it was configured: another config is another object, and starts with nothing kept.
  const answers = new WeakMap<Shop, Map<string, Answer>>();
  return (shop, text) => {
    if (text.length > LONGEST_KEPT) return answer(shop, text);
    let known = answers.get(shop);
    if (known === undefined) {
      known = new Map();
      answers.set(shop, known);
    }
    let found = known.get(text);
    if (found === undefined) found = answer(shop, text);
    // What is asked for again goes to the end, and what is at the beginning is forgotten first.
    else known.delete(text);
    known.set(text, found);
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value ?? '');
    return found;
  };
}
