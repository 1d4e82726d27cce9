/** `fashiond similar ITEM|PICTURE`: lookalikes from the catalogue, by the stored vectors. */
import { access } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { shippedBasisPath, shippedModelPath } from '../config/assets.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import { formatMoney, toDecimal } from '../domain/money.js';
import type { ModelFingerprint } from '../domain/ids.js';
import type { Money } from '../domain/money.js';
import type { LookLayout } from '../domain/picture.js';
import type { PictureSource } from '../domain/ports.js';
import type { BlendSettings, SearchVectors, SimilarItem } from '../domain/similar.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { openLookalikeModel } from '../lookalike-model.js';
import { readCompactBasis } from '../model/compact-basis.js';
import { PARTS } from '../search/blend.js';
import { StoredIndex } from '../search/fill-index.js';
import type { LookalikeIndex } from '../search/lookalike-index.js';
import { explain } from '../search/explain.js';
import { openReadOnly } from '../store/store.js';
import type { ReadOnlyStore } from '../store/store.js';
import type { CliContext } from './context.js';
import { withServedModel } from './served-config.js';
import { filterFrom, weightsFrom } from './similar-filter.js';
import type { FilterQuery, SimilarFlags } from './similar-filter.js';

/** What is looked for: an item of the catalogue, or a picture file. */
interface Query extends FilterQuery {
  readonly vectors: SearchVectors;
  /** The picture file; null for an item, which has its own. */
  readonly source: PictureSource | null;
  /** What the asker should know of the query itself, or null. */
  readonly remark: string | null;
}

/** Prints what looks like `reference`, which is an item of the catalogue or a picture. */
export async function similar(
  given: LoadedConfig,
  reference: string,
  flags: SimilarFlags,
  context: CliContext,
): Promise<void> {
  const loaded = { ...given, config: await withServedModel(given.config) };
  const store = openReadOnly(loaded.config.store.path);
  try {
    const model = await loadModelFolder(loaded.config.model.path ?? shippedModelPath);
    const { layout } = await openLookalikeModel(loaded.config);
    const parts = { loaded, store, model: model.manifest.fingerprint, layout, context };
    await answer(parts, reference, flags);
  } finally {
    store.close();
  }
}

interface Parts {
  readonly loaded: LoadedConfig;
  readonly store: ReadOnlyStore;
  /** Fingerprint of the current model. */
  readonly model: ModelFingerprint;
  readonly layout: LookLayout;
  readonly context: CliContext;
}

async function answer(parts: Parts, reference: string, flags: SimilarFlags): Promise<void> {
  const { store, loaded, context } = parts;
  const isItem = store.findItem(reference) !== null;
  const model = isItem ? answeringModel(parts) : parts.model;
  const basis = await readCompactBasis(shippedBasisPath, PARTS);
  const { layout } = parts;
  const spaces = { model, lookVersion: layout.version };
  const stored = new StoredIndex(store, spaces, { layout, basis });
  const index = stored.filled();
  if (stored.isSlow)
    context.note(`the short vectors that ship are not of ${layout.version}: this takes longer`);
  if (index.size === 0) throw noVectors(parts);
  const query = await resolveQuery(parts, index, reference);
  const filter = filterFrom(flags, query, loaded.categories);
  const found =
    flags.method === 'dcgan'
      ? await (
          await import('./similar-dcgan.js')
        ).similarByDcgan(index, query, filter, flags.dcgan, { blobs: loaded.config.store.blobs, context })
      : index.similar(query.vectors, filter, blendFrom(flags, loaded.config));
  const price = query.item?.price ?? null;
  if (flags.json === true) {
    const results = found.map((result) => jsonResult(result, price));
    const { label, category, remark } = query;
    context.print(JSON.stringify({ query: label, category, remark, results }, null, 2));
    return;
  }
  if (query.remark !== null && filter.category === null) context.print(query.remark);
  for (const line of linesFor(query, found, price)) context.print(line);
}

function blendFrom({ weights }: SimilarFlags, { search }: Config): BlendSettings {
  return { weights: weightsFrom(weights, search.weights), sharpness: search.sharpness };
}

/** Of so many pictures a model may lack some for ever: those that can no longer be read. */
const ENOUGH = 0.9;

/**
 * The current model once it has described most of what another has. Until then, after a change of the model, the other's
 * vectors answer, which a picture of the catalogue has as well; a picture file has only what the current model says.
 */
