/**
 * Decoding: photos of 900 x 1200 pixels to what the network and the search take, beside libvips alone (decoding and
 * shrinking, the floor of whatever is built on it) and OpenCV, where a python3 can import it. By turns in one run; the
 * ratio is taken within a round, of CPU times, because libvips uses more threads than one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { garmentSpec, renderGarment } from '../../src/garments/render.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { WORKING_SIDE } from '../../src/images/decode.js';
import { preparePicture, preparePixels } from '../../src/images/prepare.js';
import { machineText, measureByTurns, median, printTable, verdict } from './rounds.js';
import type { BenchBar, Contender } from './rounds.js';

const ROUNDS = 5;
const ROUND_MS = 2000;
const PICTURES = 16;
const SIZE = { width: 900, height: 1200 };
const OPTIONS = { size: 96, fill: 255, maxPixels: 40_000_000 };
/** What the network takes costs little beyond the decoding; what the search takes besides is printed, and has no bar. */
const MOST_RATIO = 2;

export async function benchDecode(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-decode-'));
  try {
    const pictures = await Promise.all(
      Array.from({ length: PICTURES }, (_, at) =>
        renderGarment(garmentSpec(GARMENT_KINDS[at % GARMENT_KINDS.length]!, at, 'held-out'), SIZE),
      ),
    );
    for (const [at, bytes] of pictures.entries()) writeFileSync(join(folder, `${at}.jpg`), bytes);
    const floor = oneByOne('libvips alone (sharp): decode and shrink', pictures, (bytes) =>
      sharp(bytes)
        .autoOrient()
        .resize(WORKING_SIDE, WORKING_SIDE, { fit: 'inside' })
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
    const whole = oneByOne('everything: pixels, hash, palette, look', pictures, (bytes) =>
      preparePicture(bytes, OPTIONS),
    );
    const pixels = oneByOne('pixels and hash', pictures, (bytes) => preparePixels(bytes, OPTIONS));
    const opencv = await openCv(folder);
    const contenders = [whole, pixels, floor, ...(opencv === null ? [] : [opencv])];
    const bytes = pictures.reduce((sum, picture) => sum + picture.length, 0) / PICTURES;
    console.log(
      `${PICTURES} JPEGs of ${SIZE.width} x ${SIZE.height}, ${(bytes / 1000).toFixed(0)} kB each, in ${rounds} rounds; ${machineText()}`,
    );
    const samples = await measureByTurns(contenders, rounds, ROUND_MS);
    const ratioOf = (one: Contender): number => {
      const own = samples.get(one)!;
      return median(samples.get(floor)!.map((sample, round) => own[round]!.cpuMs / sample.cpuMs));
    };
    printTable(samples, { head: 'CPU, of libvips alone', of: (one) => ratioOf(one).toFixed(2) });
    if (opencv === null) {
      console.log('OpenCV: no python3 that can import cv2: python3 -m pip install opencv-python-headless');
    }
    const bar = {
      what: `CPU of ${pixels.name}, of libvips alone`,
      measured: ratioOf(pixels),
      required: MOST_RATIO,
      atMost: true,
    };
    console.log(`${verdict(bar)} ${bar.what}: ${bar.measured.toFixed(2)}, at most ${bar.required}`);
    return [bar];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function oneByOne(
  name: string,
  pictures: readonly Uint8Array[],
  work: (bytes: Uint8Array) => Promise<unknown>,
): Contender {
  return {
    name,
    run: async (durationMs) => {
      let done = 0;
      for (const end = performance.now() + durationMs; performance.now() < end; done += 1) {
        await work(pictures[done % pictures.length]!);
      }
      return { pictures: done };
    },
    close: () => Promise.resolve(),
  };
}

/** Null where no python3 can import cv2. */
async function openCv(folder: string): Promise<Contender | null> {
  const script = fileURLToPath(new URL('../../../test/bench/opencv-decode.py', import.meta.url));
  const child = spawn('python3', [script, folder, String(WORKING_SIDE)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = once(child, 'error').then(() => null);
  const first = await Promise.race([lines.next(), failed]);
  if (first === null || first.done === true) return null;
  return {
    name: `OpenCV ${(JSON.parse(first.value) as { version: string }).version}: decode and shrink`,
    run: async (durationMs) => {
      child.stdin.write(`${durationMs}\n`);
      const answer = await lines.next();
      if (answer.done === true) throw new Error('python3 ended while it was measured');
      return JSON.parse(answer.value) as { pictures: number; cpuMs: number };
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
