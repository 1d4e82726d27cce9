/** The model that a daemon starts with is asked the golden pictures, and the gate judges with what is in force. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { App } from '../../src/app.js';
import { loadConfig } from '../../src/config/load.js';
import type { LoadedConfig } from '../../src/config/load.js';
import type { Log } from '../../src/domain/ports.js';
import { judgeInProcess } from '../../src/gate-process.js';
import { loadModelFolder } from '../../src/infer/model-folder.js';
import { openStore } from '../../src/store/store.js';
import { writeWorkplace } from '../support/cli.js';
import { runCommand } from '../support/run-command.js';
import { tinyVariant, writeTinyModelTo } from '../support/tiny-network.js';
import { silent } from '../unit/store/builders.js';

const TIMEOUT_MS = 180_000;

/** A workplace whose config names a tiny model, and how the daemon is opened there and closed again. */
async function place() {
  const here = writeWorkplace([], {});
  const first = await writeTinyModelTo(join(here.folder, 'first'), { network: tinyVariant(1) });
  const made = await loadConfig(here.config);
  const { model, store } = made.config;
  const loaded: LoadedConfig = {
    ...made,
    config: { ...made.config, model: { ...model, path: first, text: 'off' }, store },
  };
  const logged: string[] = [];
  const note = (event: string): void => void logged.push(event);
  const log: Log = { ...silent, warn: note, error: note, child: () => log };
  /** What a start serves. */
  const serving = async (): Promise<string> => {
    const app = await App.open(loaded, log);
    try {
      return app.classifier.manifest.fingerprint;
    } finally {
      await app.close();
    }
  };
  return { ...here, first, loaded, serving, logged };
}

/** What the model is said to have answered when it was loaded first is something else. */
function twist(db: string, fingerprint: string): void {
  const file = new Database(db);
  const { changes } = file
    .prepare(
      `UPDATE golden_answers SET answer = json_set(answer, '$.probabilities.sweater', 0.5, '$.probabilities.beanie', 0.5)
       WHERE model_id = (SELECT id FROM models WHERE fingerprint = ?)`,
    )
    .run(fingerprint);
  file.close();
  expect(changes).toBeGreaterThan(0);
}

describe('the model of a start', { timeout: TIMEOUT_MS }, () => {
  it('that answers the golden pictures otherwise than at first is refused where there is no other', async () => {
    const { db, serving } = await place();
    const fingerprint = await serving();
    expect(await serving()).toBe(fingerprint);
    twist(db, fingerprint);
    await expect(serving()).rejects.toThrow(
      /cannot be served: .* answers wrongly of the .*first it had 0\.500/,
    );
  });

  it('leaves its place to the previous one, which log, registry and status say', async () => {
    const { folder, db, config, serving, logged } = await place();
    const first = await serving();
    const path = await writeTinyModelTo(join(folder, 'second'), { network: tinyVariant(2) });
    const { manifest } = await loadModelFolder(path);
    const store = openStore(db, { log: silent });
    store.models.addCandidate({ manifest, path }, { kind: 'imported', by: 'ann' });
    store.models.promote(manifest.fingerprint, { by: 'ann', force: true });
    store.close();
    expect(await serving()).toBe(manifest.fingerprint);
    expect((await runCommand('status', '--config', config)).out).not.toContain('it serves since');
    twist(db, manifest.fingerprint);
    expect(await serving()).toBe(first);
    expect(logged).toContain('model.fell_back');
    const status = await runCommand('status', '--config', config);
    expect(status.out).toMatch(
      new RegExp(
        `it serves since .* instead of ${manifest.fingerprint.slice(0, 12)}, .*answers wrongly of the`,
      ),
    );
    expect(await serving()).toBe(first);
  });
});

describe('the gate of the daemon', { timeout: TIMEOUT_MS }, () => {
  it('judges the catalogue that the daemon has, whatever its config file says', async () => {
    const { folder, loaded } = await place();
    const path = await writeTinyModelTo(join(folder, 'second'), { network: tinyVariant(2) });
    const { manifest } = await loadModelFolder(path);
    const made = openStore(loaded.config.store.path, { log: silent });
    made.models.addCandidate({ manifest, path }, { kind: 'imported', by: 'ann' });
    made.close();
    const elsewhere = new Database(loaded.config.store.path);
    elsewhere.exec(`VACUUM INTO '${join(folder, 'elsewhere.db')}'`);
    elsewhere.close();
    // As `demo --data` has it: no file names this database.
    const store = { ...loaded.config.store, path: join(folder, 'elsewhere.db') };
    const config = { store, model: { ...loaded.config.model, gate_precision: 0 } };
    const app = await App.open({ ...loaded, config: { ...loaded.config, ...config } }, silent);
    try {
      const { models } = app.store;
      const judge = judgeInProcess({ config, models, signal: new AbortController().signal });
      const gate = await judge(models.find('candidate'), 'ann');
      expect(gate.checks.find(({ name }) => name === 'precision')).toMatchObject({ required: 0 });
      expect(models.events(1)).toMatchObject([{ step: 'judged', by: 'ann' }]);
    } finally {
      await app.close();
    }
  });
});
