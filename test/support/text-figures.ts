/** How a text model does on texts whose truth is known. */
import { isTextRefusal } from '../../src/domain/item-text.js';
import type { ItemText } from '../../src/domain/item-text.js';
import type { TextModel } from '../../src/model/text/text-model.js';

export interface TrueText {
  readonly text: ItemText;
  /** Any of these is right; a refusal where it is no category. */
  readonly truth: readonly string[];
}

export interface Judged {
  readonly garments: number;
  readonly accepted: number;
  readonly right: number;
  readonly others: number;
  /** Of the others, those that were taken for a garment. */
  readonly intruders: number;
}

export function judged(model: TextModel, texts: readonly TrueText[], limit: number): Judged {
  let [garments, accepted, right, others, intruders] = [0, 0, 0, 0, 0];
  for (const { text, truth } of texts) {
    const [best] = model.predict(text).candidates;
    const named =
      best !== undefined && best.probability > limit && !isTextRefusal(best.class) ? best.class : null;
    if (truth.some(isTextRefusal)) {
      others += 1;
      if (named !== null) intruders += 1;
      continue;
    }
    garments += 1;
    if (named === null) continue;
    accepted += 1;
    if (truth.includes(named)) right += 1;
  }
  return { garments, accepted, right, others, intruders };
}

/** Right ones of all that was accepted, what is no garment included. */
export function precisionOf({
  right,
  accepted,
  intruders,
}: Pick<Judged, 'right' | 'accepted' | 'intruders'>): number {
  return right / (accepted + intruders);
}
