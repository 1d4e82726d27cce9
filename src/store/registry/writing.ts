/** The registry as it is changed: each step is one transaction with the row that records it, on the disk on return. */
import { FashiondError } from '../../domain/errors.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import { previousOf } from '../../domain/model-registry.js';
import type {
  ConfiguredModel,
  GateReport,
  ModelRegistry,
  ModelStep,
  NewModel,
  RegisteredModel,
  RollBackWish,
} from '../../domain/model-registry.js';
import type { Clock } from '../../domain/ports.js';
import type { Connection } from '../connection.js';
import { describeModel, giveRole, holderOf, makeCurrent, modelRow, takeRole } from '../models.js';
import { RegistryReading } from './reading.js';

interface Step {
  readonly step: ModelStep;
  readonly by: string;
  readonly other?: number | null;
  readonly gate?: GateReport | null;
  readonly note?: string | undefined;
}

const BY_FORCE =
  'fashiond models promote judges it again; --force promotes it all the same, and is recorded.';

export class Registry extends RegistryReading implements ModelRegistry {
  readonly #clock: Pick<Clock, 'now'>;

  constructor(db: Connection, clock: Pick<Clock, 'now'>) {
    super(db);
    this.#clock = clock;
  }

  register(model: NewModel, by: string, note?: string): RegisteredModel {
    return this.#step(model.manifest.fingerprint, (now) => {
      const wasCurrent = holderOf(this.db, 'current');
      const id = describeModel(this.db, model);
      const other = makeCurrent(this.db, id, now);
      if (wasCurrent !== id) this.#record(id, { step: 'registered', by, other, note }, now);
    });
  }

  recordConfigured({ fingerprint, path }: ConfiguredModel): void {
    this.db.durably(() =>
      this.db.run('INSERT OR REPLACE INTO configured_model (id, fingerprint, path) VALUES (1, ?, ?)', [
        fingerprint,
        path,
      ]),
    );
  }

  addCandidate(
    model: NewModel,
    { kind, by, note }: Parameters<ModelRegistry['addCandidate']>[1],
  ): RegisteredModel {
    return this.#step(model.manifest.fingerprint, (now) => {
      const id = describeModel(this.db, model);
      const inUse = [holderOf(this.db, 'current'), holderOf(this.db, 'previous')].includes(id);
      if (!inUse) giveRole(this.db, id, 'candidate');
      this.#record(id, { step: kind, by, note }, now);
    });
  }

  recordGate(model: ModelFingerprint, gate: GateReport, by: string): void {
    this.#step(this.find(model).fingerprint, (now) => {
      const other = gate.against === null ? null : modelRow(this.db, gate.against);
      this.#record(modelRow(this.db, model), { step: 'judged', by, other, gate }, now);
    });
  }

  promote(
    model: ModelFingerprint,
    { by, force = false, note }: Parameters<ModelRegistry['promote']>[1],
  ): RegisteredModel {
    return this.#step(model, (now) => {
      const { role, gate, path } = this.find(model);
      if (role === 'current') {
        throw refused(
          `${short(model)} is the current model already`,
          'Promote another of the registered models.',
        );
      }
      if (path === null) {
        throw refused(`nobody knows where the folder of ${short(model)} is`, 'Import the model again.');
      }
      const objection = objectionTo(gate, this.current()?.fingerprint ?? null);
      if (objection !== null && !force) throw refused(`${short(model)} ${objection}`, BY_FORCE);
      const id = modelRow(this.db, model);
      const other = makeCurrent(this.db, id, now);
      this.#record(id, { step: objection === null ? 'promoted' : 'forced', by, other, gate, note }, now);
    });
  }

  rollBack({ by, note, to }: RollBackWish): RegisteredModel {
    // Read in the transaction: another process may promote at any moment.
    const model = this.db.durably(() => {
      const { fingerprint } = previousOf(this.list(), to);
      const now = this.#clock.now();
      const id = modelRow(this.db, fingerprint);
      const other = makeCurrent(this.db, id, now);
      this.#record(id, { step: 'rolled-back', by, other, note }, now);
      return fingerprint;
    });
    return this.find(model);
  }

  fallBack({ from, to, by, note }: Parameters<ModelRegistry['fallBack']>[0]): RegisteredModel {
    return this.#step(this.find(to).fingerprint, (now) => {
      const broken = modelRow(this.db, from);
      const id = modelRow(this.db, to);
      // Someone else has made another model current meanwhile.
      if (broken === id || holderOf(this.db, 'current') !== broken) return;
      const previous = this.#predecessor(id) ?? holderOf(this.db, 'previous');
      makeCurrent(this.db, id, now);
      // That made the broken one previous: a roll-back must find a model that works.
      takeRole(this.db, broken);
      if (previous !== null && previous !== id && previous !== broken)
        giveRole(this.db, previous, 'previous');
      this.#record(id, { step: 'fell-back', by, other: broken, note }, now);
    });
  }

  /** Row of the model whose place this one took when it was last made current by someone's wish. */
  #predecessor(id: number): number | null {
    const sql = `
      SELECT other_id FROM model_events
      WHERE model_id = ? AND step IN ('registered', 'promoted', 'forced', 'rolled-back') ORDER BY id DESC LIMIT 1`;
    return this.db.get<{ other_id: number | null }>(sql, [id])?.other_id ?? null;
  }

  #step(model: ModelFingerprint, work: (now: number) => void): RegisteredModel {
    this.db.durably(() => work(this.#clock.now()));
    return this.find(model);
  }

  #record(id: number, { step, by, other = null, gate = null, note }: Step, now: number): void {
    this.db.run(
      'INSERT INTO model_events (model_id, step, by, at, other_id, gate, note) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [id, step, by, now, other, gate === null ? null : JSON.stringify(gate), note ?? null],
    );
  }
}

/** What speaks against promoting a model with this verdict; null where nothing does. */
function objectionTo(gate: GateReport | null, current: ModelFingerprint | null): string | null {
  if (gate === null) return 'was not judged against the current model';
  if (gate.against !== current)
    return `was judged against ${short(gate.against)}, which is not current any more`;
  const failed = gate.checks.filter(({ passed }) => !passed).map(({ says }) => says);
  return gate.passed ? null : `did not pass the gate: ${failed.join('; ')}`;
}

function short(model: ModelFingerprint | null): string {
  return model === null ? 'no model' : `model ${model.slice(0, 12)}`;
}

function refused(message: string, hint: string): FashiondError {
  return new FashiondError('refused', message, { hint });
}
