/** `fashiond status`: one screen about the catalogue, read beside a running daemon or without one. */
import { statSync } from 'node:fs';
import { shippedModelPath } from '../config/assets.js';
import type { LoadedConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { FashiondError } from '../domain/errors.js';
import type { ServingRuntime } from '../domain/model.js';
import type { ModelReading } from '../domain/model-registry.js';
import { loadModelFolder } from '../infer/model-folder.js';
import { chooseServingRuntime } from '../infer/serving-runtime.js';
import { interval, share } from '../learn/evaluation/share.js';
import { systemClock } from '../platform/clock.js';
import { freeBytes } from '../platform/disk-floor.js';
import { BEAT_MS, LOOP_GOAL_P99_MS } from '../pipeline/heartbeat.js';
import { openReadOnly } from '../store/store.js';
import type { StoreSummary } from '../store/summary.js';
import { lastBackup } from '../store/upkeep/backup-name.js';
import { loadTextModel } from '../text-model.js';
import { formatBytes } from './bytes.js';
import type { CliContext } from './context.js';
import { withServedModel } from './served-config.js';
import { outlooks, shopLines } from './status-shops.js';

export interface StatusFlags {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly check?: boolean;
}

/** Throws FashiondError `refused` with --check where a shop is red, no daemon lives, or the disk is nearly full. */
export async function printStatus(
  { config, shops }: Pick<LoadedConfig, 'config' | 'shops'>,
  flags: StatusFlags,
  context: CliContext,
): Promise<void> {
  const served = await withServedModel(config);
  const store = openReadOnly(served.store.path);
  try {
    const summary = store.summary();
    const words = await wordsState(served);
    const disk = diskState(served);
    const backup = {
      last: lastBackup(config.store.backups, systemClock.now()),
      folder: config.store.backups,
    };
    const fellBack = fallOf(store.models);
    const now = systemClock.now();
    const isDaemonAlive = isAlive(summary.heartbeat, now);
    const inUse = isDaemonAlive ? (summary.heartbeat?.runtime ?? null) : null;
    const runtime = inUse ?? (await runtimeFor(served));
    const hasRoom = disk.freeBytes >= disk.floorBytes;
    const outlook = outlooks(summary.shops, { config, shops, store, hasRoom, isDaemonAlive, now });
    if (flags.json === true) {
      const all = { ...summary, shops: outlook, fellBack, words, runtime, disk, backup };
      context.print(JSON.stringify(all, null, 2));
    } else {
      const lines = [
        ...shopLines(outlook, flags.all === true),
        ...linesFor(summary, downloadWait(hasRoom, isDaemonAlive)),
        ...fallLines(fellBack),
        ...clockLines(summary, now),
        `text model: ${words}`,
        runtimeLine(runtime, inUse !== null),
        diskLine(disk),
        backupLine(backup, now),
        daemonLine(summary, now),
      ];
      for (const line of lines) context.print(line);
    }
    if (flags.check === true) requireAllWell(summary, disk, now);
  } finally {
    store.close();
  }
}

interface Fall {
  /** The model that could not serve; the current one does instead. */
  readonly from: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly reason: string;
}

/** Null where the current model is the one that was wanted. */
function fallOf(models: ModelReading): Fall | null {
  const current = models.current();
  const [last] = current === null ? [] : models.events(1, current.fingerprint);
  if (last?.step !== 'fell-back') return null;
  return { from: last.other ?? 'unknown', at: last.at, reason: last.note ?? '' };
}

function fallLines(fall: Fall | null): string[] {
  if (fall === null) return [];
  const { from, at, reason } = fall;
  return [`model: it serves since ${at} instead of ${from.slice(0, 12)}, which cannot: ${reason}`];
}

interface DiskState {
  readonly freeBytes: number;
  readonly floorBytes: number;
  readonly databaseBytes: number;
  /** Of the write-ahead log. */
  readonly logBytes: number;
}

function diskState({ store }: Config): DiskState {
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return {
    freeBytes: Math.min(freeBytes(store.path), freeBytes(store.blobs)),
    floorBytes: store.disk_floor,
    databaseBytes: sizeOf(store.path),
    logBytes: sizeOf(`${store.path}-wal`),
  };
}

function diskLine({ freeBytes, floorBytes, databaseBytes, logBytes }: DiskState): string {
  const floor = formatBytes(floorBytes);
  const fetching =
    freeBytes < floorBytes
      ? `below the floor of ${floor}: nothing is fetched until there is room`
      : `fetching stops below ${floor}`;
  return `disk: ${formatBytes(freeBytes)} free, ${fetching}; the database takes ${formatBytes(databaseBytes)}, its log ${formatBytes(logBytes)}`;
}

interface BackupState {
  readonly last: ReturnType<typeof lastBackup>;
  readonly folder: string;
}

function backupLine({ last, folder }: BackupState, now: number): string {
  if (last === null) return `backup: none in ${folder}`;
  const hours = Math.max(0, Math.floor((now - Date.parse(last.at)) / 3_600_000));
  return `backup: the last is of ${last.at}, ${hours} h ago: ${last.path}`;
}

/** Throws FashiondError `refused` that names all of what somebody has to look after. */
function requireAllWell(
  { shops, heartbeat }: StoreSummary,
  { freeBytes, floorBytes }: DiskState,
  now: number,
): void {
  const red = shops.filter(({ active, health }) => active && health?.level === 'red');
  const wrong: string[] = [];
  if (red.length > 0) {
    const names = red.map(({ shop }) => shop).join(', ');
    wrong.push(`${red.length === 1 ? 'a shop is' : `${red.length} shops are`} red: ${names}`);
  }
  if (heartbeat === null) wrong.push('no daemon runs');
  else if (!isAlive(heartbeat, now))
    wrong.push(`the daemon gave no sign of life since ${new Date(heartbeat.at).toISOString()}`);
  if (freeBytes < floorBytes)
    wrong.push(`the disk is nearly full: ${formatBytes(freeBytes)} are free, and nothing is fetched`);
  if (wrong.length === 0) return;
  throw new FashiondError('refused', wrong.join('; '), {
    hint:
      red.length === 0
        ? 'fashiond status says more.'
        : 'fashiond status says why. After a change that is meant, set usual_from in the file of the shop.',
  });
}

/** Which text model a daemon that started now would read words with. */
async function wordsState(config: Config): Promise<string> {
  try {
    const text = await loadTextModel(config);
    if (text === null) return 'off';
    return `${text.data.fingerprint} (${text.name}), joined by weights fitted to picture model ${text.joint.pictureModel}`;
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    return `none (${[error.message, error.hint ?? ''].join('; ')})`;
  }
}

type RuntimeState = ServingRuntime | { readonly runtime: null; readonly reason: string };

/** What a daemon that started now would run networks on; the status of a catalogue is shown even if none works. */
async function runtimeFor({ model, compute }: Config): Promise<RuntimeState> {
  try {
    const loaded = await loadModelFolder(model.path ?? shippedModelPath);
    return await chooseServingRuntime({ runtime: compute.runtime, device: compute.device }, loaded);
  } catch (error) {
    if (!(error instanceof FashiondError)) throw error;
    return { runtime: null, reason: [error.message, error.hint ?? ''].join('; ') };
  }
}

function runtimeLine(state: RuntimeState, isInUse: boolean): string {
  const what = state.runtime === null ? 'none' : `${state.runtime} on ${state.device}`;
  return `runtime: ${isInUse ? '' : 'a start now would take '}${what} (${state.reason})`;
}

function linesFor(summary: StoreSummary, waits: string): string[] {
  return [
    `pictures: ${summary.imagesWanted} to download${summary.imagesWanted > 0 ? `, ${waits}` : ''}; ` +
      `${summary.picturesStored} to classify, ${summary.picturesRefused} refused, ` +
      `${summary.picturesQuarantined} set aside`,
    `words: ${summary.textsWaiting} items to read`,
    `model: ${summary.model ?? 'none yet'}`,
    ...chanceLines(summary),
    ...renewalLines(summary),
  ];
}

/** What pictures wait for before they are downloaded. */
function downloadWait(hasRoom: boolean, isDaemonAlive: boolean): string {
  if (!hasRoom) return 'which wait for room on the disk';
  return isDaemonAlive ? 'at the pace of their shops' : 'which wait for a daemon: none runs';
}

function chanceLines({ chance }: StoreSummary): string[] {
  if (chance.judged === 0) return [];
  const right = interval(share(chance.right, chance.judged));
  return [
    `review: of items drawn by chance and judged since this model came, its likeliest is right of ${right}`,
  ];
}

function renewalLines({ renewal }: StoreSummary): string[] {
  if (renewal === null || renewal.endedAt !== null || renewal.total === 0) return [];
  const { done, total, from, model } = renewal;
  const search = from === model ? '' : `; search is still with model ${from.slice(0, 12)}`;
  return [`model: ${Math.min(done, total)} of ${total} items seen again by ${model.slice(0, 12)}${search}`];
}

/** A sign of life older than this is a dead daemon's. */
const SILENCE_MS = 4 * BEAT_MS;

/** A minute of difference is none. */
const CLOCK_TOLERANCE_MS = 60_000;

function clockLines({ shops }: StoreSummary, now: number): string[] {
  return shops
    .filter(({ lastRun }) => lastRun !== null && Date.parse(lastRun) > now + CLOCK_TOLERANCE_MS)
    .map(
      ({ shop, lastRun }) => `clock: it was ahead when ${shop} was crawled at ${lastRun}, or is behind now`,
    );
}

/** A daemon that was killed within the last minute looks alive. */
function isAlive(heartbeat: StoreSummary['heartbeat'], now: number): boolean {
  return heartbeat !== null && now - heartbeat.at <= SILENCE_MS;
}

function daemonLine({ heartbeat }: StoreSummary, now: number): string {
  if (heartbeat === null) return 'daemon: none runs';
  const { pid, startedAt, at, loop } = heartbeat;
  if (!isAlive(heartbeat, now)) {
    return `daemon: process ${pid} gave its last sign of life at ${new Date(at).toISOString()}`;
  }
  const ms = (value: number): string => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
  return (
    `daemon: process ${pid}, since ${new Date(startedAt).toISOString()}; its event loop was late by ` +
    `${ms(loop.p50Ms)} (p50), ${ms(loop.p99Ms)} (p99, goal: under ${LOOP_GOAL_P99_MS} ms), ${ms(loop.maxMs)} at most ` +
    `in the last ${Math.max(1, Math.round(loop.windowMs / 60_000))} min`
  );
}
