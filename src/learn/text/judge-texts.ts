/** How a text model does on labelled texts. */
import { isTextRefusal } from '../../domain/item-text.js';
import type { TextModel } from '../../model/text/text-model.js';
import { share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';
import type { LabelledText } from './grammar/grammar.js';

export interface TextFigures {
  readonly texts: number;
  /** Garments whose category was accepted, of all garments. */
  readonly coverage: Share;
  /** Right ones of all that were accepted, things and sets that were taken for a garment among them. */
  readonly precision: Share;
  /** Accepted ones of what is no garment, or several. */
  readonly intruders: Share;
}

/** `limit`: probabilities above are accepted; null accepts nothing. */
export function judgeTexts(
  model: TextModel,
  texts: readonly LabelledText[],
  limit: number | null,
): TextFigures {
  let [garments, accepted, right, others, intruders] = [0, 0, 0, 0, 0];
  for (const { text, class: truth } of texts) {
    const [best] = model.predict(text).candidates;
    const isAccepted =
      best !== undefined && limit !== null && best.probability > limit && !isTextRefusal(best.class);
    if (isTextRefusal(truth)) {
      others += 1;
      intruders += Number(isAccepted);
    } else {
      garments += 1;
      accepted += Number(isAccepted);
      right += Number(isAccepted && best.class === truth);
    }
  }
  return {
    texts: texts.length,
    coverage: share(accepted, garments),
    precision: share(right, accepted + intruders),
    intruders: share(intruders, others),
  };
}
