/** Real pictures for sale: every picture of the class folders is one product, in turns between the shops. */
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { Random, seedOf } from '../platform/random.js';
import { drawChanges, drawOffer, FIRST_DAY, sectionsOf } from './catalogue.js';
import type { DemoCatalogue, DemoItem } from './catalogue.js';
import { BRANDS } from './vocabulary.js';
import type { DemoLanguage } from './vocabulary.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

const EXPECTED = 'Expected FOLDER/CLASS/*.jpg (or png, webp), with class names that are known categories.';

interface FoundPicture {
  readonly path: string;
  readonly contentType: string;
  readonly category: string;
}

export interface FolderCatalogues {
  readonly en: DemoCatalogue;
  readonly ja: DemoCatalogue;
  /** Class folders without a category: their pictures are not sold. */
  readonly unmappedFolders: readonly string[];
}

/** @throws FashiondError `not-found` when the folder holds no picture of a known category. */
export async function readFolderCatalogues(
  folder: string,
  seed: number,
  categoryOfFolder: (name: string) => string | null,
): Promise<FolderCatalogues> {
  const found: FoundPicture[] = [];
  const unmappedFolders: string[] = [];
  for (const name of await foldersIn(folder)) {
    const category = categoryOfFolder(name);
    if (category === null) {
      unmappedFolders.push(name);
      continue;
    }
    for (const file of (await readdir(join(folder, name))).sort()) {
      const contentType = CONTENT_TYPES[extname(file).toLowerCase()];
      if (contentType !== undefined) found.push({ path: join(folder, name, file), contentType, category });
    }
  }
  if (found.length === 0) {
    throw new FashiondError('not-found', `no picture to sell in ${folder}`, { hint: EXPECTED });
  }
  return {
    en: catalogueOf(
      'en',
      seed,
      found.filter((_, index) => index % 2 === 0),
    ),
    ja: catalogueOf(
      'ja',
      seed,
      found.filter((_, index) => index % 2 === 1),
    ),
    unmappedFolders,
  };
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    throw new FashiondError('not-found', `cannot read the pictures folder ${folder}`, {
      hint: EXPECTED,
      cause: error,
    });
  }
}

/** Nothing a page says may tell the category: titles, sections and prices are neutral. */
function catalogueOf(language: DemoLanguage, seed: number, pictures: readonly FoundPicture[]): DemoCatalogue {
  const changes = drawChanges(language, seed, pictures.length);
  const items = pictures.map(({ path, contentType, category }, index): DemoItem => {
    const number = index + 1;
    const random = new Random(seedOf(seed, language, number, 'folder'));
    const digits = String(number).padStart(4, '0');
    const change = changes.get(index) ?? null;
    return {
      number,
      sku: `P${digits}`,
      category,
      title: language === 'en' ? `Item ${digits}` : `商品 ${digits}`,
      description: language === 'en' ? 'A piece from our collection.' : '当店の取り扱い商品です。',
      brand: random.pick(BRANDS[language]),
      colour: '',
      section: language === 'en' ? 'collection' : '商品一覧',
      ...drawOffer(language, [15, 150], random),
      ...(change === null || change === 'vanished' ? {} : { availability: 'in-stock' as const }),
      pictures: [{ from: 'file', path, contentType }],
      updatedAt: FIRST_DAY - random.int(1, 90 * 24 * 60) * 60_000,
      change,
    };
  });
  return { language, items, sections: sectionsOf(items) };
}
