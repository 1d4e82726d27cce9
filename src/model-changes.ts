/** Promotions and roll-backs that are asked of the running daemon: one at a time, begun at once and told of as they go. */
import type { Config } from './config/schema.js';
import { FashiondError, messageOf } from './domain/errors.js';
import type { ModelChange, ModelControl } from './domain/model-change.js';
import type { ModelFingerprint } from './domain/ids.js';
import { previousOf } from './domain/model-registry.js';
import type { GateReport, ModelEvent, RegisteredModel, RollBackWish } from './domain/model-registry.js';
import type { Clock, Log } from './domain/ports.js';
import type { Renewal } from './domain/renewal.js';
import { judgeInProcess } from './gate-process.js';
import type { ModelHost } from './model-host.js';
import type { ModelSuccession } from './model-succession.js';
import type { Store } from './store/store.js';

interface ChangeParts {
  readonly store: Pick<Store, 'models' | 'renewals'>;
  readonly models: Pick<ModelHost, 'swap'>;
  readonly succession: Pick<ModelSuccession, 'promote' | 'rollBack'>;
  /** Measures a model beside the current one, away from this thread, and records the verdict. */
  readonly judge: (model: RegisteredModel, by: string) => Promise<GateReport>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

type Change = { -readonly [Key in keyof ModelChange]: ModelChange[Key] };

/** Changes that are told of afterwards. */
const KEPT = 50;

/** `config`: what the process that runs the gate judges with; it ends with the signal. */
export function openChanges(
  parts: Omit<ChangeParts, 'judge'>,
  config: Pick<Config, 'store' | 'model'>,
  signal: AbortSignal,
): ModelChanges {
  const { models } = parts.store;
  return new ModelChanges({ ...parts, judge: judgeInProcess({ config, models, signal }) });
}

export class ModelChanges implements ModelControl {
  readonly #parts: ChangeParts;
  readonly #changes: Change[] = [];
  #next = 1;
  #running: Promise<void> | null = null;

  constructor(parts: ChangeParts) {
    this.#parts = parts;
  }

  list(): RegisteredModel[] {
    return this.#parts.store.models.list();
  }

  find(reference: string): RegisteredModel {
    return this.#parts.store.models.find(reference);
  }

  events(limit: number, model?: ModelFingerprint): ModelEvent[] {
    return this.#parts.store.models.events(limit, model);
  }

  renewal(): Renewal | null {
    return this.#parts.store.renewals.state();
  }

  changes(): readonly ModelChange[] {
    const { swap } = this.#parts.models;
    return this.#changes.map((change) =>
      swap !== null && change.endedAt === null && swap.model === change.model
        ? { ...change, step: swap.step }
        : { ...change },
    );
  }

  promote(
    reference: string,
    how: { readonly by: string; readonly force: boolean; readonly note?: string },
  ): ModelChange {
    this.#requireQuiet();
    const model = this.find(reference);
    const { fingerprint, role } = model;
    const short = fingerprint.slice(0, 12);
    if (role === 'current') {
      throw new FashiondError('refused', `model ${short} is served already`, {
        hint: 'Promote another of the registered models.',
      });
    }
    const current = this.#parts.store.models.current()?.fingerprint ?? null;
    const known = model.gate?.against === current ? model.gate : null;
    if (known !== null && !known.passed && !how.force) throw refused(objection(short, known));
    return this.#begin('promotion', fingerprint, how.by, async (change) => {
      change.gate = known;
      if (known === null && !how.force) {
        change.step = 'judge';
        const gate = await this.#parts.judge(model, how.by);
        change.gate = gate;
        if (!gate.passed) throw refused(objection(short, gate));
      }
      await this.#parts.succession.promote(model, how);
    });
  }

  rollBack(how: RollBackWish): ModelChange {
    this.#requireQuiet();
    const { fingerprint: to } = previousOf(this.list(), how.to);
    return this.#begin('roll-back', to, how.by, () => this.#parts.succession.rollBack({ ...how, to }));
  }

  /** Waits for a change that is under way. */
  async close(): Promise<void> {
    await this.#running;
  }

  #requireQuiet(): void {
    if (this.#running === null) return;
    const [change] = this.changes();
    throw new FashiondError(
      'busy',
      `another change is under way: model ${change?.model.slice(0, 12)} (${change?.step})`,
      { hint: 'One change at a time: wait for its end.', retry: true },
    );
  }

  #begin(
    kind: ModelChange['kind'],
    model: ModelFingerprint,
    by: string,
    work: (change: Change) => Promise<void>,
  ): ModelChange {
    const { clock, log } = this.#parts;
    const at = (): string => new Date(clock.now()).toISOString();
    const change: Change = {
      id: this.#next++,
      kind,
      model,
      by,
      startedAt: at(),
      endedAt: null,
      step: 'load',
      gate: null,
      problem: null,
    };
    this.#changes.unshift(change);
    this.#changes.length = Math.min(this.#changes.length, KEPT);
    log.info('model.change', { kind, model, by });
    const ended = async (): Promise<void> => {
      try {
        await work(change);
        change.step = 'done';
      } catch (error) {
        const hint = error instanceof FashiondError ? error.hint : null;
        change.step = error instanceof FashiondError && error.code === 'refused' ? 'refused' : 'failed';
        change.problem = [messageOf(error), hint ?? ''].filter((part) => part !== '').join('. ');
        log.warn('model.change_failed', {
          kind,
          model,
          by,
          step: change.step,
          error: messageOf(error),
          hint,
        });
      } finally {
        change.endedAt = at();
        this.#running = null;
      }
    };
    this.#running = ended();
    return { ...change };
  }
}

function objection(short: string, { checks }: GateReport): string {
  const failed = checks.filter(({ passed }) => !passed).map(({ says }) => says);
  return `model ${short} did not pass the gate: ${failed.join('; ')}`;
}

function refused(message: string): FashiondError {
  return new FashiondError('refused', message, {
    hint: 'With force it is promoted all the same, and that is recorded.',
  });
}
