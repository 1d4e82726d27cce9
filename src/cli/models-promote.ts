/** `fashiond models promote`: the gate, then the promotion; each is recorded when it is done, so that a kill loses neither. */
import type { Config } from '../config/schema.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { GateReport, RegisteredModel } from '../domain/model-registry.js';
import type { LoadedModel } from '../infer/model-folder.js';
import { openReadOnly } from '../store/store.js';
import { loadRegistered } from '../served-model.js';
import type { CliContext } from './context.js';
import { runGate } from './gate-run.js';
import { madeSet, ownSet } from './held-out-set.js';
import type { HeldOutSet } from './held-out-set.js';
import { labelledPictures } from './labelled-pictures.js';
import { changing, checkLine, FOLLOWS, nameOf } from './registry.js';
import { taughtPictures } from './taught-pictures.js';

export interface GateFlags {
  readonly data?: string;
  readonly pictures: number;
  readonly json?: true;
}

export interface PromoteFlags extends GateFlags {
  readonly force?: true;
  readonly note?: string;
}

interface Operator {
  readonly config: Config;
  readonly by: string;
  readonly threads: number;
}

/** Throws FashiondError `refused` with every failed check where it does not pass and is not forced. */
export async function promoteModel(
  reference: string,
  flags: PromoteFlags,
  operator: Operator,
  context: CliContext,
): Promise<void> {
  const force = flags.force === true;
  const { candidate, gate } = await judged(reference, flags, { ...operator, force }, context);
  if (gate !== null && !gate.passed && !force) throw failed(candidate, gate, flags, context);
  const note = flags.note === undefined ? {} : { note: flags.note };
  const { promoted, busy } = changing(operator.config, (registry) => ({
    promoted: registry.models.promote(candidate.fingerprint, { by: operator.by, force, ...note }),
    busy: registry.busy,
  }));
  if (flags.json === true) context.print(JSON.stringify({ promoted: true, model: promoted, gate }, null, 2));
  else
    context.print(`${nameOf(promoted)} is the current model now${gate?.passed === true ? '' : ', by force'}`);
  if (busy) context.note(FOLLOWS);
}

/** The verdict alone, recorded; a model that does not pass is no error. */
export async function judgeModel(
  reference: string,
  flags: GateFlags,
  operator: Operator,
  context: CliContext,
): Promise<void> {
  const { candidate, gate } = await judged(reference, flags, { ...operator, force: false }, context);
  if (flags.json === true) context.print(JSON.stringify({ model: candidate, gate }, null, 2));
  else context.print(`${nameOf(candidate)} ${gate?.passed === true ? 'passes' : 'does not pass'} the gate`);
}

async function judged(
  reference: string,
  flags: GateFlags,
  { config, by, threads, force }: Operator & { readonly force: boolean },
  context: CliContext,
): Promise<{ readonly candidate: RegisteredModel; readonly gate: GateReport | null }> {
  const { candidate, current, labelled } = lookUp(config, reference);
  if (candidate.role === 'current') {
    throw new FashiondError('refused', `${nameOf(candidate)} is the current model already`);
  }
  const loaded = await loadedOf(candidate);
  const beside = current === null ? null : await loadedOf(current);
  const set =
    flags.data === undefined
      ? madeSet(
          {
            categories: [...new Set([...candidate.labels, ...(current?.labels ?? [])])],
            perClass: flags.pictures,
            labelled,
            blobs: config.store.blobs,
            taught: await taughtTo(loaded, beside),
          },
          context.signal,
        )
      : await ownSet(flags.data);
  const gate = await gateWith(loaded, beside, set, { config, threads, force }, context);
  if (gate === null) return { candidate, gate };
  changing(config, ({ models }) => models.recordGate(candidate.fingerprint, gate, by));
  if (flags.json !== true) for (const check of gate.checks) context.print(checkLine(check));
  return { candidate, gate };
}

function lookUp(config: Config, reference: string) {
  const store = openReadOnly(config.store.path);
  try {
    const candidate = store.models.find(reference);
    return { candidate, current: store.models.current(), labelled: labelledPictures(store) };
  } finally {
    store.close();
  }
}

async function loadedOf(model: RegisteredModel): Promise<LoadedModel> {
  const loaded = await loadRegistered(model);
  if (loaded instanceof FashiondError) throw loaded;
  return loaded;
}

async function taughtTo(...models: readonly (LoadedModel | null)[]): Promise<ReadonlySet<string>> {
  const taught = new Set<string>();
  for (const model of models)
    for (const picture of model === null ? [] : await taughtPictures(model.folder)) taught.add(picture);
  return taught;
}

/** Null where it could not be judged, and is to be promoted all the same. */
async function gateWith(
  candidate: LoadedModel,
  current: LoadedModel | null,
  set: HeldOutSet,
  { config, threads, force }: Pick<Operator, 'config' | 'threads'> & { readonly force: boolean },
  context: CliContext,
): Promise<GateReport | null> {
  try {
    return await runGate(candidate, current, set, { config, threads });
  } catch (error) {
    if (!force) throw error;
    context.note(`it could not be judged: ${messageOf(error)}`);
    return null;
  }
}

function failed(
  candidate: RegisteredModel,
  gate: GateReport,
  flags: PromoteFlags,
  context: CliContext,
): FashiondError {
  if (flags.json === true)
    context.print(JSON.stringify({ promoted: false, model: candidate, gate }, null, 2));
  const says = gate.checks.filter(({ passed }) => !passed).map((check) => check.says);
  return new FashiondError('refused', `${nameOf(candidate)} did not pass the gate: ${says.join('; ')}`, {
    hint: 'Train it on more pictures of these, judge it by your own with --data, or promote it all the same with --force.',
  });
}
