/**
 * Decoding: photos of 900 x 1200 pixels to what the network and the search take, beside libvips alone (decoding and
 * shrinking with the same kernel and settings, the floor of whatever is built on it) and OpenCV, which leaves out pixels
 * while it decodes as libvips does. By turns in one run; the ratio is taken within a round, of CPU times.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { garmentSpec, renderGarment } from '../../src/garments/render.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { WORKING_SIDE } from '../../src/images/decode.js';
import { preparePicture, preparePixels } from '../../src/images/prepare.js';
import { missingText, peerBar } from './peers.js';
import { pythonContender } from './python-contender.js';
import { barText, machineText, measureByTurns, median, printTable } from './rounds.js';
import type { BenchBar, Contender } from './rounds.js';

const ROUNDS = 5;
const ROUND_MS = 2000;
const PICTURES = 16;
const SIZE = { width: 900, height: 1200 };
const OPTIONS = { size: 96, fill: 255, maxPixels: 40_000_000 };
/**
 * What the network takes costs little beyond the decoding. Everything is palette, foreground and look as well, computed of
 * smaller copies: a figure without a bar.
 */
const MOST_RATIO = 2;
/** It averages areas where libvips weighs them with a cubic kernel, and makes no hash. */
const MOST_OF_OPENCV = 3;

export async function benchDecode(rounds = ROUNDS): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-decode-'));
  // As in an inference thread.
  sharp.concurrency(1);
  sharp.cache(false);
  try {
    const pictures = await Promise.all(
      Array.from({ length: PICTURES }, (_, at) =>
        renderGarment(garmentSpec(GARMENT_KINDS[at % GARMENT_KINDS.length]!, at, 'held-out'), SIZE),
      ),
    );
    for (const [at, bytes] of pictures.entries()) writeFileSync(join(folder, `${at}.jpg`), bytes);
    const floor = oneByOne('libvips alone (sharp): decode and shrink', pictures, (bytes) =>
      sharp(bytes, { autoOrient: true })
        .resize(WORKING_SIDE, WORKING_SIDE, { fit: 'inside', kernel: 'cubic' })
        .removeAlpha()
        .raw()
        .toBuffer(),
    );
    const whole = oneByOne('everything: pixels, hash, palette, look', pictures, (bytes) =>
      preparePicture(bytes, OPTIONS),
    );
    const pixels = oneByOne('pixels and hash', pictures, (bytes) => preparePixels(bytes, OPTIONS));
    const opencv = await pythonContender(
      'OpenCV',
      'opencv-decode.py',
      [folder, String(WORKING_SIDE)],
      ': decode and shrink',
    );
    const contenders = [whole, pixels, floor, ...(opencv.kind === 'present' ? [opencv.measured] : [])];
    const bytes = pictures.reduce((sum, picture) => sum + picture.length, 0) / PICTURES;
    console.log(
      `${PICTURES} JPEGs of ${SIZE.width} x ${SIZE.height}, ${(bytes / 1000).toFixed(0)} kB each, in ${rounds} rounds; ${machineText()}`,
    );
    const samples = await measureByTurns(contenders, rounds, ROUND_MS);
    const ratio = (one: Contender, other: Contender): number =>
      median(samples.get(other)!.map((sample, round) => samples.get(one)![round]!.cpuMs / sample.cpuMs));
    printTable(samples, { head: 'CPU, of libvips alone', of: (one) => ratio(one, floor).toFixed(2) });
    if (opencv.kind !== 'present') console.log(`OpenCV: ${missingText(opencv)}`);
    const what = `CPU of ${pixels.name}`;
    const bars: BenchBar[] = [
      {
        what: `${what}, of libvips alone`,
        measured: ratio(pixels, floor),
        required: MOST_RATIO,
        atMost: true,
      },
      peerBar(opencv, { what: `${what}, of OpenCV`, required: MOST_OF_OPENCV, atMost: true }, (other) =>
        ratio(pixels, other),
      ),
    ];
    for (const bar of bars) console.log(barText(bar));
    return bars;
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
