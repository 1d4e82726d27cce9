/** The views of models and of what was done to them. */
import { iso } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

export const MODEL_VIEWS: readonly ViewDoc[] = [
  {
    name: 'v_models',
    doc: 'Registered models: those that are or were served, and candidates.',
    columns: {
      fingerprint: 'SHA-256 over network, preprocessing, labels and how familiarity is measured',
      name: 'name of the model, not unique',
      role: 'current, previous, candidate, or NULL',
      labels: 'its categories as JSON',
      threshold: 'its fixed threshold, 0 to 1',
      path: 'its folder, or NULL',
      registered_at: 'when it was first recorded, ISO 8601 UTC; NULL where it is older than these records',
      loaded_at: 'when it was last made current, ISO 8601 UTC, or NULL',
      pictures: 'pictures that it has judged',
      gate_passed:
        '1 when it passed the gate the last time it was judged, 0 when not, NULL when never judged',
    },
    types: {
      number: ['threshold'],
      time: ['registered_at', 'loaded_at'],
      integer: ['pictures'],
      boolean: ['gate_passed'],
    },
    select: `
SELECT m.fingerprint, m.name, m.role, m.labels, m.threshold, m.path,
  ${iso('(SELECT min(e.at) FROM model_events e WHERE e.model_id = m.id)')} AS registered_at,
  ${iso('m.loaded_at')} AS loaded_at,
  m.pictures,
  (SELECT json_extract(e.gate, '$.passed') FROM model_events e
    WHERE e.model_id = m.id AND e.step = 'judged' ORDER BY e.id DESC LIMIT 1) AS gate_passed
FROM models m WHERE m.name IS NOT NULL`,
  },
  {
    name: 'v_model_events',
    doc: 'Every step in the life of a model, kept for good.',
    columns: {
      event: "the step's number, in their order",
      at: 'when, ISO 8601 UTC',
      step: 'registered (the config names it), candidate, imported, judged, promoted, forced (promoted against the gate), rolled-back or fell-back (the current one could not serve)',
      model: 'fingerprint of the model',
      name: 'its name',
      by: 'who: a user, the name of a token, or config',
      other: 'fingerprint of the model whose place it took, or beside which it was judged, or NULL',
      gate: 'verdict and figures of the gate as JSON, or NULL',
      note: 'what else was said, or NULL',
    },
    types: { integer: ['event'], time: ['at'] },
    select: `
SELECT e.id AS event, ${iso('e.at')} AS at, e.step, m.fingerprint AS model, m.name, e.by,
  o.fingerprint AS other, e.gate, e.note
FROM model_events e JOIN models m ON m.id = e.model_id LEFT JOIN models o ON o.id = e.other_id`,
  },
];
