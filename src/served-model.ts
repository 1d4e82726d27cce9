/**
 * Which model is served: the registry's current one, unless the config names another than it did when that was last
 * recorded, which then becomes current. So a promotion outlives restarts, and a changed `model.path` is obeyed.
 */
import { shippedModelPath } from './config/assets.js';
import type { Config } from './config/schema.js';
import { FashiondError } from './domain/errors.js';
import type { ModelFingerprint } from './domain/ids.js';
import type {
  ConfiguredModel,
  ModelReading,
  ModelRegistry,
  RegisteredModel,
} from './domain/model-registry.js';
import type { Log } from './domain/ports.js';
import { loadModelFolder } from './infer/model-folder.js';
import type { LoadedModel } from './infer/model-folder.js';

/**
 * `config`: serve what the config names. `current`: serve the registry's current model. `release`: that as well; the
 * release has brought a model of its own meanwhile, which is kept as candidate.
 */
type Choice = 'config' | 'current' | 'release';

/** Of the model that the config names now; its fingerprint is null where its folder cannot be read. */
type Named = Omit<ConfiguredModel, 'fingerprint'> & { readonly fingerprint: ModelFingerprint | null };

export function chooseServed(
  named: Named,
  told: ConfiguredModel | null,
  current: Pick<RegisteredModel, 'fingerprint'> | null,
): Choice {
  if (current === null || named.fingerprint === current.fingerprint) return 'config';
  // Databases from before there was a registry always served what the config named.
  if (told === null) return 'config';
  if (named.fingerprint === null) return named.path === told.path ? 'current' : 'config';
  if (named.fingerprint === told.fingerprint) return 'current';
  const hasPromoted = current.fingerprint !== told.fingerprint;
  return named.path === null && told.path === null && hasPromoted ? 'release' : 'config';
}

/**
 * Loads the model to serve and records what that changes. Where the current model cannot be read, the previous one takes
 * its place, which the log (`model.fell_back`) and the registry tell.
 *
 * Throws FashiondError as `loadModelFolder` for a folder that the config names anew and that cannot be read, or where the
 * previous model cannot be read either.
 */
export async function openServedModel(config: Config, models: ModelRegistry, log: Log): Promise<LoadedModel> {
  const { path } = config.model;
  const folder = path ?? shippedModelPath;
  const named = await attempt(folder);
  const fingerprint = named instanceof FashiondError ? null : named.manifest.fingerprint;
  const current = models.current();
  const choice = chooseServed({ path, fingerprint }, models.configured(), current);
  if (choice === 'config' || current === null) {
    if (named instanceof FashiondError) throw named;
    models.register({ manifest: named.manifest, path: folder }, 'config');
    record(models, { path, fingerprint: named.manifest.fingerprint });
    return named;
  }
  if (named instanceof FashiondError)
    log.warn('model.config_unreadable', { path: folder, error: named.message });
  else if (choice === 'release') {
    models.addCandidate(
      { manifest: named.manifest, path: folder },
      { kind: 'candidate', by: 'config', note: 'came with this release' },
    );
    log.warn('model.release_waits', { current: current.fingerprint, candidate: fingerprint });
  }
  if (fingerprint !== null) record(models, { path, fingerprint });
  return loadCurrent(current, models, log);
}

/** The folder that a daemon would serve from if it started now; for commands that only read. */
export async function servedFolder(config: Config, models: ModelReading | null): Promise<string> {
  const { path } = config.model;
  const folder = path ?? shippedModelPath;
  const current = models?.current() ?? null;
  if (models === null || current?.path === undefined || current.path === null) return folder;
  const named = await attempt(folder);
  const fingerprint = named instanceof FashiondError ? null : named.manifest.fingerprint;
  return chooseServed({ path, fingerprint }, models.configured(), current) === 'config'
    ? folder
    : current.path;
}

function record(models: ModelRegistry, named: ConfiguredModel): void {
  const told = models.configured();
  if (told?.fingerprint === named.fingerprint && told.path === named.path) return;
  models.recordConfigured(named);
}

async function loadCurrent(current: RegisteredModel, models: ModelRegistry, log: Log): Promise<LoadedModel> {
  const loaded = await loadRegistered(current);
  if (!(loaded instanceof FashiondError)) return loaded;
  const broken = { model: current.fingerprint, why: loaded };
  return previousInstead(broken, models, log, async (instead) => instead);
}

/**
 * Opens the previous model in place of one that cannot serve, and records that. Throws FashiondError with both reasons
 * where there is none that `open` takes.
 */
export async function previousInstead<Opened>(
  { model, why }: { readonly model: ModelFingerprint; readonly why: FashiondError },
  models: ModelRegistry,
  log: Log,
  open: (loaded: LoadedModel) => Promise<Opened>,
): Promise<Opened> {
  const previous = models.list().find(({ role }) => role === 'previous') ?? null;
  const opened = await openPrevious(previous, why, open);
  const step = { from: model, to: opened.fingerprint };
  models.fallBack({ ...step, by: 'daemon', note: why.message });
  log.error('model.fell_back', {
    ...step,
    reason: why.message,
    hint: 'mend its folder, then fashiond models promote serves it again',
  });
  return opened.model;
}

async function openPrevious<Opened>(
  previous: RegisteredModel | null,
  why: FashiondError,
  open: (loaded: LoadedModel) => Promise<Opened>,
): Promise<{ readonly model: Opened; readonly fingerprint: ModelFingerprint }> {
  try {
    if (previous === null) throw why;
    const loaded = await loadRegistered(previous);
    if (loaded instanceof FashiondError) throw loaded;
    return { model: await open(loaded), fingerprint: previous.fingerprint };
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    const also = error === why ? '' : `; nor can the previous one: ${error.message}`;
    throw new FashiondError(why.code, `the current model cannot be served: ${why.message}${also}`, {
      hint: 'Put its folder back, or set model.path to another model folder than the config names now.',
      cause: why,
    });
  }
}

/** The error says also where the folder holds another model by now. */
export async function loadRegistered({
  fingerprint,
  name,
  path,
}: RegisteredModel): Promise<LoadedModel | FashiondError> {
  if (path === null)
    return new FashiondError('not-found', `nobody knows where the folder of model ${name} is`);
  const loaded = await attempt(path);
  if (loaded instanceof FashiondError || loaded.manifest.fingerprint === fingerprint) return loaded;
  const found = loaded.manifest.fingerprint.slice(0, 12);
  return new FashiondError(
    'corrupt',
    `${path} holds model ${found} by now, not ${fingerprint.slice(0, 12)}`,
    {
      hint: 'Export models that are kept elsewhere before a folder is written over.',
    },
  );
}

async function attempt(path: string): Promise<LoadedModel | FashiondError> {
  try {
    return await loadModelFolder(path);
  } catch (error) {
    if (error instanceof FashiondError) return error;
    throw error;
  }
}
