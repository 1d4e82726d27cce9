/**
 * The index of search as the daemon has it, from a database that is made here: how long it takes to fill, what it takes
 * in memory, and questions, whose shortlists are read from that database. CPU time of this thread; the clock's beside it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { configSchema } from '../../src/config/schema.js';
import type { ProductId } from '../../src/domain/ids.js';
import type { LookLayout } from '../../src/domain/picture.js';
import type { BlendSettings, CompactBasis, SearchVectors, SimilarFilter } from '../../src/domain/similar.js';
import { OPEN } from '../unit/search/entries.js';
import { readCompactBasis } from '../../src/model/compact-basis.js';
import { PARTS, blend } from '../../src/search/blend.js';
import { shortSpace } from '../../src/search/fill-index.js';
import { FullBlend } from '../../src/search/full-blend.js';
import type { LookalikeIndex } from '../../src/search/lookalike-index.js';
import { BestRows } from '../../src/search/vectors/best-rows.js';
import { trainCentroids } from '../../src/search/vectors/k-means.js';
import { openReadOnly } from '../../src/store/store.js';
import { exponentOf } from './exponent.js';
import type { BenchBar } from './rounds.js';
import { filterOf, layoutOf, madeVectors, makeDatabase, passesFilterOf } from './search-database.js';
import type { FilledIndex } from './search-memory.js';
import { serviceBars } from './search-service.js';
import { storedIndex } from './search-stored.js';
import { timed } from './timed.js';
import type { Times } from './timed.js';

/** npm runs scripts in the project's folder. */
const BASIS = join('data', 'models', 'compact', 'basis.safetensors');
/** Of items with whole vectors, which take 7 kB of file and a millisecond to make each: more only where they are asked for. */
const ASKED = [10_000, 100_000];
/** Without whole vectors, for what filling an index takes. */
const FILLED = 1_000_000;
const QUESTIONS = 30;
const SETTINGS: BlendSettings = configSchema.shape.search.parse({});
/** Questions whose answers are compared with a full comparison's: of all items, and of those that pass a filter. */
const COMPARED = { open: 20, filtered: 100 };
/** Bytes of memory that an item takes in an index, besides what a process with an empty one takes. */
const MOST_BYTES = 900;
const EMPTY_BYTES = 32 * 2 ** 20;

