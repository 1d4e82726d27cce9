/** What a model's folder tells people of it. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowseStore } from './domain/browse.js';
import type { ModelFingerprint } from './domain/ids.js';
import type { ModelPapers } from './domain/serving.js';

const CARD = 'card.md';
const isThere = async (path: string): Promise<boolean> => (await access(path), true);
const REPORT = 'report.html';

/** From the folders that the store knows; a folder that was moved away has none. */
export function modelPapers(browse: Pick<BrowseStore, 'modelFolder'>): ModelPapers {
  const inFolder = async <Found>(
    model: ModelFingerprint,
    name: string,
    find: (path: string) => Promise<Found>,
  ): Promise<Found | null> => {
    const folder = browse.modelFolder(model);
    return folder === null ? null : find(join(folder, name)).catch(() => null);
  };
  const paper = (model: ModelFingerprint, name: string): Promise<string | null> =>
    inFolder(model, name, (path) => readFile(path, 'utf8'));
  return {
    card: (model) => paper(model, CARD),
    report: (model) => paper(model, REPORT),
    hasReport: async (model) => (await inFolder(model, REPORT, isThere)) ?? false,
  };
}
