/** Pictures that people gave a category, for export and for learning from them. */
import type { CategoryId, Sha256 } from '../domain/ids.js';
import type { ReadOnlyStore } from '../store/store.js';

export interface LabelledPicture {
  readonly picture: Sha256;
  readonly category: CategoryId;
  readonly shop: string;
  readonly item: number;
  readonly labelled_by: string;
  readonly at: string;
  readonly sample: string | null;
}

/**
 * The latest standing answer on each item that names a category, with the picture that was seen, else the main one; a
 * picture that was called bad is none.
 */
const PICTURES = `
  SELECT COALESCE(l.picture, i.picture) AS picture, l.category, i.shop, i.product_id AS item, l.labelled_by, l.at, l.sample
  FROM v_labels l JOIN v_items i ON i.product_id = l.product_id
  WHERE l.verdict = 'category' AND COALESCE(l.picture, i.picture) IS NOT NULL AND l.label = (
      SELECT max(n.label) FROM v_labels n
      WHERE n.product_id = l.product_id AND n.withdrawn_at IS NULL AND n.verdict IN ('category', 'none'))
    AND COALESCE(l.picture, i.picture) NOT IN (
      SELECT b.picture FROM v_labels b
      WHERE b.verdict = 'bad-picture' AND b.withdrawn_at IS NULL AND b.picture IS NOT NULL)
  ORDER BY l.label`;

/** Of one picture under two classes, the latest answer counts. */
export function labelledPictures(store: Pick<ReadOnlyStore, 'query'>): LabelledPicture[] {
  const latest = new Map(store.query<LabelledPicture>(PICTURES).map((one) => [one.picture, one]));
  return [...latest.values()];
}
