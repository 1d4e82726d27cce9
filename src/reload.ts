/** Reads the config anew while the daemon runs: all of it is checked first, and a bad one changes nothing. */
import { loadConfig } from './config/load.js';
import type { LoadedConfig } from './config/load.js';
import { messageOf } from './domain/errors.js';
import type { ConfigReload, ReloadState } from './domain/serving.js';
import type { AdjustableLog } from './platform/log.js';

interface ReloadParts {
  /** Of the config file. */
  readonly path: string;
  /** Takes what it can and names the keys that wait for a restart. */
  readonly target: { apply(next: LoadedConfig): readonly string[] };
  readonly log: AdjustableLog;
}

export class Reload implements ConfigReload {
  readonly #parts: ReloadParts;
  #state: ReloadState = { problem: null, waiting: [] };
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ReloadParts) {
    this.#parts = parts;
  }

  get state(): ReloadState {
    return this.#state;
  }

  async now(): Promise<ReloadState> {
    const next = this.#last.then(() => this.#reload());
    this.#last = next;
    return next;
  }

  async #reload(): Promise<ReloadState> {
    const { path, target, log } = this.#parts;
    try {
      const next = await loadConfig(path);
      const waiting = target.apply(next);
      log.setLevel(next.config.log.level);
      this.#state = { problem: null, waiting };
      log.info('config.reloaded', { path, shops: next.shops.length, waitingForRestart: waiting });
    } catch (error) {
      this.#state = { ...this.#state, problem: messageOf(error) };
      log.error('config.refused', { path, error: messageOf(error) });
    }
    return this.#state;
  }
}
