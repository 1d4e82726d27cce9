/**
 * From labels to a better model and back: two shops are crawled, people say what is wrong, the model is taught, judged,
 * promoted and rolled back, all beside one daemon that goes on serving.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../../src/app.js';
import { renderPicture } from '../../src/cli/demo.js';
import { loadConfig } from '../../src/config/load.js';
import { startDemoShops } from '../../src/demo/shops.js';
import type { DemoShops } from '../../src/demo/shops.js';
import { createLog } from '../../src/platform/log.js';
import { fashiond, rowsOf, writeWorkplace } from '../support/cli.js';
import { writeForgetfulModel } from '../support/forgetful-model.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** Of each of the two shops. */
const PRODUCTS = 30;
const LABELS = 40;
/** What the model at the start was never taught. */
const FORGOTTEN = 'beanie';
const TIMEOUT_MS = 1_200_000;

let shops: DemoShops;
let app: App;
let running: Promise<void>;
let url: string;
let place: ReturnType<typeof writeWorkplace>;

beforeAll(async () => {
  shops = await startDemoShops({
    seed: 1,
    productsPerShop: PRODUCTS,
    renderPicture,
  });
  // Pictures alone decide, so that words do not mend what the model gets wrong. Few held-out pictures prove little.
  place = writeWorkplace([], {
    model: {
      path: await writeForgetfulModel(join(temporaryFolder(), 'forgetful'), FORGOTTEN),
      text: 'off',
      rejection: 'fixed',
      threshold: 0.6,
      gate_precision: 0.85,
    },
    log: { level: 'error' },
  });
  const loaded = await loadConfig(place.config);
  app = await App.open({ ...loaded, shops: shops.shops }, createLog(loaded.config.log));
  running = app.start();
  for (const shop of shops.shops) await app.crawl(shop, '2026-01-01T00:00:00.000Z', { all: true });
  await app.imagesDone();
  url = (await app.serve('127.0.0.1:0'))!;
}, TIMEOUT_MS);
afterAll(async () => {
  await app.close();
  await running;
  await shops.close();
});

interface Seen {
  readonly id: number;
  readonly picture: string;
  readonly truth: string;
  /** What the current model takes the picture for. */
  readonly best: string;
}

/** Items whose main picture the current model has judged. */
function seen(): Seen[] {
  const rows = rowsOf<{ id: number; url: string; picture: string; best: string }>(
    place.db,
    `SELECT i.product_id AS id, i.url, i.picture, p.best FROM v_items i
       JOIN blobs b ON b.sha256 = i.picture JOIN predictions p ON p.blob_id = b.id
       JOIN models m ON m.id = p.model_id AND m.role = 'current' ORDER BY i.product_id`,
  );
  return rows.map(({ url: page, ...row }) => ({ ...row, truth: shops.truth.get(page)!.category }));
}

/** What the models, not the people, say of every item. */
const answers = (): unknown[] =>
  rowsOf(place.db, 'SELECT product_id, best_category, round(probability, 3) AS p FROM v_items ORDER BY 1');

/** What the catalogue says of these items, whoever decided. */
const decided = (ids: readonly number[]): unknown[] =>
  rowsOf(
    place.db,
    `SELECT product_id AS id, category, decided_by FROM v_items WHERE product_id IN (${ids.join()}) ORDER BY 1`,
  );

const modelIn = (role: string): string | undefined =>
  rowsOf<{ fingerprint: string }>(place.db, `SELECT fingerprint FROM v_models WHERE role = '${role}'`)[0]
    ?.fingerprint;

async function post(path: string, body: unknown, status: number): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as Record<string, unknown>;
  expect({ status: response.status, answer }).toMatchObject({ status });
  return answer;
}

/** Begins a change of the model and waits until it is made and all items have been seen again. */
async function changed(path: string): Promise<void> {
  let change = await post(path, {}, 202);
  while (change['endedAt'] === null) {
    await sleep(100);
    change = (await (await fetch(`${url}/v1/model-changes/${String(change['id'])}`)).json()) as typeof change;
  }
  expect(change).toMatchObject({ step: 'done', problem: null });
  await expect.poll(() => app.store.renewals.state()?.endedAt, { timeout: 60_000 }).not.toBeNull();
}

describe('the whole loop', () => {
  it(
    'learns from forty labels what it took for something else, and takes it back',
    { timeout: TIMEOUT_MS },
    async () => {
      const before = seen();
      const wrong = before.filter(({ best, truth }) => best !== truth);
      expect(wrong.filter(({ truth }) => truth === FORGOTTEN).length).toBeGreaterThanOrEqual(4);
      const right = before.filter(({ best, truth }) => best === truth);
      const labelled = [...wrong, ...right].slice(0, LABELS);
      expect(labelled.length).toBe(LABELS);
      const [old, oldAnswers] = [modelIn('current'), answers()];
      for (const { id, truth, picture } of labelled)
        await post('labels', { items: [id], verdict: 'category', category: truth, picture }, 200);
      // What a person said is right at once, and stays so whatever any model says.
      const ids = labelled.map(({ id }) => id);
      const said = labelled
        .map(({ id, truth }) => ({ id, category: truth, decided_by: 'person' }))
        .toSorted((a, b) => a.id - b.id);
      expect(decided(ids)).toEqual(said);

      const teaching = '--rendered 8 --epochs 5 --seed 1'.split(' ');
      const taught = await fashiond(
        'train',
        'category',
        '--from-review',
        ...teaching,
        '--config',
        place.config,
      );
      expect(taught).toMatchObject({ code: 0, stdout: expect.stringMatching(/candidate/) });
      expect(taught.stderr).toContain('taught once more in the same way, with every label');
      expect(modelIn('current')).toBe(old);

      await changed(`models/${modelIn('candidate')!}/promote`);
      expect(modelIn('previous')).toBe(old);
      const now = new Map(seen().map(({ id, best }) => [id, best]));
      expect(wrong.filter(({ id, truth }) => now.get(id) !== truth)).toEqual([]);
      expect(decided(ids)).toEqual(said);

      await changed('models/rollback');
      expect(modelIn('current')).toBe(old);
      expect(answers()).toEqual(oldAnswers);
      expect(decided(ids)).toEqual(said);
      const steps = rowsOf<{ step: string }>(place.db, 'SELECT step FROM v_model_events ORDER BY event');
      expect(steps.map(({ step }) => step)).toEqual([
        'registered',
        'candidate',
        'judged',
        'promoted',
        'rolled-back',
      ]);
    },
  );
});
