/** The lookalike model of the config, and the layout of the vectors that it makes. */
import { shippedLookalikePath } from './config/assets.js';
import type { Config } from './config/schema.js';
import { FashiondError } from './domain/errors.js';
import type { LookLayout } from './domain/picture.js';
import { LOOK_LAYOUT } from './images/look.js';
import { loadLookalikeFolder } from './infer/lookalike-folder.js';
import type { LoadedLookalike } from './infer/lookalike-folder.js';

interface LookalikeModel {
  readonly folder: string;
  readonly lookalike: LoadedLookalike;
  /** Its version names the model as well: vectors of two models are never compared. */
  readonly layout: LookLayout;
}

/** Throws FashiondError as `loadLookalikeFolder`, and `incompatible` for a metric of other looks. */
export async function openLookalikeModel({ model }: Pick<Config, 'model'>): Promise<LookalikeModel> {
  return readLookalikeModel(model.lookalike ?? shippedLookalikePath);
}

export async function readLookalikeModel(folder: string): Promise<LookalikeModel> {
  const lookalike = await loadLookalikeFolder(folder);
  const { metric, manifest } = lookalike;
  if (metric !== null && metric.lookVersion !== LOOK_LAYOUT.version) {
    throw new FashiondError(
      'incompatible',
      `the lookalike model ${folder} takes ${metric.lookVersion}, this version makes ${LOOK_LAYOUT.version}`,
      { hint: 'fit its metric anew with `fashiond search metric`, or take the model that ships' },
    );
  }
  const version = `${LOOK_LAYOUT.version} ${manifest.fingerprint.slice(0, 12)}`;
  return { folder, lookalike, layout: { ...LOOK_LAYOUT, version } };
}
