/** What the API serves from: ports only, so that it knows neither SQLite nor the network. */
import type { ApiConfig } from '../config/api-schema.js';
import type { AccessToken, ListenAddress } from '../config/api-access.js';
import type { BrowseStore } from '../domain/browse.js';
import type { CatalogueReads } from '../domain/catalogue-reads.js';
import type { Category } from '../domain/category.js';
import type { ModelControl } from '../domain/model-change.js';
import type { Log } from '../domain/ports.js';
import type { ReviewAnswers } from '../domain/review.js';
import type {
  CatalogueExport,
  ConfigReload,
  ItemClassifier,
  Lookalikes,
  ModelPapers,
  PictureShow,
} from '../domain/serving.js';

export interface ApiParts {
  readonly browse: BrowseStore;
  readonly reads: CatalogueReads;
  readonly reviews: ReviewAnswers;
  readonly lookalikes: Lookalikes;
  readonly classifier: ItemClassifier;
  readonly pictures: PictureShow;
  readonly papers: ModelPapers;
  readonly exports: CatalogueExport;
  readonly models: ModelControl;
  /** Null where the config is not one that can be read anew, as in a demo. */
  readonly reload: ConfigReload | null;
  /** Whether there is room on the disk to fetch. */
  readonly hasRoom: () => boolean;
  /** When the newest backup was begun, in milliseconds since the epoch; null without one. */
  readonly lastBackup: () => number | null;
  readonly categories: readonly Category[];
  readonly log: Log;
}

export interface ApiSettings {
  readonly address: ListenAddress;
  readonly limits: Omit<ApiConfig, 'listen' | 'tokens'>;
  readonly tokens: readonly AccessToken[];
  readonly version: string;
}
