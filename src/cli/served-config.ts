/** The config with the model that a daemon would serve now, for commands that answer beside it. */
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { servedFolder } from '../served-model.js';
import { openReadOnly } from '../store/store.js';

/** As it is where there is no database yet, or one that only the daemon can bring up to date. */
export async function withServedModel(config: Config): Promise<Config> {
  const path = await servedPath(config);
  return { ...config, model: { ...config.model, path } };
}

async function servedPath(config: Config): Promise<string | null> {
  let store;
  try {
    store = openReadOnly(config.store.path);
  } catch (error) {
    if (error instanceof FashiondError) return config.model.path;
    throw error;
  }
  try {
    return await servedFolder(config, store.models);
  } finally {
    store.close();
  }
}
