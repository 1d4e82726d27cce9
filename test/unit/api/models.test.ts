/** What the server asks the store of models: nothing that grows with the catalogue. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { modelPapers } from '../../../src/model-papers.js';
import { manifest, MODEL, workbench } from '../store/builders.js';
import { far, showItems } from '../store/pictured-items.js';
import { serveStore } from './served-store.js';

const bench = workbench();

it('is ready without looking at the models, and lists them without reading their reports', async () => {
  const store = showItems(bench.open(), [{ sweater: 0.99, phash: far(0) }]);
  const models = vi.spyOn(store.browse, 'models');
  const report = vi.fn<() => Promise<string>>(async () => '');
  const papers = { card: async () => null, report, hasReport: async () => true };
  const url = await serveStore(store, { papers });
  expect((await fetch(`${url}/-/ready`)).status).toBe(200);
  expect(models).not.toHaveBeenCalled();
  expect(await (await fetch(`${url}/models`)).text()).toContain(`/models/${MODEL}/report`);
  expect([models.mock.calls.length, report.mock.calls.length]).toEqual([1, 0]);
});

it('finds the papers of a model in its folder', async () => {
  const store = bench.open();
  const path = join(bench.folder(), 'model');
  store.models.register({ manifest: manifest(), path }, 'config');
  const papers = modelPapers(store.browse);
  expect([await papers.card(MODEL), await papers.report(MODEL), await papers.hasReport(MODEL)]).toEqual([
    null,
    null,
    false,
  ]);
  mkdirSync(path);
  writeFileSync(join(path, 'card.md'), '# A model');
  writeFileSync(join(path, 'report.html'), '<h1>Report</h1>');
  expect([await papers.card(MODEL), await papers.report(MODEL), await papers.hasReport(MODEL)]).toEqual([
    '# A model',
    '<h1>Report</h1>',
    true,
  ]);
  expect(await papers.hasReport('x'.repeat(64) as typeof MODEL)).toBe(false);
});
