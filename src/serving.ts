/** Composition of what the API serves from. */
import type { ApiParts } from './api/parts.js';
import { startApi } from './api/server.js';
import type { ApiServer } from './api/server.js';
import { parseListen } from './config/api-access.js';
import { shippedBasisPath } from './config/assets.js';
import type { LoadedConfig } from './config/load.js';
import { requireSecrets } from './config/missing-secrets.js';
import { packageVersion } from './config/user-agent.js';
import { FashiondError, messageOf } from './domain/errors.js';
import type { Log } from './domain/ports.js';
import { createPictureShow } from './images/show.js';
import { openLookalikes } from './lookalikes.js';
import type { OpenLookalikes } from './lookalikes.js';
import { modelPapers } from './model-papers.js';
import { readCompactBasis } from './model/compact-basis.js';
import { systemClock } from './platform/clock.js';
import type { StageTimes } from './platform/stage-times.js';
import { PARTS } from './search/blend.js';
import type { ShortVector } from './search/fill-index.js';
import { startSearchThread } from './search-thread.js';
import type { Stages } from './stages.js';
import { openReaders } from './store/browse/readers.js';
import { exportOnThread } from './store/export/export-thread.js';
import { ITEMS_VIEW } from './store/export/table.js';
import { lastBackup } from './store/upkeep/backup-name.js';

/** Encoded pictures kept in memory: some four thousand of a list. */
const PICTURE_CACHE_BYTES = 64 * 1024 * 1024;

/** Throws as `startApi`. */
export async function serveApi(
  loaded: LoadedConfig,
  stages: Stages,
  times: StageTimes,
  log: Log,
  listen: string,
  operation: Pick<ApiParts, 'reload' | 'models' | 'hasRoom'>,
): Promise<ApiServer & { readonly lookalikes: OpenLookalikes }> {
  const limits = loaded.config.api;
  const address = parseListen(listen);
  if (address === null) throw new FashiondError('config', `${listen} is no address to listen on`);
  requireSecrets(loaded, 'all');
  const settings = { address, limits, tokens: loaded.tokens, version: packageVersion() };
  const lookalikes = await servedLookalikes(loaded, stages, log);
  const reads = openReaders(stages.store.path);
  const parts = { ...apiParts(loaded, stages, log), ...operation, lookalikes, reads };
  const api = await startApi(parts, settings, () => times.list());
  lookalikes.prepare();
  log.info('api.listening', { url: api.url, tokens: loaded.tokens.length });
  return {
    ...api,
    lookalikes,
    close: async () => {
      await api.close();
      await reads.close();
      await lookalikes.close();
    },
  };
}

async function servedLookalikes(
  { config }: LoadedConfig,
  { store, models, classifier }: Stages,
  log: Log,
): Promise<OpenLookalikes> {
  const data = {
    path: store.path,
    layout: classifier.lookLayout,
    basis: await readCompactBasis(shippedBasisPath, PARTS),
    settings: config.search,
  };
  const failed = (error: unknown): void => {
    log.warn('lookalikes.trouble', { error: messageOf(error) });
  };
  let isToldSlow = false;
  // Each index that is filled says it, and it is the same for all.
  const slow = (items: number): void => {
    if (isToldSlow) return;
    isToldSlow = true;
    log.warn('lookalikes.no_basis', { items, look: data.layout.version, basis: data.basis.lookVersion });
  };
  const made = (space: string, rows: readonly ShortVector[]): void => {
    try {
      store.saveShortVectors(space, rows);
    } catch (error) {
      // They are made again with the next index.
      failed(error);
    }
  };
  return openLookalikes(store, {
    model: () => models.searched.fingerprint,
    start: (model) => startSearchThread({ ...data, model }, { made, failed, slow }),
    monotonic: () => systemClock.monotonic(),
    log,
  });
}

function apiParts(
  { config, categories }: LoadedConfig,
  stages: Stages,
  log: Log,
): Omit<ApiParts, 'reload' | 'models' | 'hasRoom' | 'lookalikes' | 'reads'> {
  const { store, blobs, models, classifier, texts, decide } = stages;
  const { backups } = config.store;
  return {
    lastBackup: () => {
      const last = lastBackup(backups, systemClock.now());
      return last === null ? null : Date.parse(last.at);
    },
    browse: store.browse,
    reviews: store.reviews,
    classifier: {
      picture: (source) => classifier.predict(source),
      query: (source) => models.searchClassifier.classify(source),
      item: async (text, pictures) => {
        const [read = null] = text === null ? [] : await texts.classify([text]);
        return decide(pictures, read);
      },
    },
    pictures: createPictureShow(blobs, {
      maxPixels: config.compute.max_pixels,
      keepBytes: PICTURE_CACHE_BYTES,
    }),
    papers: modelPapers(store.browse),
    exports: {
      items: (filter, format) => exportOnThread({ path: store.path, view: ITEMS_VIEW, filter, format }),
    },
    categories,
    log,
  };
}
