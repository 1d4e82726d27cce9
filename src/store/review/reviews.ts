/** The writing half of the review: answers that are on the disk when they are acknowledged. */
import type { ProductId } from '../../domain/ids.js';
import type {
  ExchangedLabel,
  ImportedLabels,
  KeptLabel,
  NewLabel,
  ReviewEntry,
  ReviewStore,
} from '../../domain/review.js';
import type { Clock } from '../../domain/ports.js';
import type { Connection } from '../connection.js';
import {
  addLabel,
  keptLabel,
  keptLabels,
  productsOfLabel,
  standingLabels,
  withdrawLabel,
} from '../labels.js';
import type { ItemDecisions } from '../predictions.js';
import { importLabels } from './exchange.js';
import { reviewQueue, waitingForReview } from './queue.js';

export class Reviews implements ReviewStore {
  readonly #db: Connection;
  readonly #clock: Clock;
  readonly #decisions: ItemDecisions;

  constructor(db: Connection, clock: Clock, decisions: ItemDecisions) {
    this.#db = db;
    this.#clock = clock;
    this.#decisions = decisions;
  }

  queue(limit: number, except: ReadonlySet<ProductId> = new Set()): ReviewEntry[] {
    return reviewQueue(this.#db, limit, { except, random: Math.random });
  }

  waiting(): number {
    return waitingForReview(this.#db);
  }

  label(labels: readonly NewLabel[]): KeptLabel[] {
    const now = this.#clock.now();
    const ids = this.#db.durably(() => {
      const added = labels.map((label) => addLabel(this.#db, label, now));
      for (const id of added) this.#redecide(id, now);
      return added;
    });
    return ids.flatMap((id) => keptLabel(this.#db, id) ?? []);
  }

  withdraw(id: number, by: string): KeptLabel | null {
    const now = this.#clock.now();
    const isTaken = this.#db.durably(() => {
      if (!withdrawLabel(this.#db, id, by, now)) return false;
      this.#redecide(id, now);
      return true;
    });
    return isTaken ? keptLabel(this.#db, id) : null;
  }

  import(labels: readonly ExchangedLabel[]): ImportedLabels {
    const now = this.#clock.now();
    return this.#db.durably(() => importLabels(this.#db, labels, (label) => this.#redecide(label, now)));
  }

  labels(limit: number, after: number | null): KeptLabel[] {
    return keptLabels(this.#db, limit, after);
  }

  labelsOf(product: ProductId): KeptLabel[] {
    return standingLabels(this.#db, product);
  }

  #redecide(label: number, now: number): void {
    for (const product of productsOfLabel(this.#db, label)) this.#decisions.relabelled(product, now);
  }
}
