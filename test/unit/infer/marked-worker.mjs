/**
 * An inference worker for tests: a picture's bytes are its colour (red, green, blue), and some colours do harm.
 * The environment names a file to which every harm is written, one line each; while there is a file of that name
 * with `.broken` behind it, no new thread comes up. Each that does is a line of the file with `.started` behind it.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { createInferenceThread } from '../../../dist/infer/thread.js';

const REFUSED = '0,0,0';
const KILLS_DECODER = '66,0,0';
const KILLS_NETWORK = '0,66,0';
const FILLS_DECODER = '67,0,0';
const FILLS_NETWORK = '0,67,0';
const KILLS_NETWORK_ONCE = '0,0,66';
const FAILS_NETWORK = '66,66,66';

const diary = process.env.FASHIOND_TEST_DIARY;
if (existsSync(`${diary}.broken`)) throw new Error('no memory for a thread');
appendFileSync(`${diary}.started`, 'thread\n');

function die(what) {
  appendFileSync(diary, `${what}\n`);
  process.exit(1);
}

/** Ends the thread with ERR_WORKER_OUT_OF_MEMORY. */
function fill() {
  const kept = [];
  for (;;) kept.push(Array.from({ length: 100_000 }, () => ({})));
}

async function pixelsOf(bytes, { size }) {
  const colour = [...bytes].join(',');
  if (colour === REFUSED) return { kind: 'refused', reason: 'undecodable', detail: 'black' };
  if (colour === KILLS_DECODER) die('decoder');
  if (colour === FILLS_DECODER) fill();
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, at) => bytes[at % 3]);
  return { kind: 'pixels', pixels };
}

async function preparePicture(bytes, options) {
  const outcome = await pixelsOf(bytes, options);
  if (outcome.kind === 'refused') return outcome;
  const { size } = options;
  const facts = { format: 'png', width: size, height: size, phash: '0'.repeat(16), palette: [] };
  return { kind: 'prepared', picture: { facts, pixels: outcome.pixels, look: Float32Array.from(bytes) } };
}

const thread = createInferenceThread({ data: workerData, preparePicture, preparePixels: pixelsOf });

export const { load, prepare, preparePixels, release } = thread;
export async function forward(task) {
  const bytes = task.pixels.length / task.count;
  for (let row = 0; row < task.count; row += 1) {
    const colour = task.pixels.slice(row * bytes, row * bytes + 3).join(',');
    if (colour === KILLS_NETWORK) die(`network ${task.count}`);
    if (colour === FILLS_NETWORK) fill();
    if (colour === KILLS_NETWORK_ONCE && !existsSync(diary)) die('network once');
    if (colour === FAILS_NETWORK) throw new Error('no such kernel');
  }
  return thread.forward(task);
}