function answeringModel({ store, model, context }: Parts): ModelFingerprint {
  const known = store.vectorFingerprints();
  const own = known.find((one) => one.model === model)?.count ?? 0;
  const [most] = known;
  if (most === undefined || own >= ENOUGH * most.count) return model;
  context.note(
    `the current model has described ${own} of ${most.count} pictures so far: answered by model ${most.model.slice(0, 12)}`,
  );
  return most.model;
}

/** For people: the query, then a block a result. */
function linesFor(query: Query, found: readonly SimilarItem[], price: Money | null): string[] {
  if (found.length === 0)
    return [`Nothing in the catalogue looks like ${query.label} and passes the filters.`];
  return [
    `Like ${query.label}${price === null ? '' : ` (${formatMoney(price)})`}:`,
    ...found.flatMap((result, rank) => [
      `${rank + 1}. ${result.item.title}, ${result.item.price === null ? 'no price' : formatMoney(result.item.price)}, ` +
        `${result.item.shop} #${result.item.productId}`,
      `   ${explain(result, price)}`,
      `   ${result.item.url}`,
    ]),
  ];
}

async function resolveQuery(parts: Parts, index: LookalikeIndex, reference: string): Promise<Query> {
  const found = parts.store.findItem(reference);
  if (found !== null) {
    const vectors = index.vectorsOf(found.item.productId);
    if (vectors === null) {
      throw new FashiondError('not-found', `${reference} has no picture that the current model has seen`, {
        hint: 'Crawl again with this model, or search with a picture file.',
      });
    }
    const label = `${found.item.title} #${found.item.productId}`;
    return { label, item: found.item, category: found.item.category, vectors, source: null, remark: null };
  }
  const source = await pictureAt(reference);
  if (source === null) {
    throw new FashiondError('not-found', `${reference} is neither an item of the catalogue nor a file`, {
      hint: 'Give an item id, SKU or URL as in the view v_items, or the path of a picture.',
    });
  }
  // Only a picture needs what classifies: an item has its vectors.
  const { classifyOne } = await import('./classify-one.js');
  const outcome = await classifyOne(parts.loaded.config, source);
  if (outcome.kind !== 'classified') {
    const why = outcome.kind === 'refused' ? `${outcome.reason}: ${outcome.detail}` : outcome.detail;
    throw new FashiondError('refused', `${reference} cannot be used as a picture (${why})`, {
      hint: 'Give a whole JPEG, PNG or WebP picture of at most 40 megapixels.',
    });
  }
  const { prediction, vectors } = outcome;
  const { category, best, probability } = prediction;
  const remark =
    category === null
      ? `What ${reference} shows is not sure (likeliest ${best}, ${(probability * 100).toFixed(1)} %): all categories were searched.`
      : null;
  return { label: reference, item: null, category, vectors, source, remark };
}

/** Null where there is no such file. */
async function pictureAt(reference: string): Promise<PictureSource | null> {
  if (reference === '-') return { bytes: await buffer(process.stdin) };
  return access(reference).then(
    () => ({ path: reference }),
    () => null,
  );
}

function jsonResult(result: SimilarItem, price: Money | null): unknown {
  const { item } = result;
  return {
    id: item.productId,
    shop: item.shop,
    title: item.title,
    url: item.url,
    brand: item.brand,
    category: item.category,
    price: item.price === null ? null : toDecimal(item.price),
    priceCurrency: item.price?.currency ?? null,
    availability: item.availability,
    picture: item.picture,
    score: result.score,
    parts: result.parts,
    explanation: explain(result, price),
  };
}

function noVectors(parts: Parts): FashiondError {
  const others = parts.store.vectorFingerprints();
  const current = parts.model;
  if (others.length === 0) {
    return new FashiondError('not-found', 'the catalogue has no classified picture yet', {
      hint: 'Crawl first: fashiond crawl --once --config FILE.',
    });
  }
  if (others.some((other) => other.model === current)) {
    return new FashiondError('incompatible', `no picture has been described as ${parts.layout.version} yet`, {
      hint: 'Run the daemon: it describes the stored pictures again after a new release.',
    });
  }
  const have = others.map(({ model, count }) => `${model.slice(0, 12)} (${count} pictures)`).join(', ');
  return new FashiondError(
    'incompatible',
    `the catalogue has no vectors of the current model ${current.slice(0, 12)}, only of ${have}`,
    {
      hint: 'Run the daemon with this model: it classifies the stored pictures again. Or set model.path to the other.',
    },
  );
}
