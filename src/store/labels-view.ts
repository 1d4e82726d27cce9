/** `v_labels`: see views.ts for what a view may change. */
import { iso } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

export const labelsView: ViewDoc = {
  name: 'v_labels',
  doc: 'What people said of items and pictures, one row for each answer; those taken back are kept.',
  columns: {
    label: "the answer's number, in the order they were given",
    product_id: 'the item it is about, or NULL where it is about a picture',
    picture: 'SHA-256 of the picture it is about or that was seen with the item, or NULL',
    verdict: 'category, none (no category fits) or bad-picture',
    category: 'category id, or NULL without',
    sample: 'why it was asked: uncertain or random; NULL where a person chose the item',
    labelled_by: 'who said so',
    at: 'when, ISO 8601 UTC',
    withdrawn_at: 'when it was taken back, or NULL while it stands',
  },
  types: {
    integer: ['label', 'product_id'],
    time: ['at', 'withdrawn_at'],
  },
  select: `
SELECT l.id AS label, l.product_id, b.sha256 AS picture, l.verdict, l.category, l.sample, l.labelled_by,
  ${iso('l.at')} AS at, ${iso('w.at')} AS withdrawn_at
FROM labels l
LEFT JOIN blobs b ON b.id = COALESCE(l.seen_blob_id, l.blob_id)
LEFT JOIN labels w ON w.withdraws = l.id
WHERE l.verdict <> 'withdrawn'`,
};
