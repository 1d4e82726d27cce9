/** How a training starts from a trained model, and how strongly it is held to that model's answers. */
import { FashiondError } from '../../domain/errors.js';
import type { DatasetIndex } from '../dataset/dataset.js';
import { buildServingGraph } from '../networks/serving-graph.js';
import type { TeacherSetup } from '../train/teacher.js';
import { baseName, valuesOfBase } from './base-model.js';
import type { BaseModel } from './base-model.js';
import { changesClasses, classesText, planClasses } from './classes.js';
import type { AbsentRule, ClassPlan } from './classes.js';

export interface FineTuning {
  readonly base: BaseModel;
  readonly plan: ClassPlan;
  /** Null where nothing holds the network to the base's answers. */
  readonly teacher: TeacherSetup | null;
}

export interface FineTuneWish {
  readonly absent: AbsentRule;
  /** Weight of the distillation; null takes 1 where classes change, and none where they do not. */
  readonly keep: number | null;
}

/** That of Learning without Forgetting. */
const TEMPERATURE = 2;

/** Throws FashiondError for data that cannot be learnt from, or that the base cannot be asked about. */
export function fineTuningOf(base: BaseModel, index: DatasetIndex, wish: FineTuneWish): FineTuning {
  const plan = planClasses(base.labels, index, wish.absent);
  const weight = wish.keep ?? (changesClasses(plan) ? 1 : 0);
  if (weight === 0) return { base, plan, teacher: null };
  if (base.spec.size !== index.size) {
    throw new FashiondError(
      'incompatible',
      `${baseName(base)} looks at ${base.spec.size} px, the data has ${index.size} px, so its answers cannot be kept`,
      { hint: `import the pictures with --size ${base.spec.size}, or let go of its answers with --keep 0` },
    );
  }
  const network = buildServingGraph(base.spec, valuesOfBase(base));
  const { fingerprint } = base;
  return {
    base,
    plan,
    teacher: { network, fingerprint, columns: plan.columns, weight, temperature: TEMPERATURE },
  };
}

/** One sentence for the log and the card. */
export function fineTuningText({ base, plan, teacher }: FineTuning): string {
  const classes = classesText(plan);
  const held =
    teacher === null
      ? 'not held to its answers'
      : `held to its answers (weight ${teacher.weight}, temperature ${teacher.temperature})`;
  return `learnt on top of ${baseName(base)}${classes === null ? '' : `: ${classes}`}; ${held}`;
}
