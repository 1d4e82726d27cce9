/** A database as the first release wrote it: schema 1, with a row or more in every table that holds data. */
import { openForWriting } from '../../src/store/open-file.js';
import { migrate } from '../../src/store/migrate.js';
import { initial } from '../../src/store/migrations/001-initial.js';
import { silent } from '../unit/store/builders.js';

const DAY = 86_400_000;
/** When the first release was run last. */
export const FIRST_RUN = Date.UTC(2026, 0, 1);

const ROWS = `
INSERT INTO shops VALUES (1, 'moda', 'Moda', 1), (2, 'closed', 'Closed', 0);
INSERT INTO runs VALUES
  (1, 1, '2025-12-31T03:00:00.000Z', 'finished', ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY + 1000}, 0, 2, 0),
  (2, 1, '2026-01-01T03:00:00.000Z', 'running', ${FIRST_RUN}, NULL, NULL, NULL, NULL),
  (3, 2, '2025-12-31T03:00:00.000Z', 'failed', ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY + 5}, 1, 0, 0);
INSERT INTO frontier VALUES
  (1, 1, 'https://moda.example/', 'page', 0, 'done', 2, 0, ${FIRST_RUN}, 0, NULL, NULL, NULL, ${FIRST_RUN - DAY}, ${FIRST_RUN}),
  (2, 1, 'https://moda.example/p/1', 'product', 1, 'leased', 2, 1, ${FIRST_RUN}, 0, NULL, 'timeout', 'x', ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}),
  (3, 1, 'https://moda.example/p/2', 'product', 1, 'pending', 2, 0, ${FIRST_RUN}, 2, ${FIRST_RUN}, NULL, NULL, ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}),
  (4, 2, 'https://closed.example/', 'page', 0, 'dropped', 3, 4, 0, 0, NULL, 'dns', 'no such host', ${FIRST_RUN - DAY}, NULL);
INSERT INTO products VALUES
  (7, 1, 'sku:A1', 'https://moda.example/p/1', 'ケーブルニット', 'warm', 'Moda', 'A1', '4006381333931', 'M-1', '["Women"]', ${FIRST_RUN - DAY}, ${FIRST_RUN}, NULL),
  (9, 1, 'url:https://moda.example/p/2', 'https://moda.example/p/2', 'Linen shirt', NULL, NULL, NULL, NULL, NULL, '[]', ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}, ${FIRST_RUN});
INSERT INTO pages (frontier_id, etag, content_hash, product_id, read_at, visited_at) VALUES
  (2, '"v1"', 'abc', 7, ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}), (3, NULL, 'def', 9, ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY});
INSERT INTO title_history VALUES (1, 7, 'Cable', ${FIRST_RUN - DAY}), (2, 7, 'ケーブルニット', ${FIRST_RUN});
INSERT INTO offers VALUES (7, 4990, 'JPY', 6990, 'in-stock', 1, ${FIRST_RUN}), (9, 2000, 'EUR', NULL, 'discontinued', NULL, ${FIRST_RUN});
INSERT INTO offer_history VALUES
  (1, 7, 5990, 'JPY', NULL, 'in-stock', ${FIRST_RUN - DAY}), (2, 7, 4990, 'JPY', 6990, 'in-stock', ${FIRST_RUN}),
  (3, 9, 2000, 'EUR', NULL, 'in-stock', ${FIRST_RUN - DAY}), (4, 9, NULL, NULL, NULL, 'discontinued', ${FIRST_RUN});
INSERT INTO blobs VALUES
  (1, '${'a'.repeat(64)}', 1000, 'done', 1, 0, NULL, NULL, 'jpeg', 300, 400, '00ff00ff00ff00ff', '[{"name":"red","hex":"#c01020","share":1}]', ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}),
  (2, '${'b'.repeat(64)}', 2000, 'stored', 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ${FIRST_RUN}, NULL);
INSERT INTO images VALUES
  (1, 1, 'https://moda.example/a.jpg', 'stored', '"e"', NULL, 0, 0, 1, NULL, ${FIRST_RUN - DAY}, ${FIRST_RUN - DAY}),
  (2, 1, 'https://moda.example/b.jpg', 'stored', NULL, NULL, 0, 0, 2, NULL, ${FIRST_RUN}, ${FIRST_RUN}),
  (3, 1, 'https://moda.example/c.jpg', 'wanted', NULL, NULL, 1, ${FIRST_RUN}, NULL, 'timeout', ${FIRST_RUN}, NULL);
INSERT INTO product_images VALUES (7, 0, 1), (7, 1, 3), (9, 0, 2);
INSERT INTO models VALUES (1, '${'c'.repeat(64)}', 'category', NULL, 'current', '["sweater","shirt"]', 0.9, NULL, ${FIRST_RUN});
INSERT INTO predictions VALUES (1, 1, 1, 'sweater', 0.98, 'sweater', NULL, '[["sweater",0.98]]', ${FIRST_RUN});
INSERT INTO item_predictions VALUES (1, 7, 1, 'sweater', 0.98, 'sweater', NULL, '[["sweater",0.98]]', ${FIRST_RUN});
INSERT INTO undecided VALUES (9);
INSERT INTO vector_spaces VALUES (1, 'features', '${'c'.repeat(64)}');
INSERT INTO embeddings VALUES (1, 1, 1, x'0000803f00000040');
INSERT INTO labels VALUES (1, 7, NULL, 'sweater', 'ann', ${FIRST_RUN}), (2, NULL, 1, NULL, 'bea', ${FIRST_RUN});
`;

export function writeFirstSchema(path: string): void {
  const db = openForWriting(path);
  try {
    migrate(db, [initial], {
      clock: { now: () => FIRST_RUN, monotonic: () => 0, sleep: async () => undefined },
      log: silent,
      floorBytes: 0,
    });
    db.raw.exec(ROWS);
  } finally {
    db.raw.close();
  }
}
