/**
 * Searching lookalikes: descriptors a second, and questions to an index of so many items, beside a full comparison and
 * beside what reading the same bytes takes, in the same run. CPU time of this thread throughout.
 */
import Table from 'cli-table3';
import { colourHistogram } from '../../src/images/colour-histogram.js';
import { hog, hogLength } from '../../src/images/hog.js';
import { PlainAdder, addVotes, vectorAdder } from '../../src/images/hog-votes.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { indexBars } from './search-index.js';
import { vectorBars } from './search-vectors.js';

const VECTORS = 1_000_000;
const ROUNDS = 9;

/** `count`: how many vectors are compared, and items of the largest index that is asked; null for the usual ones. */
export async function benchSearch(count: number | null = null): Promise<readonly BenchBar[]> {
  console.log(`${count ?? VECTORS} vectors; ${machineText()}`);
  const bars = [...descriptorBars(), ...vectorBars(count ?? VECTORS), ...(await indexBars(count))];
  for (const bar of bars) console.log(barText(bar));
  return bars;
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
    cpuMs(ROUNDS, () => {
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
