/**
 * The index of search as the daemon has it, from a database that is made here: how long it takes to fill, what it takes
 * in memory, and questions, whose shortlists are read from that database. CPU time of this thread; the clock's beside it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Table from 'cli-table3';
import { configSchema } from '../../src/config/schema.js';
import type { CategoryId, ModelFingerprint, ProductId } from '../../src/domain/ids.js';
import type { LookLayout } from '../../src/domain/picture.js';
import type { BlendSettings, CompactBasis, SearchVectors, SimilarFilter } from '../../src/domain/similar.js';
import { readCompactBasis } from '../../src/model/compact-basis.js';
import { PARTS, blend } from '../../src/search/blend.js';
import { StoredIndex, shortSpace } from '../../src/search/fill-index.js';
import type { ShortVector } from '../../src/search/fill-index.js';
import { FullBlend } from '../../src/search/full-blend.js';
import type { LookalikeIndex } from '../../src/search/lookalike-index.js';
import { BestRows } from '../../src/search/vectors/best-rows.js';
import { trainCentroids } from '../../src/search/vectors/k-means.js';
import { openReadOnly } from '../../src/store/store.js';
import type { ReadOnlyStore } from '../../src/store/store.js';
import type { BenchBar } from './rounds.js';
import { layoutOf, madeVectors, makeDatabase } from './search-database.js';
import { serviceBars } from './search-service.js';
import { timed } from './timed.js';
import type { Times } from './timed.js';

/** npm runs scripts in the project's folder. */
const BASIS = join('data', 'models', 'compact', 'basis.safetensors');
/** Items with whole vectors, which take 7 kB each: questions are asked of so many. */
const WITH_VECTORS = 100_000;
const QUESTIONS = 30;
const SETTINGS: BlendSettings = configSchema.shape.search.parse({});
const ANY: SimilarFilter = {
  category: null,
  inStock: false,
  maxPrice: null,
  cheaperThan: null,
  exclude: null,
  limit: 10,
};
/** Questions whose answers are compared with a full comparison's. */
const COMPARED = 10;

