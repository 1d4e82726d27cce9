/** Models that take each other's place while requests go on, as the daemon does it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../src/domain/ids.js';
import type { RegisteredModel } from '../../src/domain/model-registry.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { openRegistry } from '../support/second-registry.js';
import { serveCatalogue } from '../support/served-catalogue.js';
import type { ServedCatalogue } from '../support/served-catalogue.js';
import { picture, smallItems } from '../support/small-shop.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { tinyVariant, writeTinyModelTo } from '../support/tiny-network.js';

let served: ServedCatalogue;
beforeAll(async () => {
  served = await serveCatalogue({ api: { rate: 10_000, burst: 10_000 } });
}, 120_000);
afterAll(() => served.close());

/** A candidate that passed the gate beside the current model. */
async function candidate(
  number: number,
  options: { readonly passed?: boolean } = {},
): Promise<RegisteredModel> {
  const { models } = served.app.store;
  const folder = await writeTinyModelTo(join(temporaryFolder(), `model-${number}`), {
    network: tinyVariant(number),
  });
  const { manifest } = await loadModelFolder(folder);
  models.addCandidate({ manifest, path: folder }, { kind: 'imported', by: 'test' });
  const passed = options.passed ?? true;
  const against = models.current()!.fingerprint;
  models.recordGate(manifest.fingerprint, { against, passed, checks: [], data: 'test', pictures: 9 }, 'test');
  return models.find(manifest.fingerprint);
}

async function post(path: string, body: unknown): Promise<{ readonly id: number }> {
  const response = await fetch(`${served.url}/v1/models/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(202);
  return (await response.json()) as { id: number };
}

async function ended({ id }: { readonly id: number }): Promise<{ step: string; problem: string | null }> {
  for (;;) {
    const response = await fetch(`${served.url}/v1/model-changes/${id}`);
    const change = (await response.json()) as {
      step: string;
      problem: string | null;
      endedAt: string | null;
    };
    if (change.endedAt !== null) return change;
    await sleep(50);
  }
}

const current = (): ModelFingerprint => served.app.store.models.current()!.fingerprint;
const renewed = async (): Promise<void> => {
  await expect.poll(() => served.app.store.renewals.state()?.endedAt, { timeout: 60_000 }).not.toBeNull();
};

describe('a model', () => {
  it('is replaced three times under load without a failed request', { timeout: 240_000 }, async () => {
    const bytes = await Promise.all(smallItems(9).map((item) => picture(item)));
    const answers: number[] = [];
    const stop = new AbortController();
    const ask = async (lane: number): Promise<void> => {
      for (let n = lane; !stop.signal.aborted; n += 1) {
        const path = n % 2 === 0 ? 'classify' : 'similar?limit=3';
        const response = await fetch(`${served.url}/v1/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'image/png' },
          body: new Uint8Array(bytes[n % bytes.length]!),
        });
        const answer = (await response.json()) as { results?: unknown[]; prediction?: unknown };
        answers.push(response.status);
        if (response.status !== 200) throw new Error(JSON.stringify(answer));
        expect(answer.results?.length ?? answer.prediction).toBeTruthy();
      }
    };
    const asking = Promise.all([0, 1, 2, 3].map((lane) => ask(lane)));
    for (const number of [1, 2, 3]) {
      const { fingerprint } = await candidate(number);
      const before = answers.length;
      expect(await ended(await post(`${fingerprint}/promote`, {}))).toMatchObject({
        step: 'done',
        problem: null,
      });
      expect(current()).toBe(fingerprint);
      await renewed();
      await expect.poll(() => answers.length, { timeout: 30_000 }).toBeGreaterThan(before);
    }
    stop.abort();
    await asking;
    // Every item has been seen by the last one, and is searched with it.
    const { store } = served.app;
    expect(store.renewals.state()).toMatchObject({ model: current(), from: current(), done: 9 });
    expect(store.vectorFingerprints().find(({ model }) => model === current())).toMatchObject({ count: 9 });
  });

  it(
    'whose answers are no numbers never serves, and the one before goes on',
    { timeout: 60_000 },
    async () => {
      const before = current();
      const { fingerprint } = await candidate(Number.NaN);
      const change = await ended(await post(`${fingerprint}/promote`, {}));
      expect(change.step).toBe('failed');
      expect(change.problem).toMatch(/answers wrongly of the .*not a number|no number/);
      expect(current()).toBe(before);
      const response = await fetch(`${served.url}/v1/classify`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: new Uint8Array(await picture(smallItems(1)[0]!)),
      });
      expect(response.status).toBe(200);
    },
  );

  it('that another process made current is followed', { timeout: 60_000 }, async () => {
    const before = current();
    const { fingerprint } = await candidate(7);
    const registry = openRegistry(served.app.store.path);
    registry.models.promote(fingerprint, { by: 'ann' });
    registry.close();
    const serving = (): string => served.app.classifier.manifest.fingerprint;
    await expect.poll(serving, { timeout: 30_000 }).toBe(fingerprint);
    // Those that cannot be served are passed over: the one that serves is current again.
    const { models } = served.app.store;
    for (const digit of ['e', 'f']) {
      const lost = models.addCandidate(
        {
          manifest: {
            fingerprint: digit.repeat(64) as ModelFingerprint,
            name: `lost-${digit}`,
            labels: [],
            threshold: 0,
          },
          path: '/nowhere',
        },
        { kind: 'imported', by: 'test' },
      );
      const again = openRegistry(served.app.store.path);
      again.models.promote(lost.fingerprint, { by: 'ann', force: true });
      again.close();
    }
    await expect.poll(current, { timeout: 30_000 }).toBe(fingerprint);
    expect(models.events(1)[0]).toMatchObject({ step: 'fell-back', by: 'daemon', model: fingerprint });
    expect(serving()).toBe(fingerprint);
    // A roll-back finds the model that served before, not a lost one.
    expect(await ended(await post('rollback', {}))).toMatchObject({ step: 'done', problem: null });
    expect([current(), serving()]).toEqual([before, before]);
  });
});
