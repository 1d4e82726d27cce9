/** `fashiond similar ITEM|PICTURE`: lookalikes from the catalogue, by the stored vectors. */
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { openClassifier } from '../app.js';
import type { LoadedConfig } from '../config/load.js';
import { categoryByName } from '../config/categories.js';
import { FashiondError } from '../domain/errors.js';
import type { CategoryId } from '../domain/ids.js';
import { currencyExponent, formatMoney, toDecimal } from '../domain/money.js';
import type { Money } from '../domain/money.js';
import type { PictureClassifier } from '../domain/ports.js';
import type { SearchItem, SearchVectors, SimilarFilter, SimilarItem } from '../domain/similar.js';
import { createLog } from '../platform/log.js';
import { LookalikeIndex } from '../search/index.js';
import { explain } from '../search/explain.js';
import { openReadOnly } from '../store/store.js';
import type { ReadOnlyStore } from '../store/store.js';
import { requiredConfig, withConfigOption } from './config-option.js';
import type { CliContext, RegisterCommand } from './context.js';

interface SimilarFlags {
  readonly cheaper?: boolean;
  readonly category?: string;
  readonly inStock?: boolean;
  readonly maxPrice?: string;
  readonly currency?: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** What is looked for: an item of the catalogue, or a picture file. */
interface Query {
  readonly label: string;
  readonly item: SearchItem | null;
  readonly category: CategoryId | null;
  readonly vectors: SearchVectors;
}

export const registerSimilar: RegisterCommand = (program, context) => {
  const command: Command = withConfigOption(program.command('similar'))
    .description('find lookalikes of an item or a picture')
    .argument('<item|picture>', "an item's id, SKU or URL, or a picture file")
    .option(
      '--cheaper',
      'same category, in stock, same currency, below the price of the item (or --max-price)',
    )
    .option('--category <name>', 'only this category')
    .option('--in-stock', 'only what can be ordered')
    .option('--max-price <amount>', 'at most this much, in major units')
    .option('--currency <code>', 'currency of --max-price; the default is the item’s')
    .option('--limit <n>', 'how many', '10')
    .option('--json', 'machine-readable output')
    .action(async (reference: string, flags: SimilarFlags) => {
      const loaded = await requiredConfig(command);
      const store = openReadOnly(loaded.config.store.path);
      const classifier = await openClassifier(loaded.config, createLog({ level: 'silent', format: 'json' }));
      try {
        await answer({ loaded, store, classifier, context }, reference, flags);
      } finally {
        await classifier.close();
        store.close();
      }
    });
};

interface Parts {
  readonly loaded: LoadedConfig;
  readonly store: ReadOnlyStore;
  readonly classifier: PictureClassifier;
  readonly context: CliContext;
}

async function answer(parts: Parts, reference: string, flags: SimilarFlags): Promise<void> {
  const { classifier, store, loaded, context } = parts;
  const index = LookalikeIndex.fromStore(store, classifier.manifest.fingerprint, classifier.lookLayout);
  if (index.size === 0) throw noVectors(parts);
  const query = await resolveQuery(parts, index, reference);
  const filter = filterFrom(flags, query, loaded);
  const found = index.similar(query.vectors, filter, loaded.config.search.weights);
  const price = query.item?.price ?? null;
  if (flags.json === true) {
    const results = found.map((result) => jsonResult(result, price));
    context.print(JSON.stringify({ query: query.label, results }, null, 2));
    return;
  }
  for (const line of linesFor(query, found, price)) context.print(line);
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
    return { label, item: found.item, category: found.item.category, vectors };
  }
  const isFile = await access(reference).then(
    () => true,
    () => false,
  );
  if (!isFile) {
    throw new FashiondError('not-found', `${reference} is neither an item of the catalogue nor a file`, {
      hint: 'Give an item id, SKU or URL as in the view v_items, or the path of a picture.',
    });
  }
  const outcome = await parts.classifier.classify({ path: reference });
  if (outcome.kind !== 'classified') {
    const why = outcome.kind === 'refused' ? `${outcome.reason}: ${outcome.detail}` : outcome.detail;
    throw new FashiondError('refused', `${reference} cannot be used as a picture (${why})`, {
      hint: 'Give a whole JPEG, PNG or WebP picture of at most 40 megapixels.',
    });
  }
  return { label: reference, item: null, category: outcome.prediction.category, vectors: outcome.vectors };
}

function filterFrom(flags: SimilarFlags, query: Query, loaded: LoadedConfig): SimilarFilter {
  const limit = Number(flags.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new FashiondError('usage', `--limit ${flags.limit} is not a whole number of at least 1`);
  }
  const maxPrice = maxPriceFrom(flags, query);
  const cheaper = flags.cheaper === true;
  const price = query.item?.price ?? null;
  if (cheaper && price === null && maxPrice === null) {
    throw new FashiondError('usage', `--cheaper needs a price to stay below, and ${query.label} has none`, {
      hint: 'Add --max-price AMOUNT --currency CODE.',
    });
  }
  if (cheaper && flags.category === undefined && query.category === null) {
    throw new FashiondError(
      'usage',
      `--cheaper stays in one category, and that of ${query.label} is unknown`,
      {
        hint: 'Add --category NAME.',
      },
    );
  }
  return {
    category:
      flags.category === undefined ? (cheaper ? query.category : null) : categoryIn(flags.category, loaded),
    inStock: cheaper || flags.inStock === true,
    maxPrice,
    cheaperThan: cheaper ? price : null,
    exclude: query.item?.productId ?? null,
    limit,
  };
}

function categoryIn(name: string, loaded: LoadedConfig): CategoryId {
  const category = categoryByName(loaded.categories, name);
  if (category !== null) return category.id;
  throw new FashiondError('usage', `there is no category ${name}`, {
    hint: 'Categories are listed in config/categories.yaml.',
  });
}

function maxPriceFrom(flags: SimilarFlags, query: Query): Money | null {
  if (flags.maxPrice === undefined) return null;
  const currency = flags.currency ?? query.item?.price?.currency;
  if (currency === undefined) {
    throw new FashiondError('usage', '--max-price needs a currency here', {
      hint: 'Add --currency CODE, such as JPY.',
    });
  }
  if (!/^\d+(\.\d+)?$/.test(flags.maxPrice)) {
    throw new FashiondError('usage', `--max-price ${flags.maxPrice} is not an amount`, {
      hint: 'Write it as 49.90.',
    });
  }
  return { minor: Math.round(Number(flags.maxPrice) * 10 ** currencyExponent(currency)), currency };
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
  const current = parts.classifier.manifest.fingerprint;
  if (others.length === 0) {
    return new FashiondError('not-found', 'the catalogue has no classified picture yet', {
      hint: 'Crawl first: fashiond crawl --once --config FILE.',
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