/** `count`: items of the index that is filled without whole vectors. */
export async function indexBars(count: number): Promise<readonly BenchBar[]> {
  const basis = await readCompactBasis(BASIS, PARTS);
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-index-'));
  try {
    const smallPath = join(folder, 'small.db');
    const small = questions(smallPath, Math.min(count, WITH_VECTORS), basis);
    const served = await serviceBars(smallPath);
    const large = startOf(join(folder, 'large.db'), count, basis);
    return [...small, ...served, ...large];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function spacesOf(basis: CompactBasis) {
  return { model: basis.model as ModelFingerprint, lookVersion: basis.lookVersion };
}

function storedIndex(
  store: ReadOnlyStore,
  basis: CompactBasis,
  keep?: (made: readonly ShortVector[]) => void,
): StoredIndex {
  return new StoredIndex(store, spacesOf(basis), { layout: layoutOf(basis), basis }, keep);
}

function print(head: string, rows: readonly (readonly [string, Times])[]): void {
  const table = new Table({ head: [head, 'CPU ms', 'clock ms'], style: { head: [], border: [] } });
  for (const [name, { cpuMs, wallMs }] of rows) table.push([name, cpuMs.toFixed(2), wallMs.toFixed(2)]);
  console.log(table.toString());
}

function questions(path: string, count: number, basis: CompactBasis): BenchBar[] {
  const vectors = madeVectors(basis);
  makeDatabase(path, count, { basis, space: shortSpace(basis) }, vectors);
  const store = openReadOnly(path);
  const stored = storedIndex(store, basis);
  const filling = timed(1, () => stored.filled());
  const { index } = stored;
  requireFilled(index, count);
  const asked = Array.from({ length: QUESTIONS }, (_, at) => vectors(count + 1 + at));
  const answer = (query: SearchVectors): ProductId[] =>
    index.similar(query, ANY, SETTINGS).map(({ item }) => item.productId);
  const ask = (filter: Partial<SimilarFilter>) =>
    timed(QUESTIONS, (round) => index.similar(asked[round]!, { ...ANY, ...filter }, SETTINGS));
  const category = 'category-3' as CategoryId;
  const filtered = ask({ category, inStock: true, cheaperThan: { minor: 8000, currency: 'EUR' } });
  const open = ask({});
  const some = asked.slice(0, COMPARED);
  const truth = comparedInFull(some, count, vectors, layoutOf(basis));
  const recall = recallOf(some.map(answer), truth);
  const change = timed(200, (round) => {
    stored.take({ items: [(round + 1) as ProductId], pictures: [round + 1] });
  });
  const division = timed(1, () => {
    divide(index);
  });
  const openDivided = ask({});
  const recallDivided = recallOf(some.map(answer), truth);
  const removal = timed(200, (round) => index.remove((count - round) as ProductId));
  print(`index of ${count} items`, [
    ['filling it', filling],
    ['category, stock and price', filtered],
    [`no filter, recall@10 ${recall.toFixed(3)}`, open],
    [`no filter, some of the lists, recall@10 ${recallDivided.toFixed(3)}`, openDivided],
    ['dividing it into lists', division],
    ['an item and its picture read anew', change],
    ['removal', removal],
  ]);
  store.close();
  const least = (what: string, measured: number, required: number): BenchBar => ({
    what,
    measured,
    required,
  });
  const most = (what: string, { cpuMs }: Times, required: number): BenchBar => ({
    ...least(what, cpuMs, required),
    atMost: true,
  });
  return [
    most('ms of a question by category, stock and price', filtered, 5),
    least('recall@10 of a question without a filter', recall, 0.98),
    least('recall@10 of one that looks at some of the lists', recallDivided, 0.98),
    most('ms to change an item', change, 1),
    most('ms to remove an item', removal, 1),
  ];
}

function requireFilled({ size, look }: LookalikeIndex, count: number): void {
  if (size !== count || look === null) {
    throw new Error(
      `${size} of ${count} items in the index, ${look === null ? 'without' : 'with'} a first look`,
    );
  }
}

/** As the daemon does it with a large one. */
function divide({ look }: LookalikeIndex): void {
  if (look === null) return;
  const { rows, length, lists } = look.sample();
  look.beginPartition(trainCentroids(rows, length, lists));
  while (look.divide(10_000));
}

/** Of each query the best ten of all items, by all numbers of their vectors. */
function comparedInFull(
  queries: readonly SearchVectors[],
  count: number,
  vectors: (item: number) => SearchVectors,
  layout: LookLayout,
): readonly (readonly number[])[] {
  const full = new FullBlend(layout, null);
  const all = queries.map((query) => ({ asked: full.asked(query), best: new BestRows(ANY.limit) }));
  for (let item = 1; item <= count; item += 1) {
    const other = vectors(item);
    for (const { asked, best } of all) {
      best.add(blend(full.parts(asked, other, SETTINGS.weights), SETTINGS), item);
    }
  }
  return all.map(({ best }) => [...best.sorted().rows]);
}

function recallOf(found: readonly (readonly number[])[], truth: readonly (readonly number[])[]): number {
  const hits = truth.map((rows, at) => rows.filter((row) => found[at]?.includes(row) === true).length);
  return hits.reduce((sum, hit) => sum + hit, 0) / (truth.length * ANY.limit);
}

function startOf(path: string, count: number, basis: CompactBasis): BenchBar[] {
  makeDatabase(path, count, { basis, space: shortSpace(basis) }, null);
  const before = memoryMiB();
  const [index, filling] = filledFrom(path, basis);
  const used = memoryMiB() - before;
  requireFilled(index, count);
  print(`start with ${count} items`, [['filling the index', filling]]);
  console.log(
    `${index.size} items in ${used.toFixed(0)} MiB, ${((used * 2 ** 20) / count).toFixed(0)} bytes each`,
  );
  const required = (15_000 * count) / 1_000_000;
  return [
    { what: 'ms to fill the index from the database', measured: filling.cpuMs, required, atMost: true },
  ];
}

function filledFrom(path: string, basis: CompactBasis): [LookalikeIndex, Times] {
  const store = openReadOnly(path);
  const stored = storedIndex(store, basis);
  const filling = timed(1, () => stored.filled());
  store.close();
  return [stored.index, filling];
}

/** After a collection of garbage where there is one to ask for. */
function memoryMiB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().rss / 2 ** 20;
}
