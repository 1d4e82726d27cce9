/** What the daemon is made of, and how long each part takes. */
import type {
  DecideItem,
  Fetcher,
  PageReader,
  PictureClassifier,
  ResourceKind,
  SuspectClassifier,
  TextClassifier,
} from './domain/ports.js';
import type { BlobKeeping } from './images/blob-store.js';
import type { ModelHost } from './model-host.js';
import type { StageTimes } from './platform/stage-times.js';
import type { Store } from './store/store.js';

export interface Stages {
  readonly store: Store;
  readonly blobs: BlobKeeping;
  /** The model that serves; `classifier`, `suspects` and `decide` are always its. */
  readonly models: ModelHost;
  readonly classifier: PictureClassifier;
  readonly suspects: SuspectClassifier;
  readonly texts: TextClassifier;
  readonly decide: DecideItem;
  readonly fetcher: Fetcher;
  readonly reader: PageReader;
}

/** Stages that a thread works on: one that has work and gives nothing back is stuck. */
export const THREADED = ['read pages', 'decode and classify', 'read words'] as const;

const FETCHES: Readonly<Record<ResourceKind, string>> = {
  page: 'fetch pages',
  image: 'fetch pictures',
  feed: 'fetch feeds',
};

/** The same stages, with the time of each call booked under its name. */
export function timed(stages: Stages, times: StageTimes): Stages {
  const { fetcher, reader, classifier, suspects, texts } = stages;
  return {
    ...stages,
    fetcher: {
      fetch: (shop, url, options) =>
        times.measure(FETCHES[options.kind], () => fetcher.fetch(shop, url, options)),
      sitemapUrls: (shop, signal) => fetcher.sitemapUrls(shop, signal),
      canonicalUrl: (shop, url, base) => fetcher.canonicalUrl(shop, url, base),
      inScope: (shop, url, kind) => fetcher.inScope(shop, url, kind),
      close: () => fetcher.close(),
    },
    reader: {
      read: (body, page) => times.measure('read pages', () => reader.read(body, page)),
      close: () => reader.close(),
    },
    classifier: {
      // Read when they are asked for: another model may serve by then.
      get manifest() {
        return classifier.manifest;
      },
      get runtime() {
        return classifier.runtime;
      },
      get lookLayout() {
        return classifier.lookLayout;
      },
      get isBusy() {
        return classifier.isBusy;
      },
      classify: (source) => times.measure('decode and classify', () => classifier.classify(source)),
      predict: (source) => times.measure('decode and classify', () => classifier.predict(source)),
      decide: (predictions) => classifier.decide(predictions),
      close: () => classifier.close(),
    },
    texts: {
      fingerprint: texts.fingerprint,
      classify: (items) => times.measure('read words', () => texts.classify(items)),
      close: () => texts.close(),
    },
    suspects: {
      classify: (source, signal) => times.measure('try suspects', () => suspects.classify(source, signal)),
      close: () => suspects.close(),
    },
  };
}
