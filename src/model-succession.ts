/**
 * What happens to models while the daemon runs: one is promoted or brought back, and the catalogue comes over to it.
 *
 * The registry is the truth: a promotion is on the disk before the new model serves, and whatever follows from it (the
 * renewal, search coming over) is found again from the store after a crash at any moment.
 */
import { FashiondError, messageOf } from './domain/errors.js';
import { previousOf } from './domain/model-registry.js';
import type { RegisteredModel, RollBackWish } from './domain/model-registry.js';
import type { ModelFingerprint } from './domain/ids.js';
import type { Clock, Log } from './domain/ports.js';
import type { OpenLookalikes } from './lookalikes.js';
import type { ModelHost } from './model-host.js';
import { renewItems } from './pipeline/renewal-step.js';
import type { RenewalParts } from './pipeline/renewal-step.js';
import { Bell } from './platform/bell.js';
import type { Store } from './store/store.js';

interface SuccessionParts extends Pick<RenewalParts, 'blobs' | 'classifier' | 'decide' | 'room'> {
  readonly store: Store;
  readonly models: ModelHost;
  readonly clock: Clock;
  readonly log: Log;
}

/** How soon a step that another process recorded is followed. */
const WATCH_MS = 2000;

export class ModelSuccession {
  readonly #parts: SuccessionParts;
  /** Rung when another model serves. */
  readonly #modelChanged = new Bell();
  #search: Pick<OpenLookalikes, 'comeOver'> | null = null;
  /** The registry's current model where it cannot be served and the registry could not be told yet: not tried again. */
  #failed: { readonly model: ModelFingerprint; readonly note: string } | null = null;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
  }

  /** The index that is to come over with the model; null where nobody searches. */
  searchIn(search: Pick<OpenLookalikes, 'comeOver'> | null): void {
    this.#search = search;
  }

  /** Has the model that was opened decide, and takes up what an earlier process left of a renewal. */
  begin(): void {
    const { store, models } = this.#parts;
    const { fingerprint, decider } = models.serving;
    const { from } = this.#beginRenewal(models.searched.fingerprint);
    if (from !== models.searched.fingerprint) {
      // The model before cannot be opened any more, or its looks are of no use.
      store.renewals.forgetBefore();
      void models.searchServing(fingerprint);
    }
    this.#decideWith();
    store.setDecider(fingerprint, decider.version, decider.decide);
  }

  /** Sees old items again, `rate` pictures a second at most, and follows the registry, until the signal aborts. */
  async run(rate: number, signal: AbortSignal): Promise<void> {
    const comeOver = (model: ModelFingerprint): Promise<void> => this.comeOver(model);
    const renewal = { ...this.#parts, modelChanged: this.#modelChanged, comeOver };
    await Promise.all([renewItems(renewal, rate, signal), this.#watch(signal)]);
  }

  /** Throws FashiondError as `ModelHost.replace` and the registry's `promote`. */
  promote(
    model: RegisteredModel,
    how: { readonly by: string; readonly force?: boolean; readonly note?: string },
  ): Promise<void> {
    return this.#serve(model, () => this.#parts.store.models.promote(model.fingerprint, how));
  }

  /** Likewise; `refused` where there is no previous model, or another than was meant, before or while it is opened. */
  async rollBack(how: RollBackWish): Promise<void> {
    const { models } = this.#parts.store;
    const previous = previousOf(models.list(), how.to);
    await this.#serve(previous, () => models.rollBack({ ...how, to: previous.fingerprint }));
  }

  /**
   * Follows the registry until the signal aborts: another process, such as `fashiond models promote`, may make another
   * model current. Where that cannot be served, the registry goes back to the one that is.
   */
  async #watch(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(WATCH_MS, signal);
      try {
        if (!signal.aborted) await this.#followRegistry(signal);
      } catch (error) {
        // The disk may be full, or another process hold the database: looked at again next time.
        log.error('model.registry_not_followed', { error: messageOf(error) });
      }
    }
  }

  /** Throws where the registry can be neither read nor changed. */
  async #followRegistry(signal: AbortSignal): Promise<void> {
    const { store, models, log } = this.#parts;
    const current = store.models.current();
    const from = current?.fingerprint ?? null;
    if (this.#failed?.model !== from) this.#failed = null;
    if (current === null || from === null || from === models.serving.fingerprint || models.swap !== null)
      return;
    if (this.#failed === null) {
      log.info('model.change', { kind: 'registry', model: from });
      try {
        await this.#serve(current, () => undefined);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed = { model: from, note: messageOf(error) };
      }
    }
    const to = models.serving.fingerprint;
    const reason = this.#failed.note;
    store.models.fallBack({ from, to, by: 'daemon', note: reason });
    this.#failed = null;
    log.error('model.fell_back', { from, to, reason });
  }

  /** The model has seen every item: search comes over to it at once. */
  async comeOver(model: ModelFingerprint): Promise<void> {
    const { models, log } = this.#parts;
    const adopt = (): boolean => {
      const isServing = models.serving.fingerprint === model;
      if (isServing) void models.searchServing(model);
      return isServing;
    };
    if (models.searched.fingerprint === model) return;
    try {
      await this.#search?.comeOver(model, adopt);
    } catch (error) {
      // The next question has the index made.
      log.warn('model.index_failed', { model, error: messageOf(error) });
    }
    adopt();
    this.#decideWith();
  }

  async #serve({ fingerprint, path }: RegisteredModel, record: () => unknown): Promise<void> {
    const { models } = this.#parts;
    if (path === null) {
      throw new FashiondError('refused', `nobody knows where the folder of ${fingerprint.slice(0, 12)} is`, {
        hint: 'Import the model again.',
      });
    }
    await models.replace({ folder: path, fingerprint, commit: record, switched: () => this.#follow() });
  }

  /** Nothing here is lost where it fails: the next start does it. */
  #follow(): void {
    this.#decideWith();
    try {
      this.#beginRenewal(this.#parts.models.searched.fingerprint);
    } catch (error) {
      this.#parts.log.error('renewal.not_begun', { error: messageOf(error) });
    }
    this.#modelChanged.ring();
  }

  #beginRenewal(from: ModelFingerprint): ReturnType<Store['renewals']['begin']> {
    const { models, classifier, store } = this.#parts;
    const { fingerprint: model, decider } = models.serving;
    const lookVersion = classifier.lookLayout.version;
    return store.renewals.begin({ model, from, lookVersion, decider: decider.version });
  }

  #decideWith(): void {
    const { store, models } = this.#parts;
    const { serving, searched } = models;
    const deciderOf = ({ fingerprint, decider }: typeof serving) => ({
      model: fingerprint,
      decide: decider.decide,
    });
    store.serveWith(deciderOf(serving), searched === serving ? [] : [deciderOf(searched)]);
  }
}
