/** Files that ship with the package, found from this module's own place: src/config/ or dist/config/. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageRoot: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folder of the category model that ships. */
export const shippedModelPath: string = join(packageRoot, 'data', 'models', 'category');

/** Folder of the lookalike model that ships. */
export const shippedLookalikePath: string = join(packageRoot, 'data', 'models', 'lookalike');

/** What short vectors of search are made with, for the model that ships. */
export const shippedBasisPath: string = join(packageRoot, 'data', 'models', 'compact', 'basis.safetensors');

/** The category vocabulary that ships. */
export const shippedCategoriesPath: string = join(packageRoot, 'config', 'categories.yaml');

/** Folder of the text model that ships. */
export const shippedTextModelPath: string = join(packageRoot, 'data', 'models', 'text');

/** Words of fashion beyond the vocabulary's names. */
export const shippedFashionWordsPath: string = join(packageRoot, 'config', 'fashion-words.yaml');
