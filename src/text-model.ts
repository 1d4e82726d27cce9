/** The text model that the config names. */
import { shippedTextModelPath } from './config/assets.js';
import type { Config } from './config/schema.js';
import { loadTextFolder } from './model/text/text-folder.js';
import type { LoadedTextModel } from './model/text/text-folder.js';

/** Null where the config turns words off. */
export async function loadTextModel({ model }: Config): Promise<LoadedTextModel | null> {
  return model.text === 'off' ? null : loadTextFolder(model.text ?? shippedTextModelPath);
}
