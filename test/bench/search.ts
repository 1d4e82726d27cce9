/**
 * Searching lookalikes: descriptors a second, and questions to an index of so many items, beside a full comparison and
 * beside what reading the same bytes takes, in the same run. CPU time of this thread throughout.
 */
import Table from 'cli-table3';
import type { CategoryId, ProductId, Sha256, ShopId } from '../../src/domain/ids.js';
import type { BlendSettings, SearchItem, SearchVectors, SimilarFilter } from '../../src/domain/similar.js';
import { colourHistogram } from '../../src/images/colour-histogram.js';
import { hog, hogLength } from '../../src/images/hog.js';
import { PlainAdder, addVotes, vectorAdder } from '../../src/images/hog-votes.js';
import { LOOK_LAYOUT } from '../../src/images/look.js';
import { blend } from '../../src/search/blend.js';
import { LookalikeIndex } from '../../src/search/lookalike-index.js';
import { PartTables } from '../../src/search/part-tables.js';
import { machineText, median, verdict } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { vectorBars } from './search-vectors.js';

const VECTORS = 1_000_000;
const ITEMS = 100_000;
const CATEGORIES = 13;
const FEATURES = 192;
/** Items of one style lie near each other, as in a shop. */
const STYLES = 2000;
const QUESTIONS = 15;
const SETTINGS: BlendSettings = {
  weights: { colour: 1.4, shape: 3, pattern: 1.4, features: 0.7 },
  sharpness: { colour: 4, shape: 48, pattern: 1, features: 16 },
};
const ANY: SimilarFilter = {
  category: null,
  inStock: false,
  maxPrice: null,
  cheaperThan: null,
  exclude: null,
  limit: 10,
};

/** `count`: how many vectors are compared; the index holds at most `ITEMS`. */
export async function benchSearch(count = VECTORS): Promise<readonly BenchBar[]> {
  console.log(`${count} vectors; ${machineText()}`);
  const bars = [...descriptorBars(), ...vectorBars(count), ...indexBars(Math.min(count, ITEMS))];
  for (const bar of bars) {
    const bound = `${bar.atMost === true ? 'at most' : 'at least'} ${bar.required}`;
    console.log(`${verdict(bar)} ${bar.what} ${bar.measured.toPrecision(3)} (${bound})`);
  }
  return Promise.resolve(bars);
}

let state = 1;
function next(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

/** Milliseconds of CPU of one call, median of so many. */
function cpuMs(times: number, work: (round: number) => unknown): number {
  const taken: number[] = [];
  for (let round = -1; round < times; round += 1) {
    const before = process.cpuUsage();
    work(round);
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) taken.push((user + system) / 1000);
  }
  return median(taken);
}

function print(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  console.log(table.toString());
}

function descriptorBars(): BenchBar[] {
  const geometry = { side: 128, cell: 16 };
  const grey = Float32Array.from({ length: 128 * 128 }, () => next() * 255);
  const lab = Float32Array.from({ length: 64 * 64 * 3 }, (_, at) =>
    at % 3 === 0 ? next() * 100 : next() * 60 - 30,
  );
  const weights = new Float32Array(64 * 64).fill(1);
  const out = new Float32Array(hogLength(geometry));
  const plain = new PlainAdder(geometry);
  const vector = vectorAdder(geometry);
  const rateOf = (work: () => unknown): number =>
    100_000 /
    cpuMs(9, () => {
      for (let at = 0; at < 100; at += 1) work();
    });
  const hogs = rateOf(() => hog(grey, geometry));
  const colours = rateOf(() => colourHistogram(lab, weights));
  print(
    ['pictures a CPU-second', ''],
    [
      ['HOG, 128 x 128', hogs.toFixed(0)],
      [
        'of it the votes',
        vector === null ? 'no vector units' : rateOf(() => addVotes(grey, geometry, vector, out)).toFixed(0),
      ],
      ['the votes without vector units', rateOf(() => addVotes(grey, geometry, plain, out)).toFixed(0)],
      ['colour histogram, 64 x 64', colours.toFixed(0)],
    ],
  );
  return [
    { what: 'HOG pictures a second', measured: hogs, required: 2000 },
    { what: 'colour histograms a second', measured: colours, required: 8000 },
  ];
}

