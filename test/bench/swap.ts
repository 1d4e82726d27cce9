/**
 * What a promotion costs those who ask meanwhile: the daemon as it ships, asked 50 times a second to classify a picture or
 * to find its lookalikes, while twenty models take each other's place and the catalogue comes over to each. Requests are
 * sent by the clock, whether or not the last one was answered, and their time counts from when they were due. Times are of
 * requests that were answered with 200. Where some fail without any swap, the daemon is asked for more than it can give,
 * and what a swap costs is not told by the rest.
 *
 * The catalogue is small, because each swap sees all of its pictures again: so all are compared in full, where more than
 * 5,000 are looked for by their short vectors first, which `search` measures.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { processFigures } from '../soak/endurance/process-figures.js';
import { startServing } from '../soak/serving-daemon.js';
import { promoteVariant, registerVariant, writeVariant } from '../support/model-variants.js';
import { startShopServer } from '../support/shop-server.js';
import { picture, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { barText, machineText, quantile } from './rounds.js';
import type { BenchBar } from './rounds.js';

const ITEMS = 60;
const RATE = 50;
const SWAPS = 20;
const QUIET_MS = 60_000;
/** Between the end of one swap, renewal included, and the next. */
const PAUSE_MS = 3000;
const MOST_P99 = 2;
const MOST_GROWTH = 1.1;
/** An answer that comes later than this is a failed request. */
const LATEST_MS = 60_000;

export interface Answer {
  /** Milliseconds since the start, when it was due. */
  readonly at: number;
  readonly ms: number;
  readonly status: number | string;
}

/** `swaps`: how often another model is promoted. */
export async function benchSwap(swaps = SWAPS, quietMs = QUIET_MS): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-swap-'));
  const items = smallItems(ITEMS);
  const shop = await startShopServer(await smallShopRoutes(items));
  try {
    const config = writePlace(folder, shop.origin);
    const crawl = ['bin/fashiond', 'crawl', '--shop', 'small', '--once', '--config', config];
    await promisify(execFile)(process.execPath, crawl);
    const { daemon, url } = await startServing(config);
    try {
      const place = { folder, database: join(folder, 'fashiond.db'), url, mustRun: () => daemon.mustRun() };
      // Beforehand: this process must be on time while it asks.
      const models = Array.from({ length: swaps }, (_, at) => registerVariant(place, at + 1));
      const load = startLoad(url, await Promise.all(items.map((item) => picture(item))));
      // What is loaded with the first requests is no part of the quiet time.
      await sleep(5000);
      const quiet = await during(load, () => sleep(quietMs));
      const memory: number[] = [];
      const busy = await during(load, async () => {
        for (const model of models) {
          await promoteVariant(place, model, { renewed: true });
          await sleep(PAUSE_MS);
          memory.push(processFigures(daemon.pid).memory);
        }
      });
      load.stop();
      daemon.mustRun();
      return report(quiet, busy, memory);
    } finally {
      await daemon.stop();
    }
  } finally {
    await shop.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writePlace(folder: string, origin: string): string {
  const shop = {
    id: 'small',
    name: 'Small',
    start: [`${origin}/`],
    currency: 'EUR',
    pace: { delay: '0ms', concurrency: 8 },
    allow_loopback: true,
  };
  writeFileSync(join(folder, 'small.yaml'), stringify(shop));
  const config = join(folder, 'fashiond.yaml');
  const settings = {
    shops: ['small.yaml'],
    model: { path: writeVariant(folder, 0) },
    api: { listen: '127.0.0.1:0', rate: 10_000, burst: 10_000 },
    log: { format: 'json' },
  };
  writeFileSync(config, stringify(settings));
  return config;
}

interface Load {
  readonly answers: readonly Answer[];
  /** When those that are not answered yet were due. */
  readonly open: () => readonly number[];
  readonly now: () => number;
  readonly stop: () => void;
}

function startLoad(url: string, pictures: readonly Buffer[]): Load {
  const answers: Answer[] = [];
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  let sent = 0;
  const open = new Set<number>();
  const send = async (nth: number): Promise<void> => {
    const at = (nth * 1000) / RATE;
    open.add(at);
    const path = nth % 2 === 0 ? 'classify' : 'similar?limit=12';
    const body = new Uint8Array(pictures[nth % pictures.length] ?? Buffer.alloc(0));
    let status: number | string;
    try {
      const headers = { 'content-type': 'image/png' };
      const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body });
      await response.arrayBuffer();
      status = response.status;
    } catch (error) {
      status = String(error);
    }
    open.delete(at);
    answers.push({ at, ms: now() - at, status });
  };
  const timer = setInterval(() => {
    for (; (sent * 1000) / RATE <= now(); sent += 1) void send(sent);
  }, 2);
  return { answers, open: () => [...open], now, stop: () => clearInterval(timer) };
}

