/** How items are decided under a config: with which rule, which weights, and the name of all that. */
import type { ModelManifest } from '../../domain/model.js';
import type { DecideItem } from '../../domain/ports.js';
import type { DecisionRule } from '../../domain/rejection.js';
import type { LoadedTextModel } from '../../model/text/text-folder.js';
import { decideItem } from './decide-item.js';

export interface ItemDecider {
  readonly decide: DecideItem;
  /** Differs where a decision may differ. */
  readonly version: string;
}

/** `text`: null where words have no say. `seenAs`: category -> what a picture model without it calls it. */
export function createItemDecider(parts: {
  readonly manifest: Pick<ModelManifest, 'labels' | 'fingerprint'>;
  readonly rule: DecisionRule;
  readonly text: LoadedTextModel | null;
  readonly seenAs: ReadonlyMap<string, string>;
}): ItemDecider {
  const { manifest, rule, text, seenAs } = parts;
  // A fixed threshold is one for all; fitted limits of words come with the weights they were fitted with.
  const fixed = rule.thresholds[0] ?? null;
  const itemRule = {
    manifest,
    pictures: rule,
    weights: text?.joint.weights ?? { text: 0, picture: 1, unseen: 0 },
    vocabulary: { textClasses: text?.data.classes ?? [], labels: manifest.labels, within: seenAs },
    limits: rule.kind === 'fixed' || text === null ? { text: fixed, joint: fixed } : text.joint.limits,
  };
  const kinds = text === null ? '' : ` ${text.version} ${JSON.stringify([...seenAs])}`;
  return {
    decide: (pictures, words) => decideItem(pictures, text === null ? null : words, itemRule),
    version: `${rule.version}${kinds}`,
  };
}
