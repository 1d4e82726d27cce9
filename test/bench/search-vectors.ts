/**
 * The inner loops of search over a million vectors of 128 numbers, beside what reading the memory takes and beside faiss
 * and hnswlib on the same vectors, where Python has them. One thread each; medians of CPU time, the clock's beside it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { signBits } from '../../src/model/metric.js';
import { createMemory, instantiate } from '../../src/platform/wasm-module.js';
import { BestRows } from '../../src/search/vectors/best-rows.js';
import { blendShape } from '../../src/search/vectors/blend-kernel.js';
import { ByteLists } from '../../src/search/vectors/byte-lists.js';
import { writeQuery } from '../../src/search/vectors/byte-row.js';
import { CodeRows } from '../../src/search/vectors/code-rows.js';
import { FloatRows } from '../../src/search/vectors/float-rows.js';
import { Centroids, trainCentroids } from '../../src/search/vectors/k-means.js';
import { Partition } from '../../src/search/vectors/partition.js';
import { readScan } from '../../src/search/vectors/scan-kernels.js';
import { peerBar, pythonPeer, pythonWith } from './peers.js';
import type { BenchBar } from './rounds.js';
import { LENGTH, vectorSet } from './search-data.js';
import type { VectorSet } from './search-data.js';
import { timed } from './timed.js';

const QUERIES = 200;
/** Queries of what takes long. */
const FEW = 30;
const BEST = 10;
/** Of bytes, compared exactly afterwards. */
const SHORTLIST = 40;
const CATEGORIES = 13;
const PROBES = [8, 16, 32, 64, 96, 128, 192, 256, 384];
const PYTHON = pythonWith('faiss', 'hnswlib') ?? pythonWith('numpy') ?? 'python3';
const SHAPE = blendShape([LENGTH], null);
const peersScript = fileURLToPath(new URL('../../../test/bench/search-peers.py', import.meta.url));

interface Measured {
  readonly peer: string;
  readonly name: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly recall: number;
}

export function vectorBars(count: number): readonly BenchBar[] {
  const set = vectorSet(count, QUERIES);
  const tables = fill(set);
  const memory = readingMs(count * LENGTH * 4);
  const truth: Uint32Array[] = [];
  const queryAt = (at: number): Float32Array => set.queries.subarray(at * LENGTH, (at + 1) * LENGTH);
  for (let at = 0; at < QUERIES; at += 1) truth.push(floatsOf(tables, queryAt(at)));
  const measure = (name: string, times: number, search: (query: Float32Array) => Uint32Array): Measured =>
    measured(name, times, (at) => search(queryAt(at)), truth);
  const exact = measure('float32, all', FEW, (query) => floatsOf(tables, query));
  const filtered = filteredMeasure(tables, count, queryAt);
  const bytes = measure(`bytes, ${SHORTLIST} compared again`, FEW, (query) => bytesOf(tables, query, null));
  const codes = measure('codes of 128 bits alone, best 200', FEW, (query) => {
    const best = new BestRows(200);
    tables.codes.scan(signBits(query), best);
    return best.sorted().rows;
  });
  const { partition, lists } = partitioned(tables, set.base, count);
  const own = PROBES.map((probes) => {
    const search = (query: Float32Array): Uint32Array => bytesOf(tables, query, { partition, probes });
    return { ...measure(`lists, ${probes} of ${lists}`, QUERIES, search), peer: 'own-ivf' };
  });
  const peers = measuredPeers(set, truth, lists);
  const read = { peer: 'memory', name: 'reading the float32', ...memory, recall: Number.NaN };
  print(count, [read, exact, filtered, bytes, codes, ...own, ...peers]);
  return barsOf({ memory: memory.cpuMs, exact, filtered, codes, own, peers });
}

interface Tables {
  readonly floats: FloatRows;
  readonly bytes: ByteLists;
  readonly codes: CodeRows;
}

