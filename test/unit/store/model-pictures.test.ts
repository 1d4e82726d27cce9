import { expect, it } from 'vitest';
import { openForWriting } from '../../../src/store/open-file.js';
import { MIGRATIONS } from '../../../src/store/store.js';
import { MODEL, workbench } from './builders.js';
import { far, showItems } from './pictured-items.js';

const bench = workbench();

it('the number of pictures of a model follows its predictions, in a database that had them before, too', () => {
  const path = bench.file();
  const shown = [0, 1, 2].map((index) => ({ sweater: 0.99, phash: far(index) }));
  showItems(bench.open(path), shown).close();
  const db = openForWriting(path);
  const pictures = () => db.get('SELECT pictures FROM models WHERE fingerprint = ?', [MODEL]);
  db.run('UPDATE predictions SET probability = 0.5');
  expect(pictures()).toEqual({ pictures: 3 });
  db.run('DELETE FROM predictions WHERE blob_id = 1');
  expect(pictures()).toEqual({ pictures: 2 });
  // As it was before there was such a number.
  db.raw.exec(`DROP VIEW v_models; DROP TRIGGER predictions_counted; DROP TRIGGER predictions_uncounted;
    ALTER TABLE models DROP COLUMN pictures`);
  db.raw.exec(MIGRATIONS.find(({ name }) => name === 'model-pictures')!.sql);
  expect(pictures()).toEqual({ pictures: 2 });
  db.raw.close();
});
