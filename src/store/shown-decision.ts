/** Which of an item's decisions counts. */

/** Number of the decision on the product `p` that `v_items` shows and search goes by: the current model's, else the latest. */
export const SHOWN_DECISION = `(
  SELECT ip.id FROM item_predictions ip JOIN models m ON m.id = ip.model_id WHERE ip.product_id = p.id
  ORDER BY m.role IS 'current' DESC, ip.decided_at DESC, ip.id DESC LIMIT 1)`;