function fill({ base }: VectorSet): Tables {
  const count = base.length / LENGTH;
  const tables = {
    floats: new FloatRows(LENGTH, count),
    bytes: new ByteLists(SHAPE, count),
    codes: new CodeRows(count),
  };
  for (let row = 0; row < count; row += 1) {
    const vector = base.subarray(row * LENGTH, (row + 1) * LENGTH);
    tables.floats.push(vector);
    tables.bytes.add(row, vector);
    tables.codes.push(signBits(vector));
  }
  return tables;
}

/** Of so many bytes, read by vector units once and not looked at. */
function readingMs(bytes: number): { readonly cpuMs: number; readonly wallMs: number } {
  const pages = Math.ceil(bytes / 65_536) + 1;
  const limits = { initial: pages, maximum: 65_536, shared: true };
  const memory = createMemory(limits);
  new Uint8Array(memory.buffer).fill(1);
  const kernel = instantiate<'read'>([readScan()], { ...limits, initial: 1 }, memory);
  if (kernel === null) return { cpuMs: Number.NaN, wallMs: Number.NaN };
  const rounded = Math.floor(bytes / 64) * 64;
  return timed(FEW, () => {
    kernel.read(65_536, rounded, 0);
  });
}

function measured(
  name: string,
  times: number,
  search: (at: number) => Uint32Array,
  truth: readonly Uint32Array[],
): Measured {
  const found: Uint32Array[] = [];
  const taken = timed(times, (at) => found.push(search(at)));
  const hits = found.reduce(
    (sum, rows, at) => sum + rows.filter((row) => truth[at]?.includes(row) === true).length,
    0,
  );
  return { peer: 'own', name, ...taken, recall: hits / (BEST * times) };
}

function floatsOf({ floats }: Tables, query: Float32Array): Uint32Array {
  const best = new BestRows(BEST);
  floats.scan(query, best);
  return best.sorted().rows;
}

const asked = (vector: Float32Array): Uint8Array =>
  writeQuery(SHAPE, { vector, other: null, weights: [1], sharpness: [8] });

function bytesOf(
  { floats, bytes }: Tables,
  vector: Float32Array,
  some: { readonly partition: Partition; readonly probes: number } | null,
): Uint32Array {
  const query = asked(vector);
  const [first, best] = [new BestRows(SHORTLIST), new BestRows(BEST)];
  if (some === null) bytes.scan(query, first);
  else some.partition.scan(query, first, some.probes);
  floats.pick(first.sorted().rows, vector, best);
  return best.sorted().rows;
}

/** Of one category in thirteen, below a price that half of the items are below, and in stock, which four in five are. */
function filteredMeasure(tables: Tables, count: number, queryAt: (at: number) => Float32Array): Measured {
  const price = Float64Array.from({ length: count }, (_, row) => (row * 7919) % 20_000);
  const inStock = Uint8Array.from({ length: count }, (_, row) => (row % 5 === 0 ? 0 : 1));
  const category = Uint32Array.from(
    { length: Math.floor(count / CATEGORIES) },
    (_, at) => at * CATEGORIES + 3,
  );
  const passing = (): Uint32Array =>
    category.filter((row) => inStock[row] === 1 && (price[row] ?? 0) < 10_000);
  const rows = new Set(passing());
  const truth = Array.from({ length: QUERIES }, (_, at) => {
    const all = new BestRows(count);
    if (at < 3) tables.floats.scan(queryAt(at), all);
    return all
      .sorted()
      .rows.filter((row) => rows.has(row))
      .slice(0, BEST);
  });
  const search = (at: number): Uint32Array => {
    const vector = queryAt(at);
    const [first, best] = [new BestRows(SHORTLIST), new BestRows(BEST)];
    tables.bytes.pick(passing(), asked(vector), first);
    tables.floats.pick(first.sorted().rows, vector, best);
    return best.sorted().rows;
  };
  const { recall } = measured('', 3, search, truth);
  const name = `bytes, category, price and stock (${rows.size} rows), ${SHORTLIST} compared again`;
  return { peer: 'own', name, ...timed(QUERIES, search), recall };
}

