/**
 * Lookalikes of an uploaded picture, asked of the daemon as it ships on a catalogue of so many items: what a user waits,
 * the picture's description included. One question at a time, the clock's time.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { garmentSpec, renderGarment } from '../../src/garments/render.js';
import { GARMENT_KINDS } from '../../src/garments/spec.js';
import { startServing } from '../soak/serving-daemon.js';
import { median } from './rounds.js';
import type { BenchBar } from './rounds.js';

const QUESTIONS = 60;
/** Caches and inference threads are warm after so many. */
const FIRST = 15;
const MOST_MS = 50;

/** `database`: with the vectors of its pictures. */
export async function serviceBars(database: string): Promise<readonly BenchBar[]> {
  const config = join(dirname(database), 'fashiond.yaml');
  const settings = {
    shops: [],
    store: { path: database },
    api: { listen: '127.0.0.1:0' },
    log: { format: 'json' },
  };
  writeFileSync(config, stringify(settings));
  const { daemon, url } = await startServing(config);
  try {
    while (!(await fetch(`${url}/-/ready`)).ok) {
      daemon.mustRun();
      await sleep(100);
    }
    const waits: number[] = [];
    for (let nth = 0; nth < QUESTIONS; nth += 1) {
      const kind = GARMENT_KINDS[nth % GARMENT_KINDS.length]!;
      const picture = await renderGarment(garmentSpec(kind, nth, 'held-out'), { width: 480, height: 600 });
      const began = performance.now();
      const response = await fetch(`${url}/v1/similar?limit=12`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: new Uint8Array(picture),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${text}`);
      waits.push(performance.now() - began);
    }
    const measured = median(waits.slice(FIRST));
    console.log(
      `a picture sent to the daemon: first ${waits[0]?.toFixed(0)} ms, then ${measured.toFixed(1)} ms in the median`,
    );
    return [{ what: 'ms that a picture’s lookalikes take', measured, required: MOST_MS, atMost: true }];
  } finally {
    await daemon.stop();
  }
}
