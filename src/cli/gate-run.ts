/** Runs the gate: two model folders on the same pictures, each by the rule that the config gives it. */
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { GateReport } from '../domain/model-registry.js';
import { chooseRule } from '../infer/decision-rule.js';
import type { LoadedModel } from '../infer/model-folder.js';
import { picturesOf } from '../learn/dataset/dataset.js';
import { openNetworkModel } from '../learn/evaluation/network-model.js';
import { gateModelOf } from '../learn/gate/answers.js';
import { gateOf } from '../learn/gate/gate.js';
import type { GateModel } from '../learn/gate/gate.js';
import type { HeldOutSet } from './held-out-set.js';

/** `current`: null where there is none to compare with. Throws FashiondError `usage` where there is nothing to judge by. */
export async function runGate(
  candidate: LoadedModel,
  current: LoadedModel | null,
  set: HeldOutSet,
  { config, threads }: { readonly config: Pick<Config, 'model'>; readonly threads: number },
): Promise<GateReport> {
  const settings = { choice: config.model, set, threads };
  const judged = await answersOf(candidate, settings);
  if (judged.answers.length === 0) {
    throw new FashiondError('usage', `${set.name}: no picture of a category that the model knows`, {
      hint: 'Name a data set with --data FOLDER whose test split shows its categories.',
    });
  }
  const other = current === null ? null : await answersOf(current, settings);
  return gateOf(judged, other, { floor: config.model.gate_precision, data: set.name });
}

async function answersOf(
  { manifest, network, classMeans }: LoadedModel,
  {
    choice,
    set,
    threads,
  }: { readonly choice: Config['model']; readonly set: HeldOutSet; readonly threads: number },
): Promise<GateModel> {
  const dataset = await set.at(manifest.input);
  // The runtime takes plain memory only.
  const model = await openNetworkModel(manifest, new Uint8Array(network), threads);
  try {
    const rule = chooseRule(manifest, choice);
    return await gateModelOf(
      { model, manifest, rule, means: classMeans },
      dataset,
      picturesOf(dataset.index, 'test'),
    );
  } finally {
    await model.close();
  }
}