function partitioned(
  tables: Tables,
  base: Float32Array,
  count: number,
): { readonly partition: Partition; readonly lists: number } {
  const lists = 2 ** Math.round(Math.log2(Math.sqrt(count)));
  const started = process.cpuUsage();
  const centroids = trainCentroids(base, LENGTH, lists);
  const nearest = new Centroids(centroids, LENGTH).nearest(base);
  const partition = new Partition(SHAPE, centroids, count);
  for (const [row, list] of nearest.entries()) partition.lists.addBytes(row, tables.bytes.bytesOf(row), list);
  console.log(`${lists} lists made in ${(process.cpuUsage(started).user / 1e6).toFixed(1)} s of CPU`);
  return { partition, lists };
}

function measuredPeers(set: VectorSet, truth: readonly Uint32Array[], lists: number): Measured[] {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-search-'));
  try {
    const bytes = (values: Float32Array | Uint32Array): Uint8Array =>
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    writeFileSync(join(folder, 'base.f32'), bytes(set.base));
    writeFileSync(join(folder, 'queries.f32'), bytes(set.queries));
    writeFileSync(join(folder, 'truth.u32'), bytes(Uint32Array.from(truth.flatMap((rows) => [...rows]))));
    const { stdout } = spawnSync(PYTHON, [peersScript, folder, String(LENGTH), String(lists)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = (stdout ?? '').split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Measured);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(count: number, rows: readonly Measured[]): void {
  const head = [`${count} x ${LENGTH}`, 'CPU ms', 'clock ms', 'queries/CPU-s', 'recall@10'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { peer, name, cpuMs, wallMs, recall } of rows) {
    if (peer === 'missing') table.push([{ content: `not measured: ${name}`, colSpan: head.length }]);
    else {
      table.push([name, cpuMs.toFixed(3), wallMs.toFixed(3), (1000 / cpuMs).toFixed(0), recall.toFixed(4)]);
    }
  }
  console.log(table.toString());
}

/** Queries a second of the other lists at the recall of ours, between the two settings around it. */
function rateAt(recall: number, others: readonly Measured[]): number {
  const above = others.findIndex((one) => one.recall >= recall);
  const [one, other] = [others[above - 1], others[above]];
  if (other === undefined) return Number.NaN;
  if (one === undefined) return 1000 / other.cpuMs;
  const share = (recall - one.recall) / (other.recall - one.recall);
  return 1000 / (one.cpuMs + share * (other.cpuMs - one.cpuMs));
}

interface Results {
  readonly memory: number;
  readonly exact: Measured;
  readonly filtered: Measured;
  readonly codes: Measured;
  readonly own: readonly Measured[];
  readonly peers: readonly Measured[];
}

function barsOf({ memory, exact, filtered, codes, own, peers }: Results): BenchBar[] {
  const chosen = own.find(({ recall }) => recall >= 0.98) ?? own.at(-1);
  const theirs = peers.filter(({ peer }) => peer === 'faiss-ivf');
  const bars: BenchBar[] = [
    {
      what: 'float32 of all, times reading the memory',
      measured: exact.cpuMs / memory,
      required: 1.3,
      atMost: true,
    },
    { what: 'ms by category, price and stock', measured: filtered.cpuMs, required: 5, atMost: true },
    { what: 'ms of 128-bit codes, best 200', measured: codes.cpuMs, required: 3, atMost: true },
    { what: 'recall@10 without a filter', measured: chosen?.recall ?? 0, required: 0.98 },
  ];
  if (chosen === undefined) return bars;
  const bar = { what: 'times the queries a second of faiss IVF at that recall', required: 2 };
  const times = (): number => 1000 / chosen.cpuMs / rateAt(chosen.recall, theirs);
  return [...bars, peerBar(pythonPeer('faiss'), bar, times)];
}