function unit(length: number, near: Float32Array | null): Float32Array {
  const values = Float32Array.from({ length }, (_, at) =>
    near === null ? next() ** 4 : (near[at] ?? 0) * (0.6 + 0.8 * next()),
  );
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / norm);
}

function vectorsNear(style: SearchVectors | null): SearchVectors {
  const look = new Float32Array(LOOK_LAYOUT.pattern[1]);
  for (const [start, end] of [LOOK_LAYOUT.colour, LOOK_LAYOUT.shape, LOOK_LAYOUT.pattern]) {
    look.set(unit(end - start, style?.look.subarray(start, end) ?? null), start);
  }
  return { look, features: unit(FEATURES, style?.features ?? null) };
}

function itemOf(id: number): SearchItem {
  return {
    productId: id as ProductId,
    shop: `shop-${id % 40}` as ShopId,
    title: `item ${id}`,
    url: `https://shop.example/${id}`,
    brand: null,
    category: `category-${id % CATEGORIES}` as CategoryId,
    price: { minor: 1000 + ((id * 7919) % 20_000), currency: 'EUR' },
    availability: id % 5 === 0 ? 'sold-out' : 'in-stock',
    picture: `picture-${id}` as Sha256,
    colour: null,
  };
}

function indexBars(items: number): BenchBar[] {
  const styles = Array.from({ length: STYLES }, () => vectorsNear(null));
  const vectorsOf = (): SearchVectors => vectorsNear(styles[Math.floor(next() * STYLES)]!);
  const index = new LookalikeIndex(LOOK_LAYOUT);
  const tables = new PartTables(LOOK_LAYOUT, FEATURES);
  const building = process.cpuUsage();
  for (let id = 0; id < items; id += 1) {
    const vectors = vectorsOf();
    index.upsert(itemOf(id), vectors);
    tables.push(vectors);
  }
  const { user } = process.cpuUsage(building);
  const questions = Array.from({ length: QUESTIONS + 1 }, vectorsOf);
  const ask = (filter: Partial<SimilarFilter>) => (round: number) =>
    index.similar(questions[round + 1]!, { ...ANY, ...filter }, SETTINGS);
  const category = 'category-3' as CategoryId;
  const cheaper = { category, inStock: true, cheaperThan: { minor: 8000, currency: 'EUR' } };
  const [filtered, open] = [cpuMs(QUESTIONS, ask(cheaper)), cpuMs(QUESTIONS, ask({}))];
  const full = cpuMs(3, (round) => {
    const asked = tables.asked(questions[round + 1]!);
    let best = 0;
    for (let row = 0; row < items; row += 1)
      best = Math.max(best, blend(tables.partsOf(row, asked, null), SETTINGS));
    return best;
  });
  const change = cpuMs(50, (round) => index.upsert(itemOf(round + 1), questions[(round + 1) % QUESTIONS]!));
  const removal = cpuMs(50, (round) => index.remove((items - 2 - round) as ProductId));
  print(
    [`index of ${items} items`, 'CPU ms'],
    [
      ['category, stock and price', filtered.toFixed(2)],
      ['no filter', open.toFixed(2)],
      ['full comparison, no filter', full.toFixed(1)],
      ['change of an item', change.toFixed(3)],
      ['removal', removal.toFixed(3)],
      ['building it, whole', (user / 1000).toFixed(0)],
    ],
  );
  return [
    { what: 'ms of a question by category, stock and price', measured: filtered, required: 5, atMost: true },
    { what: 'ms to change an item', measured: change, required: 1, atMost: true },
    { what: 'ms to remove an item', measured: removal, required: 1, atMost: true },
  ];
}
