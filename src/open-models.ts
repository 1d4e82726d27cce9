/** Opens the model that serves, and the one before where search is still with that. */
import { FashiondError, messageOf } from './domain/errors.js';
import type { Log } from './domain/ports.js';
import { requireGolden } from './golden.js';
import { loadModelFolder } from './infer/model-folder.js';
import type { LoadedModel } from './infer/model-folder.js';
import { ModelHost } from './model-host.js';
import { systemClock } from './platform/clock.js';
import { openModel } from './open-model.js';
import type { ModelParts, OpenModel } from './open-model.js';
import { loadRegistered, openServedModel, previousInstead } from './served-model.js';
import type { Store } from './store/store.js';

export async function openModels(parts: ModelParts & { readonly store: Store }): Promise<ModelHost> {
  const { config, store, log } = parts;
  const opened = (loaded: LoadedModel): Promise<OpenModel> => openModel(loaded, parts);
  const open = async (folder: string): Promise<OpenModel> => opened(await loadModelFolder(folder));
  const check = (model: OpenModel): Promise<void> => requireGolden(model, store.golden, log);
  const checked = async (loaded: LoadedModel): Promise<OpenModel> => {
    const model = await opened(loaded);
    try {
      await check(model);
      return model;
    } catch (error) {
      await model.close();
      throw error;
    }
  };
  const first = await openFirst(await openServedModel(config, store.models, log), checked, store, log);
  const models = new ModelHost(first, { open, check, clock: systemClock, log });
  await searchWithBefore(models, store, opened, log);
  return models;
}

/** Of an error that is the model's own: another one may do better. */
const OWN_FAULTS: ReadonlySet<FashiondError['code']> = new Set(['corrupt', 'incompatible']);

/** The model that is to serve; the previous one where it cannot be opened, or answers the golden pictures wrongly. */
async function openFirst(
  served: LoadedModel,
  open: (loaded: LoadedModel) => Promise<OpenModel>,
  store: Store,
  log: Log,
): Promise<OpenModel> {
  try {
    return await open(served);
  } catch (error) {
    if (!(error instanceof FashiondError) || !OWN_FAULTS.has(error.code)) throw error;
    const { fingerprint } = served.manifest;
    return previousInstead({ model: fingerprint, why: error }, store.models, log, open);
  }
}

/** Where an earlier process left a renewal unfinished: search goes on with the model before, if it can be opened. */
async function searchWithBefore(
  models: ModelHost,
  store: Store,
  open: (loaded: LoadedModel) => Promise<OpenModel>,
  log: Log,
): Promise<void> {
  const model = store.renewals.state()?.from ?? store.models.current()?.fingerprint;
  if (model === undefined || model === models.serving.fingerprint) return;
  try {
    const loaded = await loadRegistered(store.models.find(model));
    if (loaded instanceof FashiondError) throw loaded;
    models.searchWith(await open(loaded));
  } catch (error) {
    // Pictures that are looked for could not be described by it: search comes over with what there is.
    log.warn('model.before_lost', { model, error: messageOf(error) });
  }
}
