/** That the soak finds what a kill is made to cost; that it finds nothing where nothing is lost, it shows itself. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { soak } from '../../soak/soak.js';

const TIMEOUT_MS = 600_000;
const ITEMS = 60;

const SECOND_PICTURE = 'SELECT product_id FROM product_images WHERE position = 1 ORDER BY product_id LIMIT 1';
const DONE_PAGE = `SELECT f.id FROM frontier f JOIN runs r ON r.id = f.run_id
  WHERE f.state = 'done' AND f.kind = 'product' AND r.status = 'running' ORDER BY f.id DESC LIMIT 1`;
const HARMED = [SECOND_PICTURE, DONE_PAGE];
const HARM = [
  // A picture of an item whose page is not read again.
  `DELETE FROM product_images WHERE position = 1 AND product_id = (${SECOND_PICTURE})`,
  // The done mark of a page.
  `UPDATE frontier SET state = 'pending', due_at = 0 WHERE id = (${DONE_PAGE})`,
];

/** The numbers of rows changed. */
function harm(path: string): number[] {
  const db = new Database(path);
  try {
    return HARM.map((sql) => db.prepare(sql).run().changes);
  } finally {
    db.close();
  }
}

/** Whether each harm would find its row: a request that was answered is not yet a page that was committed. */
function canBeHarmed(path: string): boolean {
  if (!existsSync(path)) return false;
  const db = new Database(path, { readonly: true });
  try {
    const { tables } = db
      .prepare<[], { tables: number }>(
        "SELECT count(*) AS tables FROM sqlite_master WHERE name = 'product_images'",
      )
      .get()!;
    return tables === 1 && HARMED.every((sql) => db.prepare(sql).get() !== undefined);
  } finally {
    db.close();
  }
}

describe('the soak', () => {
  it('finds a picture that was lost and a page that was visited twice', { timeout: TIMEOUT_MS }, async () => {
    let changes: number[] = [];
    const { problems } = await soak({
      kills: 1,
      items: ITEMS,
      seed: 2,
      killWhen: canBeHarmed,
      note: () => undefined,
      afterKill: (path) => (changes = harm(path)),
    });
    expect(changes).toEqual([1, 1]);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^pictures: lost .*shared-\d+\.png/),
        expect.stringMatching(/\/items\/\d+ was fetched 2 times, its leases explain 1$/),
      ]),
    );
  });
});
