/** Which models there are, which of them is served, and how that came about. */
import { FashiondError } from './errors.js';
import type { CategoryId, ModelFingerprint } from './ids.js';
import type { ModelManifest } from './model.js';

/**
 * `current`: the one that is served, and decides. `previous`: the one that was before, which a roll-back brings back.
 * `candidate`: the latest one that was made or imported. Each role is held by one model at most.
 */
export type ModelRole = 'current' | 'previous' | 'candidate';

/**
 * `registered`: served because the config names it. `candidate`, `imported`: made here, or brought in, to be promoted.
 * `judged`: measured against the current one. `promoted`; `forced`: promoted against the gate, or without it.
 * `rolled-back`: the previous one is served again. `fell-back`: one from before is, because the current one could not be
 * served; that one keeps no role.
 */
export type ModelStep =
  'registered' | 'candidate' | 'imported' | 'judged' | 'promoted' | 'forced' | 'rolled-back' | 'fell-back';

/** One condition of the gate, with both numbers in words. */
export interface GateCheck {
  /** Such as `precision` or `worst class`. */
  readonly name: string;
  readonly passed: boolean;
  /** The candidate's figure; null where there is none, as of a precision of nothing. */
  readonly candidate: number | null;
  /** What it is held to: a floor, or the current model's figure. */
  readonly required: number | null;
  /** Both, with their counts, for people. */
  readonly says: string;
}

/** How a model did beside the current one on the same pictures. */
export interface GateReport {
  /** The current model then; null where there was none. */
  readonly against: ModelFingerprint | null;
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
  /** Of what pictures, and how many. */
  readonly data: string;
  readonly pictures: number;
}

export interface RegisteredModel {
  readonly fingerprint: ModelFingerprint;
  readonly name: string;
  readonly role: ModelRole | null;
  readonly labels: readonly CategoryId[];
  readonly threshold: number | null;
  /** Its folder; null where that was never told. */
  readonly path: string | null;
  /** The latest verdict of the gate, whichever model was current then. */
  readonly gate: GateReport | null;
}

/** One step, kept for good. */
export interface ModelEvent {
  readonly id: number;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly step: ModelStep;
  readonly model: ModelFingerprint;
  readonly name: string | null;
  /** Who did it: a user, the name of a token, or `config`. */
  readonly by: string;
  /** The model whose place it took, or beside which it was judged. */
  readonly other: ModelFingerprint | null;
  readonly gate: GateReport | null;
  readonly note: string | null;
}

export interface RollBackWish {
  readonly by: string;
  readonly note?: string;
  /** The model that is meant: who asks has seen this one as the previous one. */
  readonly to?: ModelFingerprint;
}

export interface ModelReading {
  /** Current, previous, candidate, then the others, the latest first. */
  list(): RegisteredModel[];
  /**
   * By role, fingerprint, the beginning of one (six digits at least), or name. Throws FashiondError `not-found` for a
   * reference to none, and `usage` for one to several.
   */
  find(reference: string): RegisteredModel;
  /** Null before the first model. */
  current(): RegisteredModel | null;
  /** Newest first. */
  events(limit: number, model?: ModelFingerprint): ModelEvent[];
  /** What the config named when that was last recorded; null before. */
  configured(): ConfiguredModel | null;
}

/** The model that the config names. `path`: its folder; null where it names none and takes the one that ships. */
export interface ConfiguredModel {
  readonly fingerprint: ModelFingerprint;
  readonly path: string | null;
}

/** A loaded model and where it lies. */
export interface NewModel {
  readonly manifest: Pick<ModelManifest, 'fingerprint' | 'name' | 'labels' | 'threshold'>;
  /** Its folder, absolute. */
  readonly path: string;
}

/** Every step is one transaction that is on the disk on return. */
export interface ModelRegistry extends ModelReading {
  /** Serves the model because the config names it. */
  register(model: NewModel, by: string, note?: string): RegisteredModel;
  /** Keeps what the config names, so that a later change of it is noticed. */
  recordConfigured(model: ConfiguredModel): void;
  /** Makes it the candidate; of the current or previous model only its place is taken over. */
  addCandidate(
    model: NewModel,
    step: { readonly kind: 'candidate' | 'imported'; readonly by: string; readonly note?: string },
  ): RegisteredModel;
  recordGate(model: ModelFingerprint, gate: GateReport, by: string): void;
  /**
   * Makes a registered model the current one. Throws FashiondError `refused` where its latest gate did not pass or was
   * against another model than the one that is current, unless `force`; that is recorded as `forced`, with the gate.
   */
  promote(
    model: ModelFingerprint,
    how: { readonly by: string; readonly force?: boolean; readonly note?: string },
  ): RegisteredModel;
  /**
   * The previous model becomes current and the current one previous, so that a second roll-back undoes the first. Throws
   * FashiondError `refused` where there is no previous one, or where that is another than `to`.
   */
  rollBack(how: RollBackWish): RegisteredModel;
  /**
   * `to` becomes current instead of `from`, which cannot be served and keeps no role; previous is again the model whose
   * place `to` once took. Nothing changes where `from` is not current any more.
   */
  fallBack(step: {
    readonly from: ModelFingerprint;
    readonly to: ModelFingerprint;
    readonly by: string;
    readonly note: string;
  }): RegisteredModel;
}

/**
 * The model that who asks for a roll-back means. Throws FashiondError `usage` for a role: whichever model has it by now
 * would be meant, and nothing refused; and as `find`.
 */
export function meantModel(models: Pick<ModelReading, 'find'>, reference: string): ModelFingerprint {
  const { role, fingerprint } = models.find(reference);
  if (role !== reference) return fingerprint;
  throw new FashiondError('usage', `${reference} is a role that another model may have by now`, {
    hint: 'Name the model, or give the beginning of its fingerprint.',
  });
}

/**
 * The model that a roll-back brings back. Throws FashiondError `refused` where there is none, or where it is another than
 * `to`: somebody else has promoted or rolled back meanwhile, and what they did must not be undone unseen.
 */
export function previousOf(
  models: readonly RegisteredModel[],
  to: ModelFingerprint | undefined,
): RegisteredModel {
  const previous = models.find(({ role }) => role === 'previous');
  if (previous === undefined) {
    throw new FashiondError('refused', 'there is no previous model to go back to', {
      hint: 'Promote one of the registered models instead; fashiond models list shows them.',
    });
  }
  if (to === undefined || to === previous.fingerprint) return previous;
  throw new FashiondError(
    'refused',
    `model ${to.slice(0, 12)} is not the previous model; ${previous.fingerprint.slice(0, 12)} is`,
    { hint: 'Another model was promoted or rolled back meanwhile: look at the models and ask again.' },
  );
}
