/**
 * A catalogue of any size, by SQL: a crawl of so many items takes an hour. As in shops, few categories, shops and brands have
 * most of the items, and titles differ, a third of them Japanese.
 */
import Database from 'better-sqlite3';

/** What a catalogue of so many items is made of. */
export interface CatalogueSize {
  readonly items: number;
  readonly shops: number;
  readonly categories: number;
}

/** Of a few items, as many in every catalogue: fewer than a page has. */
export const RARE = { items: 40, category: 'category-rare', word: '浴衣' } as const;

const WORDS = {
  kinds:
    'sweater shirt coat jacket skirt dress trousers jeans beanie scarf gloves boots blouse cardigan hoodie parka',
  looks:
    'striped cabled linen oversized cropped slim wide pleated quilted ribbed washed organic merino denim silk',
  colours: 'navy black white ecru olive burgundy camel grey charcoal rust teal mustard lilac rose',
  japaneseKinds: 'ニット セーター シャツ コート 帽子 靴下 パンツ スカート ワンピース ジャケット',
  japaneseLooks: '綿 麻 ウール カシミヤ 長袖 半袖 無地 花柄 ボーダー',
} as const;
const LISTS = Object.fromEntries(
  Object.entries(WORDS).map(([kind, words]) => [kind, words.split(' ')]),
) as Record<keyof typeof WORDS, string[]>;

/** Into a database that openStore has made. */
export function fillCatalogue(path: string, { items, shops, categories }: CatalogueSize): void {
  const db = new Database(path);
  const rareAt = Math.floor(items / RARE.items);
  const isRare = (item: number): boolean => item % rareAt === 0;
  db.function('title', (item) => titleOf(item as number, isRare(item as number)));
  db.function('category', (item) =>
    isRare(item as number) ? RARE.category : `category-${ranked(item as number, 1, categories)}`,
  );
  db.function('ranked', (item, of, count) => BigInt(ranked(item as number, of as number, count as number)));
  const insert = (table: string, values: string): void => {
    db.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${items}) INSERT INTO ${table} SELECT ${values} FROM n`,
    ).run();
  };
  db.transaction(() => {
    db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${shops})
      INSERT INTO shops (id, key, name, active) SELECT i, 'shop-' || i, 'Shop ' || i, 1 FROM n`);
    db.exec(`INSERT INTO models (id, fingerprint, name, role) VALUES (1, 'm', 'm', 'current')`);
    const words = `'A soft garment for every day of the week, cut wide and sewn twice. '`;
    insert(
      'products (id, shop_id, natural_key, url, title, description, brand, sku, breadcrumbs, first_seen, last_seen)',
      `i, ranked(i, 2, ${shops}), 'sku:S' || i, 'https://shop.example/' || i, title(i),
        replace(printf('%8s', ''), ' ', ${words}), 'Brand ' || ranked(i, 3, 900), 'S' || i, '[]', 1, 1`,
    );
    insert(
      'offers (product_id, price_minor, currency, availability, changed_at)',
      `i, 1000 + (i * 7919) % 50000, CASE i % 3 WHEN 0 THEN 'EUR' ELSE 'JPY' END, 'in-stock', 1`,
    );
    insert(
      'offer_history (product_id, price_minor, currency, availability, at)',
      `i, 1000, 'JPY', 'in-stock', 1`,
    );
    insert(
      'offer_history (product_id, price_minor, currency, availability, at)',
      `i, 900, 'JPY', 'in-stock', 2`,
    );
    insert(
      'item_predictions (product_id, model_id, category, probability, best, candidates, decided_at)',
      `i, 1, CASE i % 10 WHEN 9 THEN NULL ELSE category(i) END, (i * 31 % 1000) / 1000.0, category(i), '[]', 1`,
    );
    insert(
      'blobs (id, sha256, byte_length, state, format, width, height, phash, palette, stored_at)',
      `i, printf('%064x', i), 1, 'done', 'jpeg', 1, 1, printf('%08x%08x', i * 2654435761 & 4294967295, i * 40503), '[]', 1`,
    );
    insert(
      'images (id, shop_id, url, state, due_at, blob_id, added_at)',
      `i, ranked(i, 2, ${shops}), 'https://shop.example/i/' || i, 'stored', 1, i, 1`,
    );
    insert('product_images (product_id, position, image_id)', 'i, 0, i');
  })();
  // As merges leave what is added bit by bit: the first ones after this are not to take all of it up.
  db.exec(`INSERT INTO item_words (item_words) VALUES ('optimize')`);
  db.close();
}

function titleOf(item: number, isRare: boolean): string {
  const word = (list: readonly string[], of: number): string => list[ranked(item, of, list.length) - 1]!;
  if (isRare) return `${word(LISTS.japaneseLooks, 5)} ${RARE.word} ${item}`;
  if (item % 3 === 0) return `${word(LISTS.japaneseLooks, 5)} ${word(LISTS.japaneseKinds, 6)} ${item}`;
  return `${word(LISTS.looks, 5)} ${word(LISTS.kinds, 6)} in ${word(LISTS.colours, 7)} ${item}`;
}

/** From 1 to `count`; the chance of each falls about as its rank, as of words (Zipf). */
function ranked(item: number, of: number, count: number): number {
  return Math.floor((count + 1) ** uniform(item, of));
}

/** In [0, 1), of each item and purpose its own (the finish of MurmurHash3). */
function uniform(item: number, of: number): number {
  let mixed = Math.imul(item, 0x9e3779b1) ^ Math.imul(of, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
