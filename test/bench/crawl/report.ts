/** What the crawl benchmark prints, and the bars it is held to. */
import Table from 'cli-table3';
import { missingText, peerBar } from '../peers.js';
import { barText, machineText, median } from '../rounds.js';
import type { BenchBar } from '../rounds.js';
import type { CrawlMeasurement, Outcomes } from './daemon-process.js';
import type { CrawlBenchOptions } from './options.js';
import type { PeerRun } from './peers.js';

/** Seven million a day. */
const RATE_BAR = 81;
const LOOP_BAR_MS = 20;
const MEMORY_BAR_MB = 400;
/** From the middle third of the time to the last. */
const GROWTH_BAR = 1.1;
/** Of the pages that it reads for a second of CPU. */
const PEER_BARS: Readonly<Record<string, number>> = { Scrapy: 3, Crawlee: 6 };

export function report(
  options: CrawlBenchOptions,
  first: CrawlMeasurement,
  revisits: CrawlMeasurement,
  peers: readonly PeerRun[],
): readonly BenchBar[] {
  const { outcomes, seconds, cpuMs, loop, memory } = revisits;
  console.log(
    `${options.hosts} hosts with ${options.items} products each, pages of 100 to 200 kB; shops, daemon and ` +
      `SQLite file on this machine; words are read, pictures are not fetched; client ${options.client}; ${machineText()}`,
  );
  printTable(first, revisits, peers);
  const visits = visitsOf(outcomes);
  const share = (count: number | undefined): string => `${((100 * (count ?? 0)) / visits).toFixed(0)} %`;
  console.log(
    `${visits} revisits in ${seconds.toFixed(0)} s: ${share(outcomes['read'])} read, ` +
      `${share(outcomes['unchanged'])} unchanged; ${(cpuMs / visits).toFixed(2)} ms CPU each; event loop p50 ` +
      `${loop.p50.toFixed(1)}, p99 ${loop.p99.toFixed(1)} (${loop.ownP99.toFixed(1)} without waits for a processor), max ` +
      `${loop.max.toFixed(0)} ms; memory a minute: ` +
      `${minutes(memory).join(', ')} MB; ${revisits.wordsWaiting} items waited for their words to be read. ` +
      'Every change is in the catalogue.',
  );
  printThreads('first visits', first);
  printThreads('revisits', revisits);
  const atMost = true;
  const bars: BenchBar[] = [
    {
      what: 'first visits/s, words read',
      measured: visitsOf(first.outcomes) / first.seconds,
      required: RATE_BAR,
    },
    { what: 'revisits/s', measured: visits / seconds, required: RATE_BAR },
    { what: 'ms event loop p99', measured: loop.p99, required: LOOP_BAR_MS, atMost },
    {
      what: 'MB of memory, at the highest',
      measured: Math.max(...memory) / 1e6,
      required: MEMORY_BAR_MB,
      atMost,
    },
    {
      what: 'memory at the end, of that at the beginning',
      measured: growth(memory),
      required: GROWTH_BAR,
      atMost,
    },
    ...peers.map((peer) => {
      const what = `first visits for a second of CPU, times those of ${peer.name}`;
      const bar = { what, required: PEER_BARS[peer.name] ?? 1 };
      return peerBar(peer, bar, ({ cpuMs, pages }) => cpuMs / pages / perPage(first));
    }),
  ];
  for (const bar of bars) console.log(barText(bar));
  return bars;
}

function printTable(first: CrawlMeasurement, revisits: CrawlMeasurement, peers: readonly PeerRun[]): void {
  const table = new Table({
    head: ['', 'pages', 'pages/s', 'CPU ms/page', 'memory MB'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const [name, { outcomes, seconds, memory }] of [
    ['fashiond, first visits', first],
    ['fashiond, revisits', revisits],
  ] as const) {
    const visits = visitsOf(outcomes);
    const cpu = name.endsWith('revisits') ? revisits.cpuMs / visits : perPage(first);
    table.push([name, visits, (visits / seconds).toFixed(1), cpu.toFixed(2), megabytes(Math.max(...memory))]);
  }
  for (const peer of peers) {
    if (peer.kind !== 'present') {
      table.push([peer.name, { content: missingText(peer), colSpan: 4 }]);
      continue;
    }
    const { version, pages, seconds, cpuMs, memory } = peer.measured;
    table.push([
      `${peer.name} ${version}`,
      pages,
      (pages / seconds).toFixed(1),
      (cpuMs / pages).toFixed(2),
      megabytes(memory),
    ]);
  }
  console.log(table.toString());
}

function printThreads(name: string, { threads, outcomes }: CrawlMeasurement): void {
  if (threads === null) return;
  const each = (ms: number): string => (ms / visitsOf(outcomes)).toFixed(2);
  console.log(
    `${name}, CPU ms a page by thread: event loop ${each(threads.mainMs)}, the busiest other ` +
      `${each(threads.busiestMs)}, all others ${each(threads.otherMs)}`,
  );
}

function visitsOf({ read = 0, unchanged = 0 }: Outcomes): number {
  return read + unchanged;
}

const perPage = ({ cpuMs, outcomes }: CrawlMeasurement): number => cpuMs / visitsOf(outcomes);
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** Median of each minute. */
function minutes(memory: readonly number[]): string[] {
  const parts = Array.from({ length: Math.ceil(memory.length / 60) }, (_, at) =>
    memory.slice(at * 60, (at + 1) * 60),
  );
  return parts.map((part) => megabytes(median(part)));
}

/** The last third's median over the middle third's: 1 is flat. */
export function growth(memory: readonly number[]): number {
  const third = Math.floor(memory.length / 3);
  return median(memory.slice(2 * third)) / median(memory.slice(third, 2 * third));
}
