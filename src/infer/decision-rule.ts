/** Which rule decides: one threshold for all categories, or the limits that were fitted to the model. */
import { FashiondError, unreachable } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import { calibratedRule, fixedRule } from '../domain/rejection.js';
import type { DecisionRule } from '../domain/rejection.js';

export interface RejectionChoice {
  /** `auto`: the fitted limits where the model has them and no threshold is asked for. */
  readonly rejection: 'auto' | 'fixed' | 'calibrated';
  /** Null takes the model's own; does not count for `calibrated`. */
  readonly threshold: number | null;
}

/** Throws FashiondError `config` when fitted limits are asked for and the model has none, or a threshold with them. */
export function chooseRule(
  { name, labels, threshold, rejection }: Pick<ModelManifest, 'name' | 'labels' | 'threshold' | 'rejection'>,
  choice: RejectionChoice,
): DecisionRule {
  const fixed = fixedRule(labels, choice.threshold ?? threshold);
  switch (choice.rejection) {
    case 'auto':
      return rejection === null || choice.threshold !== null ? fixed : calibratedRule(rejection);
    case 'fixed':
      return fixed;
    case 'calibrated':
      if (choice.threshold !== null) {
        throw new FashiondError('config', 'model.threshold does not go with model.rejection: calibrated', {
          hint: 'remove the threshold, or set model.rejection to fixed',
        });
      }
      if (rejection !== null) return calibratedRule(rejection);
      throw new FashiondError('config', `model.rejection is calibrated, but model ${name} has no limits`, {
        hint: 'fit them with `fashiond calibrate`, or set model.rejection to fixed',
      });
    default:
      return unreachable(choice.rejection);
  }
}
