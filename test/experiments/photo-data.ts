/**
 * The real photos as data sets, dealt so that what is learnt from them can be judged: nobody whose photos are in one
 * split has any in another, and no product of the shop is in two.
 */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import type { Dataset } from '../../src/learn/dataset/dataset.js';
import { importPictures } from './import-pictures.js';
import { PHOTO_LICENCES, photoClass } from './photos.js';

export interface Place {
  /** Side of the square pictures, in pixels. */
  readonly size: number;
  /** Folder of the data set. */
  readonly out: string;
}

const SEED = 1;
/** Of the contributors whose photos are not for the test. */
const HOME_SHARES = { train: 90, validation: 10, test: 0 };
/** Of the shop's products: three in ten are never seen. */
const SHOP_SHARES = { train: 60, validation: 10, test: 30 };

/**
 * Photos that people took of their clothes. The test split is that of the folders; the rest is dealt anew, because
 * the folders' own validation split shares its contributors with the training pictures.
 */
export async function photosFromHome(photos: string, place: Place, context: CliContext): Promise<Dataset> {
  return importPictures(
    {
      ...place,
      list: join(photos, '..', 'manifest-clothing.csv'),
      columns: new Map([['source', 'set']]),
      licences: { clothing: PHOTO_LICENCES.clothing, 'clothing-extra': PHOTO_LICENCES['clothing-extra'] },
      splits: { dealing: 'seeded', seed: SEED, shares: HOME_SHARES, resplit: ['train', 'validation'] },
      classOf: photoClass,
    },
    context,
  );
}

/** Photos of a shop. */
export async function photosFromShop(photos: string, place: Place, context: CliContext): Promise<Dataset> {
  return importPictures(
    {
      ...place,
      roots: [join(photos, 'magento')],
      licences: { magento: PHOTO_LICENCES.magento },
      // Colours and views of one product stay together.
      groupBy: /^([^-]+)-/,
      splits: { dealing: 'seeded', seed: SEED, shares: SHOP_SHARES, resplit: [] },
      classOf: photoClass,
    },
    context,
  );
}