/** What was asked while `work` was done; it waits until all of that is answered. */
async function during(load: Load, work: () => Promise<unknown>): Promise<readonly Answer[]> {
  const from = load.now();
  await work();
  const to = load.now();
  const isOf = ({ at }: Pick<Answer, 'at'>): boolean => at >= from && at < to;
  while (load.open().some((at) => isOf({ at })) && load.now() < to + LATEST_MS) await sleep(20);
  const late = load.open().filter((at) => isOf({ at }));
  return [
    ...load.answers.filter(isOf),
    ...late.map((at) => ({ at, ms: load.now() - at, status: 'no answer' })),
  ];
}

const isAnswered = ({ status }: Answer): boolean => status === 200;
const msOf = (answers: readonly Answer[]): number[] => answers.filter(isAnswered).map(({ ms }) => ms);

function report(quiet: readonly Answer[], busy: readonly Answer[], memory: readonly number[]): BenchBar[] {
  console.log(
    `${RATE} requests a second, ${memory.length} swaps, ${ITEMS} items, all compared in full; ${machineText()}`,
  );
  console.log(answersText('without swaps', quiet));
  console.log(answersText('with swaps', busy));
  console.log(`memory after each swap, MB: ${memory.map((value) => value.toFixed(0)).join(' ')}`);
  const bars = swapBars(quiet, busy, memory);
  for (const bar of bars) console.log(barText(bar));
  return bars;
}

function answersText(name: string, answers: readonly Answer[]): string {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(msOf(answers), share).toFixed(1));
  const failures = answers.filter((answer) => !isAnswered(answer));
  const kinds = [...new Set(failures.map(({ status }) => status))].join('; ');
  return (
    `${name}: ${answers.length} requests, p50 ${p50} ms, p99 ${p99} ms, slowest ${most} ms; ` +
    `${failures.length} failed${kinds === '' ? '' : ` (${kinds})`}`
  );
}

/** `memory`: after each swap. */
export function swapBars(
  quiet: readonly Answer[],
  busy: readonly Answer[],
  memory: readonly number[],
): BenchBar[] {
  const failed = (answers: readonly Answer[]): number => answers.filter((one) => !isAnswered(one)).length;
  const [before, meanwhile] = [failed(quiet), failed(busy)];
  const invalid = before > 0 ? { invalid: `${before} requests fail without swaps` } : {};
  const atMost = true;
  return [
    { what: 'failed requests with swaps', measured: meanwhile, required: 0, atMost, ...invalid },
    {
      what: 'times the p99 without swaps',
      measured: quantile(msOf(busy), 0.99) / quantile(msOf(quiet), 0.99),
      required: MOST_P99,
      atMost,
      ...invalid,
    },
    {
      what: 'times the memory after the first swap, after the last',
      measured: (memory.at(-1) ?? Number.NaN) / (memory[0] ?? Number.NaN),
      required: MOST_GROWTH,
      atMost,
    },
  ];
}
