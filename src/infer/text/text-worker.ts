/** The thread of the text classifier. Loaded by Piscina, and by nobody else. */
import { workerData } from 'node:worker_threads';
import { messageOf } from '../../domain/errors.js';
import type { ItemText, TextPrediction } from '../../domain/item-text.js';
import { analyseJapanese } from '../../model/text/morphology.js';
import { TextModel } from '../../model/text/text-model.js';
import type { TextModelData } from '../../model/text/text-model.js';

export type TextOutcome =
  | { readonly kind: 'read'; readonly prediction: TextPrediction }
  | { readonly kind: 'unreadable'; readonly detail: string };

const model = new TextModel(workerData as TextModelData, analyseJapanese);

export function classify(texts: readonly ItemText[]): TextOutcome[] {
  return texts.map((text) => {
    try {
      return { kind: 'read', prediction: model.predict(text) };
    } catch (error) {
      return { kind: 'unreadable', detail: messageOf(error) };
    }
  });
}
