/** What people said and promoted is kept once it was acknowledged: kill -9 takes none of it back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import { Random } from '../../src/platform/random.js';
import { openStore } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { begin, manifest, product, read, shop, silent, visit } from '../unit/store/builders.js';

const KILLS = 4;
const ITEMS = 8;
const MODELS = ['1', '2'].map((digit) => digit.repeat(64) as ModelFingerprint);
const dist = pathToFileURL(fileURLToPath(new URL('../../dist/store/store.js', import.meta.url))).href;

/** Says what was acknowledged, in the order of the acknowledgements. */
interface Said {
  readonly label?: number;
  readonly category?: string;
  readonly withdrawn?: number;
  readonly promoted?: ModelFingerprint;
}

const script = (path: string): string => `
  import { writeSync } from 'node:fs';
  import { openStore } from ${JSON.stringify(dist)};
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
  const store = openStore(${JSON.stringify(path)}, { log });
  const say = (said) => writeSync(1, JSON.stringify(said) + '\\n');
  for (let n = 0; ; n++) {
    const category = n % 2 === 0 ? 'dress' : 'sweater';
    const said = { product: 1 + (n % ${ITEMS}), verdict: 'category', category, picture: null, sample: null, by: 'ann' };
    const [{ id }] = store.reviews.label([said]);
    say({ label: id, category });
    if (n % 3 === 0) {
      store.reviews.withdraw(id, 'ben');
      say({ withdrawn: id });
    }
    if (n % 5 === 0) {
      const { fingerprint } = store.models.list().find(({ role }) => role !== 'current');
      store.models.promote(fingerprint, { by: 'ann', force: true });
      say({ promoted: fingerprint });
    }
  }`;

/** Lets it label and promote until it has said so many things, and kills it at whatever it is doing then. */
async function killedAfter(path: string, lines: number): Promise<Said[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(path)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const said: Said[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.endsWith('}')) said.push(JSON.parse(line) as Said);
    if (said.length === lines) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  return said;
}

it(
  'keeps every label, withdrawal and promotion that was acknowledged before kill -9',
  { timeout: 120_000 },
  async () => {
    const path = join(temporaryFolder(), 'shop.db');
    const first = openStore(path, { log: silent });
    first.syncShops([shop()]);
    const run = begin(first);
    for (let n = 0; n < ITEMS; n++) {
      const url = `https://moda.example/p/${n}`;
      visit(first, run, url, read(product({ url, sku: `S${n}` })));
    }
    for (const fingerprint of MODELS)
      first.models.register({ manifest: manifest(fingerprint), path: '/m' }, 'config');
    first.close();

    const random = new Random(20_261_128);
    const said: Said[] = [];
    for (let kills = 1; kills <= KILLS; kills++) {
      said.push(...(await killedAfter(path, 20 + random.int(0, 60))));
      const store = openStore(path, { log: silent });
      try {
        const labels = new Map(store.reviews.labels(100_000, null).map((label) => [label.id, label]));
        const lost = said.filter(({ label, category, withdrawn }) =>
          label === undefined
            ? withdrawn !== undefined && (labels.get(withdrawn)?.withdrawnAt ?? null) === null
            : labels.get(label)?.category !== category,
        );
        expect(lost).toEqual([]);
        const told = said.flatMap(({ promoted }) => promoted ?? []);
        const made = store.models.events(100_000).filter(({ step }) => step === 'forced');
        // What was on the disk when it died need not have been acknowledged yet: one of each at most, each time.
        const newest = made.map(({ model }) => model).toReversed();
        expect(newest.length - told.length).toBeLessThanOrEqual(kills);
        expect(isWithin(told, newest)).toBe(true);
        expect(store.models.current()?.fingerprint).toBe(newest.at(-1));
        expect(labels.size - said.filter(({ label }) => label !== undefined).length).toBeLessThanOrEqual(
          kills,
        );
        expect(store.integrityCheck()).toEqual([]);
      } finally {
        store.close();
      }
    }
    expect(said.some(({ withdrawn }) => withdrawn !== undefined)).toBe(true);
  },
);

/** Whether all of the first list stand in the second one, in their order. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const one of all) if (one === some[at]) at += 1;
  return at === some.length;
}
