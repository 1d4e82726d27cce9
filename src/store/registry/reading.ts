/** The registry as it is read: models by role and reference, and their history. */
import { FashiondError } from '../../domain/errors.js';
import type { CategoryId, ModelFingerprint } from '../../domain/ids.js';
import type {
  ConfiguredModel,
  GateReport,
  ModelEvent,
  ModelReading,
  ModelRole,
  ModelStep,
  RegisteredModel,
} from '../../domain/model-registry.js';
import type { Connection } from '../connection.js';
import { iso } from '../view-doc.js';

interface ModelRow {
  readonly fingerprint: string;
  readonly name: string;
  readonly role: ModelRole | null;
  readonly labels: string;
  readonly threshold: number | null;
  readonly path: string | null;
  readonly gate: string | null;
}

interface EventRow {
  readonly id: number;
  readonly at: string;
  readonly step: ModelStep;
  readonly model: string;
  readonly name: string | null;
  readonly by: string;
  readonly other: string | null;
  readonly gate: string | null;
  readonly note: string | null;
}

const MODELS = `
  SELECT m.fingerprint, m.name, m.role, m.labels, m.threshold, m.path,
    (SELECT e.gate FROM model_events e WHERE e.model_id = m.id AND e.step = 'judged' ORDER BY e.id DESC LIMIT 1) AS gate
  FROM models m WHERE m.name IS NOT NULL
  ORDER BY m.role IS 'current' DESC, m.role IS 'previous' DESC, m.role IS 'candidate' DESC, m.id DESC`;

const EVENTS = `
  SELECT e.id, ${iso('e.at')} AS at, e.step, m.fingerprint AS model, m.name, e.by, o.fingerprint AS other, e.gate, e.note
  FROM model_events e JOIN models m ON m.id = e.model_id LEFT JOIN models o ON o.id = e.other_id
  WHERE :model IS NULL OR m.fingerprint = :model
  ORDER BY e.id DESC LIMIT :limit`;

/** Fewer digits name nobody for sure. */
const LEAST_DIGITS = 6;

export class RegistryReading implements ModelReading {
  protected readonly db: Connection;

  constructor(db: Connection) {
    this.db = db;
  }

  list(): RegisteredModel[] {
    return this.db.all<ModelRow>(MODELS).map(toModel);
  }

  find(reference: string): RegisteredModel {
    const models = this.list();
    const byRole = models.find(({ role }) => role === reference);
    if (byRole !== undefined) return byRole;
    const isPrefix = reference.length >= LEAST_DIGITS && /^[0-9a-f]+$/.test(reference);
    const byFingerprint = models.filter(
      ({ fingerprint }) => fingerprint === reference || (isPrefix && fingerprint.startsWith(reference)),
    );
    const found = byFingerprint.length > 0 ? byFingerprint : models.filter(({ name }) => name === reference);
    const [first, second] = found;
    if (first === undefined) throw notFound(reference, models);
    if (second === undefined) return first;
    const list = found.map(
      ({ fingerprint, role }) => `${fingerprint.slice(0, 12)}${role === null ? '' : ` (${role})`}`,
    );
    throw new FashiondError('usage', `${found.length} models are called ${reference}: ${list.join(', ')}`, {
      hint: 'Name one by the beginning of its fingerprint.',
    });
  }

  current(): RegisteredModel | null {
    return this.list().find(({ role }) => role === 'current') ?? null;
  }

  events(limit: number, model?: ModelFingerprint): ModelEvent[] {
    return this.db.all<EventRow>(EVENTS, { model: model ?? null, limit }).map((row) => ({
      ...row,
      model: row.model as ModelFingerprint,
      other: row.other as ModelFingerprint | null,
      gate: toGate(row.gate),
    }));
  }

  configured(): ConfiguredModel | null {
    const row = this.db.get<{ fingerprint: string; path: string | null }>(
      'SELECT fingerprint, path FROM configured_model',
    );
    return row === undefined ? null : { fingerprint: row.fingerprint as ModelFingerprint, path: row.path };
  }
}

function toModel({ fingerprint, labels, gate, ...row }: ModelRow): RegisteredModel {
  return {
    ...row,
    fingerprint: fingerprint as ModelFingerprint,
    labels: JSON.parse(labels) as CategoryId[],
    gate: toGate(gate),
  };
}

function toGate(json: string | null): GateReport | null {
  return json === null ? null : (JSON.parse(json) as GateReport);
}

function notFound(reference: string, models: readonly RegisteredModel[]): FashiondError {
  const known = models.map(({ name, role, fingerprint }) => role ?? `${name} ${fingerprint.slice(0, 12)}`);
  return new FashiondError('not-found', `there is no model ${reference}`, {
    hint:
      known.length === 0
        ? 'None is registered yet: the daemon registers the one that it serves, models import and train category --from-review a candidate.'
        : `Registered: ${known.join(', ')}.`,
  });
}
