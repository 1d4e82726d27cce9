/**
 * What a promotion costs those who ask meanwhile: the daemon as it ships, asked 50 times a second to classify a picture or
 * to find its lookalikes, while twenty models take each other's place and the catalogue comes over to each. Requests are
 * sent by the clock, whether or not the last one was answered, and their time counts from when they were due.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { ModelManifest } from '../../src/domain/model.js';
import { fingerprintOf, rejectionHash } from '../../src/platform/fingerprint.js';
import { startDaemon } from '../soak/daemon.js';
import { openRegistry } from '../support/second-registry.js';
import { startShopServer } from '../support/shop-server.js';
import { picture, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { machineText, verdict } from './rounds.js';
import type { BenchBar } from './rounds.js';

/** npm runs scripts in the project's folder. */
const MODEL = join('data', 'models', 'category');
const ITEMS = 60;
const RATE = 50;
const SWAPS = 20;
const QUIET_MS = 60_000;
/** Between the end of one swap, renewal included, and the next. */
const PAUSE_MS = 3000;
const MOST_P99 = 2;
const MOST_GROWTH = 1.1;

interface Answer {
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
    const address = `127.0.0.1:${await freePort()}`;
    const config = writePlace(folder, shop.origin, address);
    const crawl = ['bin/fashiond', 'crawl', '--shop', 'small', '--once', '--config', config];
    await promisify(execFile)(process.execPath, crawl);
    const daemon = startDaemon(config);
    try {
      await until(async () => {
        daemon.mustRun();
        return (await fetch(`http://${address}/-/ready`).catch(() => null))?.ok === true;
      });
      const load = startLoad(`http://${address}`, await Promise.all(items.map((item) => picture(item))));
      // What is loaded with the first requests is no part of the quiet time.
      await sleep(5000);
      const quiet = await during(load, () => sleep(quietMs));
      const memory: number[] = [];
      const busy = await during(load, async () => {
        for (let swap = 1; swap <= swaps; swap += 1) {
          await promote(folder, address, swap);
          await sleep(PAUSE_MS);
          memory.push(await residentBytes(address));
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

/** Folder of a model with the shipped network and a fingerprint of its own: the letterbox is filled in another grey. */
function writeVariant(folder: string, number: number): string {
  const path = join(folder, `model-${number}`);
  mkdirSync(path);
  const manifest = JSON.parse(readFileSync(join(MODEL, 'manifest.json'), 'utf8')) as ModelManifest;
  for (const name of Object.keys(manifest.files)) {
    writeFileSync(join(path, name), readFileSync(join(MODEL, name)));
  }
  const { input, labels, typicality, files, rejection } = manifest;
  const changed = { ...input, fill: (input.fill + 256 - number) % 256 };
  const fingerprint = fingerprintOf({
    networkHash: files['model.onnx'] ?? '',
    input: changed,
    labels,
    typicality,
    ...(typicality?.score === 'class-means' ? { typicalityHash: files[typicality.file] ?? '' } : {}),
  });
  const refit = rejection === null ? null : { ...rejection, sha256: rejectionHash(fingerprint, rejection) };
  const own = { ...manifest, name: `variant-${number}`, input: changed, fingerprint, rejection: refit };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(own));
  return path;
}

function writePlace(folder: string, origin: string, listen: string): string {
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
    model: { path: writeVariant(folder, 0), renewal_rate: 20 },
    api: { listen, rate: 10_000, burst: 10_000 },
    log: { level: 'warn' },
  };
  writeFileSync(config, stringify(settings));
  return config;
}

async function promote(folder: string, address: string, number: number): Promise<void> {
  const path = writeVariant(folder, number);
  const manifest = JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as ModelManifest;
  const registry = openRegistry(join(folder, 'fashiond.db'));
  registry.models.addCandidate({ manifest, path }, { kind: 'imported', by: 'bench' });
  registry.close();
  const { id } = (await asked(`http://${address}/v1/models/${manifest.fingerprint}/promote`, {
    force: true,
  })) as { id: number };
  await until(async () => {
    const change = (await asked(`http://${address}/v1/model-changes/${id}`)) as {
      endedAt: string | null;
      step: string;
      problem: string | null;
    };
    if (change.endedAt !== null && change.step !== 'done')
      throw new Error(`${change.step}: ${change.problem}`);
    return change.endedAt !== null;
  });
  await until(async () => {
    const { renewal } = (await asked(`http://${address}/v1/models`)) as {
      renewal: { endedAt: string | null };
    };
    return renewal.endedAt !== null;
  });
}

async function asked(url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(
    url,
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

interface Load {
  readonly answers: readonly Answer[];
  readonly now: () => number;
  readonly stop: () => void;
}

function startLoad(url: string, pictures: readonly Buffer[]): Load {
  const answers: Answer[] = [];
  const startedAt = performance.now();
  const now = (): number => performance.now() - startedAt;
  let sent = 0;
  const send = async (nth: number): Promise<void> => {
    const at = (nth * 1000) / RATE;
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
    answers.push({ at, ms: now() - at, status });
  };
  const timer = setInterval(() => {
    for (; (sent * 1000) / RATE <= now(); sent += 1) void send(sent);
  }, 2);
  return { answers, now, stop: () => clearInterval(timer) };
}

/** What was asked while `work` was done, when all of it has been answered. */
async function during(load: Load, work: () => Promise<unknown>): Promise<readonly Answer[]> {
  const from = load.now();
  await work();
  const to = load.now();
  await sleep(2000);
  return load.answers.filter(({ at }) => at >= from && at < to);
}

async function residentBytes(address: string): Promise<number> {
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
}

const at = (answers: readonly Answer[], share: number): number => {
  const sorted = answers.map(({ ms }) => ms).sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

function report(quiet: readonly Answer[], busy: readonly Answer[], memory: readonly number[]): BenchBar[] {
  const failures = [...quiet, ...busy].filter(({ status }) => status !== 200);
  const line = (name: string, answers: readonly Answer[]): string =>
    `${name}: ${answers.length} requests, p50 ${at(answers, 0.5).toFixed(1)} ms, p99 ${at(answers, 0.99).toFixed(1)} ms, ` +
    `slowest ${at(answers, 1).toFixed(0)} ms`;
  console.log(`${RATE} requests a second, ${memory.length} swaps, ${ITEMS} items; ${machineText()}`);
  console.log(line('without swaps', quiet));
  console.log(line('with swaps', busy));
  console.log(
    `memory after each swap, MiB: ${memory.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(' ')}`,
  );
  const kinds = new Set(failures.map(({ status }) => status));
  if (failures.length > 0) console.log(`failed: ${[...kinds].join('; ')}`);
  const bars: BenchBar[] = [
    { what: 'failed requests', measured: failures.length, required: 0, atMost: true },
    {
      what: 'times the p99 without swaps',
      measured: at(busy, 0.99) / at(quiet, 0.99),
      required: MOST_P99,
      atMost: true,
    },
    {
      what: 'times the memory after the first swap, after the last',
      measured: (memory.at(-1) ?? Number.NaN) / (memory[0] ?? Number.NaN),
      required: MOST_GROWTH,
      atMost: true,
    },
  ];
  for (const bar of bars) {
    console.log(`${verdict(bar)} ${bar.measured.toFixed(2)} ${bar.what}, required: at most ${bar.required}`);
  }
  return bars;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
