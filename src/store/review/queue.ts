/**
 * What a person is asked next.
 *
 * The least sure items first (least confidence: Lewis and Gale 1994), but in turn from each likeliest category, so that
 * one bad category does not fill the queue; every fifth question is an item drawn by chance from all that nobody has
 * judged, because the precision on hard cases says nothing about the catalogue. Items whose main pictures nearly agree
 * are one question: at most `ALIKE_BITS` of their 64-bit perceptual hashes differ.
 */
import type { ProductId, Sha256 } from '../../domain/ids.js';
import type { ReviewEntry } from '../../domain/review.js';
import type { Connection } from '../connection.js';

const ALIKE_BITS = 6;
/** Items besides the first that one question asks of: what one answer takes. The others of a large group come after it. */
const MOST_ALIKE = 50;
const RANDOM_EVERY = 5;
/** Least sure items that are looked at for one answer. */
const POOL = 1000;
/** Draws before the random slice is given up: most of a nearly finished catalogue has been judged. */
const DRAWS = 400;

interface Row {
  readonly id: number;
  readonly best: string;
  readonly picture: string;
  readonly phash: string | null;
}

/** The item's first usable picture, as `v_items` shows it. */
const MAIN_PICTURE = `(
    SELECT c.id FROM product_images pi JOIN images im ON im.id = pi.image_id
    JOIN blobs c ON c.id = im.blob_id AND c.format IS NOT NULL AND c.state NOT IN ('refused', 'quarantined')
    WHERE pi.product_id = p.id ORDER BY pi.position LIMIT 1)`;

const IS_OPEN = `p.vanished_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM labels l WHERE l.product_id = p.id
    AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id) AND l.verdict <> 'withdrawn')
  AND NOT EXISTS (SELECT 1 FROM labels bad WHERE bad.blob_id = b.id AND bad.verdict = 'bad-picture'
    AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = bad.id))`;

/** In the order of an index, so that only the pool is read. */
export const LEAST_SURE = `
  SELECT p.id, d.best, b.sha256 AS picture, b.phash
  FROM item_predictions d CROSS JOIN products p ON p.id = d.product_id CROSS JOIN blobs b ON b.id = ${MAIN_PICTURE}
  WHERE d.model_id = (SELECT id FROM models WHERE role = 'current') AND ${IS_OPEN}
  ORDER BY d.probability, d.product_id LIMIT ${POOL}`;

const DRAWN = `
  SELECT p.id, COALESCE(d.best, '') AS best, b.sha256 AS picture, b.phash
  FROM products p JOIN blobs b ON b.id = ${MAIN_PICTURE}
  LEFT JOIN item_predictions d ON d.product_id = p.id AND d.model_id = (SELECT id FROM models WHERE role = 'current')
  WHERE p.id = ? AND ${IS_OPEN}`;

/** Of the products, the vanished ones are counted by their index; all else starts at the labels, which are few. */
export const WAITING = `
  SELECT (SELECT count(*) FROM products) - (SELECT count(*) FROM products WHERE vanished_at IS NOT NULL) - (
    SELECT count(*) FROM (
      SELECT p.id FROM labels l JOIN products p ON p.id = l.product_id
      WHERE p.vanished_at IS NULL AND l.verdict <> 'withdrawn'
        AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = l.id)
      UNION
      SELECT p.id FROM labels bad CROSS JOIN images i ON i.blob_id = bad.blob_id
      CROSS JOIN product_images shown ON shown.image_id = i.id CROSS JOIN products p ON p.id = shown.product_id
      WHERE bad.verdict = 'bad-picture' AND p.vanished_at IS NULL AND bad.blob_id = ${MAIN_PICTURE}
        AND NOT EXISTS (SELECT 1 FROM labels w WHERE w.withdraws = bad.id))) AS n`;

/** `except`: not to be asked now. `random`: numbers in [0, 1). */
export function reviewQueue(
  db: Connection,
  limit: number,
  options: { readonly except: ReadonlySet<ProductId>; readonly random: () => number },
): ReviewEntry[] {
  const pool = db.all<Row>(LEAST_SURE);
  const groups = inTurn(alikeGroups(pool));
  const taken = new Set<number>(options.except);
  const entries: ReviewEntry[] = [];
  while (entries.length < limit) {
    const byChance = (entries.length + 1) % RANDOM_EVERY === 0 ? draw(db, taken, options.random) : null;
    const group = byChance === null ? groups.find(({ head }) => !taken.has(head.id)) : undefined;
    const head = byChance ?? group?.head;
    if (head === undefined) break;
    const open = (group?.alike ?? []).filter(({ id }) => !taken.has(id));
    const alike = open.slice(0, MOST_ALIKE).map(({ id }) => id as ProductId);
    for (const id of [head.id, ...alike]) taken.add(id);
    entries.push({
      product: head.id as ProductId,
      picture: head.picture as Sha256,
      sample: byChance === null ? 'uncertain' : 'random',
      alike,
    });
  }
  return entries;
}

/** Items that nobody has judged, nor called their main picture bad. */
export function waitingForReview(db: Connection): number {
  return db.get<{ n: number }>(WAITING)?.n ?? 0;
}

/** Every open item is as likely as any other: ids are drawn until one is an item that is open. */
function draw(db: Connection, taken: ReadonlySet<number>, random: () => number): Row | null {
  const last = db.get<{ id: number }>('SELECT max(id) AS id FROM products')?.id ?? 0;
  if (last === 0) return null;
  for (let attempt = 0; attempt < DRAWS; attempt++) {
    const id = 1 + Math.floor(random() * last);
    if (taken.has(id)) continue;
    const row = db.get<Row>(DRAWN, [id]);
    if (row !== undefined) return row;
  }
  return null;
}

interface Group {
  readonly head: Row;
  readonly alike: Row[];
}

/** In the order of the rows; a row joins the first group whose head it resembles. */
function alikeGroups(rows: readonly Row[]): Group[] {
  const groups: { readonly group: Group; readonly hash: Hash | null }[] = [];
  for (const row of rows) {
    const hash = row.phash === null ? null : hashOf(row.phash);
    const same = groups.find(
      ({ group, hash: other }) =>
        group.head.picture === row.picture ||
        (hash !== null && other !== null && distance(hash, other) <= ALIKE_BITS),
    );
    if (same === undefined) groups.push({ group: { head: row, alike: [] }, hash });
    else same.group.alike.push(row);
  }
  return groups.map(({ group }) => group);
}

/** 64 bits as two halves: integers of 32 bits are compared a hundred times faster than big ones. */
type Hash = readonly [number, number];

function hashOf(hex: string): Hash {
  return [Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8), 16) | 0];
}

function distance(one: Hash, other: Hash): number {
  return bitCount(one[0] ^ other[0]) + bitCount(one[1] ^ other[1]);
}

/** Of a 32-bit integer, in parallel (Hacker's Delight, figure 5-2). */
function bitCount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The first of each likeliest category, then the second of each, and so on. */
function inTurn(groups: readonly Group[]): Group[] {
  const seen = new Map<string, number>();
  return groups
    .map((group, index) => {
      const round = seen.get(group.head.best) ?? 0;
      seen.set(group.head.best, round + 1);
      return { group, round, index };
    })
    .sort((one, other) => one.round - other.round || one.index - other.index)
    .map(({ group }) => group);
}
