/**
 * The sessions of one thread: one for each model that it has run, until that model is closed.
 *
 * Whoever closes a model cannot speak to each thread alone. It marks the model in memory that all share, and a thread
 * looks there at the end of each task.
 */
import type { ModelSession } from './model-session.js';
import { openSession } from './open-session.js';
import type { ModelHandle } from './tasks.js';

export class ThreadSessions {
  readonly #kept = new Map<
    number,
    Pick<ModelHandle, 'isOpen'> & { readonly session: Promise<ModelSession> }
  >();

  /** Rejects, each time, where the model could not be loaded. */
  of(model: ModelHandle): Promise<ModelSession> {
    const { id, isOpen } = model;
    const kept = this.#kept.get(id) ?? { isOpen, session: openSession(model) };
    this.#kept.set(id, kept);
    return kept.session;
  }

  /** Lets go of the models that were closed. */
  async sweep(): Promise<void> {
    for (const [id, { isOpen, session }] of this.#kept) {
      if (Atomics.load(isOpen, 0) === 1) continue;
      this.#kept.delete(id);
      // What could not be opened has nothing to close, and the task at hand is none of its business.
      await session.then((opened) => opened.close()).catch(() => undefined);
    }
  }
}
