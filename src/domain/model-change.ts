/** A change of the model that serves: what the API and the page begin, and what comes of it. */
import type { ModelFingerprint } from './ids.js';
import type { GateReport, ModelEvent, RegisteredModel, RollBackWish } from './model-registry.js';
import type { Renewal } from './renewal.js';
import type { SwapStep } from './serving.js';

/** `judge`: the gate measures it beside the current one. `refused`: by the gate; the model before goes on serving. */
type ChangeStep = 'judge' | SwapStep | 'done' | 'refused' | 'failed';

export interface ModelChange {
  readonly id: number;
  readonly kind: 'promotion' | 'roll-back';
  readonly model: ModelFingerprint;
  /** Who asked for it. */
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly step: ChangeStep;
  /** What the gate said of it; null for a roll-back, and while it is judged. */
  readonly gate: GateReport | null;
  /** Why it was refused or failed, with what to do next; null else. */
  readonly problem: string | null;
}

export interface ModelControl {
  list(): RegisteredModel[];
  /** Throws FashiondError as the registry's `find`. */
  find(reference: string): RegisteredModel;
  /** Newest first. */
  events(limit: number, model?: ModelFingerprint): ModelEvent[];
  renewal(): Renewal | null;
  /** The latest first; those of this process. */
  changes(): readonly ModelChange[];
  /**
   * Begins to serve another model and returns at once. Throws FashiondError: `busy` while another change is under way,
   * `refused` where the gate is known to be against it, without `force`.
   */
  promote(
    reference: string,
    how: { readonly by: string; readonly force: boolean; readonly note?: string },
  ): ModelChange;
  /** Likewise with the previous model; `refused` also where that is another than was meant. */
  rollBack(how: RollBackWish): ModelChange;
}