/** `count`: items of the largest index that is asked, and filled; null for the usual ones. */
export async function indexBars(count: number | null): Promise<readonly BenchBar[]> {
  const basis = await readCompactBasis(BASIS, PARTS);
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-index-'));
  const sizes = count === null ? ASKED : [...ASKED.filter((size) => size < count), count];
  const pathOf = (size: number): string => join(folder, `${size}.db`);
  try {
    const asked = sizes.map((size, at) => {
      if (at > 0) rmSync(pathOf(sizes[at - 1]!));
      return questions(pathOf(size), size, basis);
    });
    printGrowth(sizes, asked);
    const largest = sizes.at(-1)!;
    const filled = count === null ? FILLED : largest;
    if (filled !== largest) {
      makeDatabase(pathOf(filled), filled, { basis, space: shortSpace(basis) }, null);
    }
    const start = startBars(pathOf(filled), filled);
    // The daemon looks after its catalogue meanwhile, which is another one then.
    const served = await serviceBars(pathOf(largest));
    return [...asked.flatMap(({ bars }) => bars), ...served, ...start];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(head: string, rows: readonly (readonly [string, Times])[]): void {
  const table = new Table({ head: [head, 'CPU ms', 'clock ms'], style: { head: [], border: [] } });
  for (const [name, { cpuMs, wallMs }] of rows) table.push([name, cpuMs.toFixed(2), wallMs.toFixed(2)]);
  console.log(table.toString());
}

interface Answers {
  readonly bars: readonly BenchBar[];
  readonly times: readonly (readonly [string, Times])[];
}

function questions(path: string, count: number, basis: CompactBasis): Answers {
  const vectors = madeVectors(basis, count);
  makeDatabase(path, count, { basis, space: shortSpace(basis) }, vectors);
  const store = openReadOnly(path);
  const stored = storedIndex(store, basis);
  const filling = timed(1, () => stored.filled());
  const { index } = stored;
  requireFilled(index, count);
  const queries = Array.from({ length: COMPARED.filtered }, (_, at) => vectors(count + 1 + at));
  const answer = (nth: number, filter: SimilarFilter): ProductId[] =>
    index.similar(queries[nth]!, filter, SETTINGS).map(({ item }) => item.productId);
  const truth = comparedInFull(queries, { count, open: COMPARED.open }, vectors, layoutOf(basis));
  const openRecall = (): number =>
    recallOf(
      truth.open.map((_, nth) => answer(nth, OPEN)),
      truth.open,
    );
  // Asked first, so that what is timed afterwards has been compiled and read before.
  const filteredRecall = recallOf(
    queries.map((_, nth) => answer(nth, filterOf(nth))),
    truth.filtered,
  );
  const recall = openRecall();
  const filtered = timed(QUESTIONS, (nth) => answer(nth, filterOf(nth)));
  const open = timed(QUESTIONS, (nth) => answer(nth, OPEN));
  const change = timed(200, (round) => {
    stored.take({ items: [(round + 1) as ProductId], pictures: [round + 1] });
  });
  const division = timed(1, () => {
    divide(index);
  });
  const recallDivided = openRecall();
  const openDivided = timed(QUESTIONS, (nth) => answer(nth, OPEN));
  const removal = timed(200, (round) => index.remove((count - round) as ProductId));
  store.close();
  const times = [
    ['filling it', filling],
    ['category, stock and price', filtered],
    ['no filter', open],
    ['no filter, some of the lists', openDivided],
    ['dividing it into lists', division],
    ['an item and its picture read anew', change],
    ['removal', removal],
  ] as const;
  print(`index of ${count} items`, times);
  console.log(
    `recall@10: ${filteredRecall.toFixed(4)} by category, stock and price (${COMPARED.filtered} questions), ` +
      `${recall.toFixed(3)} without a filter, ${recallDivided.toFixed(3)} of some of the lists (${COMPARED.open})`,
  );
  const of = `of ${count.toLocaleString('en')} items`;
  const bar = (what: string, measured: number, required: number, atMost: boolean): BenchBar => ({
    what: `${what} ${of}`,
    measured,
    required,
    atMost,
  });
  return {
    times,
    bars: [
      bar('ms of a question by category, stock and price', filtered.cpuMs, 5, true),
      bar('recall@10 of a question by category, stock and price', filteredRecall, 0.98, false),
      bar('recall@10 of a question without a filter', recall, 0.98, false),
      bar('recall@10 of one that looks at some of the lists', recallDivided, 0.98, false),
      bar('ms to change an item', change.cpuMs, 1, true),
      bar('ms to remove an item', removal.cpuMs, 1, true),
    ],
  };
}

function printGrowth(sizes: readonly number[], asked: readonly Answers[]): void {
  if (sizes.length < 2) return;
  const table = new Table({
    head: ['CPU ms', ...sizes.map((size) => `${size.toLocaleString('en')} items`), 'exponent'],
    style: { head: [], border: [] },
  });
  for (const [row, [name]] of asked[0]!.times.entries()) {
    const values = asked.map(({ times }) => Math.max(0.01, times[row]![1].cpuMs));
    table.push([name, ...values.map((ms) => ms.toFixed(2)), exponentOf(sizes, values).toFixed(2)]);
  }
  console.log(table.toString());
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

interface Truth {
  readonly open: readonly (readonly number[])[];
  readonly filtered: readonly (readonly number[])[];
}

/**
 * Of each query the best ten of the items that pass its filter, and of the first `open` the best ten of all, by all numbers
 * of their vectors.
 */
function comparedInFull(
  queries: readonly SearchVectors[],
  { count, open }: { readonly count: number; readonly open: number },
  vectors: (item: number) => SearchVectors,
  layout: LookLayout,
): Truth {
  const full = new FullBlend(layout, null);
  const all = queries.map((query, nth) => ({
    asked: full.asked(query),
    passes: passesFilterOf(nth),
    filtered: new BestRows(OPEN.limit),
    open: nth < open ? new BestRows(OPEN.limit) : null,
  }));
  for (let item = 1; item <= count; item += 1) {
    const other = vectors(item);
    for (const query of all) {
      const passes = query.passes(item);
      if (!passes && query.open === null) continue;
      const score = blend(full.parts(query.asked, other, SETTINGS.weights), SETTINGS);
      query.open?.add(score, item);
      if (passes) query.filtered.add(score, item);
    }
  }
  return {
    open: all.flatMap(({ open: best }) => (best === null ? [] : [[...best.sorted().rows]])),
    filtered: all.map(({ filtered: best }) => [...best.sorted().rows]),
  };
}

function recallOf(found: readonly (readonly number[])[], truth: readonly (readonly number[])[]): number {
  const hits = truth.map((rows, at) => rows.filter((row) => found[at]?.includes(row) === true).length);
  return hits.reduce((sum, hit) => sum + hit, 0) / (truth.length * OPEN.limit);
}

/** In a process of its own, whose memory is that of nothing else. */
function startBars(path: string, count: number): BenchBar[] {
  const script = fileURLToPath(new URL('./search-memory.js', import.meta.url));
  const output = execFileSync(process.execPath, ['--expose-gc', script, path, BASIS], { encoding: 'utf8' });
  const { cpuMs, bytes, size } = JSON.parse(output) as FilledIndex;
  if (size !== count) throw new Error(`${size} of ${count} items in the index`);
  console.log(
    `start with ${count} items: ${cpuMs.toFixed(0)} ms of CPU, ${(bytes / 2 ** 20).toFixed(0)} MiB, ${(bytes / count).toFixed(0)} bytes each`,
  );
  return [
    {
      what: `ms to fill the index of ${count.toLocaleString('en')} items from the database`,
      measured: cpuMs,
      required: (15_000 * count) / 1_000_000,
      atMost: true,
    },
    {
      what: 'bytes of memory for an item',
      measured: bytes / count,
      required: MOST_BYTES + EMPTY_BYTES / count,
      atMost: true,
    },
  ];
}
