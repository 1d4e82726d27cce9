/**
 * Whether the disks that are written to have room: below a floor nothing more is fetched, so that what is in hand can be
 * committed and people can go on to read and review. Nothing is ever deleted to make room.
 */
import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../domain/errors.js';
import type { Clock, Log } from '../domain/ports.js';

interface DiskFloorOptions {
  /** Files and folders that are written to, on one disk or several; they need not exist yet. */
  readonly paths: readonly string[];
  readonly floorBytes: number;
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly log: Log;
  /** As `freeBytes`. */
  readonly free?: (path: string) => number;
}

/** The disks are asked at most so often: a call takes microseconds, but claims come by the hundred. */
const ASK_MS = 1000;
/** Above the floor by so much before fetching goes on, or it would start and stop with every file. */
const RESUME_FACTOR = 1.1;

export class DiskFloor {
  readonly #options: DiskFloorOptions;
  #askedAt = -Infinity;
  #hasRoom = true;
  #isUnknown = false;

  constructor(options: DiskFloorOptions) {
    this.#options = options;
  }

  /** Logs each change. While a disk gives no answer, as where its server is away, the last one holds. */
  hasRoom(): boolean {
    const { floorBytes, clock, log } = this.#options;
    const now = clock.monotonic();
    if (now - this.#askedAt < ASK_MS) return this.#hasRoom;
    this.#askedAt = now;
    const left = this.#left();
    if (left === null) return this.#hasRoom;
    const had = this.#hasRoom;
    this.#hasRoom = left >= (had ? floorBytes : floorBytes * RESUME_FACTOR);
    if (had && !this.#hasRoom) log.warn('disk.low', { freeBytes: left, floorBytes });
    if (!had && this.#hasRoom) log.info('disk.recovered', { freeBytes: left, floorBytes });
    return this.#hasRoom;
  }

  /** Of the disk that has least; null when one cannot be asked. */
  #left(): number | null {
    const { paths, log, free = freeBytes } = this.#options;
    try {
      const left = Math.min(...paths.map(free));
      this.#isUnknown = false;
      return left;
    } catch (error) {
      if (!this.#isUnknown) log.warn('disk.unknown', { error: messageOf(error) });
      this.#isUnknown = true;
      return null;
    }
  }

  /** Resolves when there is room, or the signal aborts. */
  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.hasRoom()) await this.#options.clock.sleep(ASK_MS, signal);
  }
}

/** Bytes that this user may still write on the disk of a path, or of the nearest folder above it that exists. Throws where the disk does not answer. */
export function freeBytes(path: string): number {
  let place = path;
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}
