import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { CategoryId, ProductId } from '../../../src/domain/ids.js';
import type { NewLabel } from '../../../src/domain/review.js';
import { runCommand } from '../../support/run-command.js';
import { workbench } from './builders.js';
import { far, showItems } from './pictured-items.js';

const bench = workbench();

it('counts the items that were drawn by chance and judged since the model came, and how many it had right', async () => {
  // The model takes the first four for sweaters, sure or not, and the others for beanies.
  const shares = [0.99, 0.9, 0.6, 0.55, 0.3, 0.2, 0.1];
  const path = bench.file();
  const store = showItems(
    bench.open(path),
    shares.map((sweater, n) => ({ sweater, phash: far(n) })),
  );
  const figure = () => store.summary().chance;
  const say = (product: number, category: string | null, sample: NewLabel['sample'] = 'random'): number =>
    store.reviews.label([
      {
        product: product as ProductId,
        verdict: category === null ? 'none' : 'category',
        category: category as CategoryId | null,
        picture: null,
        sample,
        by: 'ann',
      },
    ])[0]!.id;
  expect(figure()).toEqual({ judged: 0, right: 0 });
  say(1, 'sweater');
  say(2, 'dress');
  say(3, null);
  const withdrawn = say(4, 'dress');
  // Asked because they were hard, or by nobody.
  say(5, 'dress', 'uncertain');
  say(6, 'dress', null);
  expect(figure()).toEqual({ judged: 4, right: 1 });
  store.reviews.withdraw(withdrawn, 'ann');
  expect(figure()).toEqual({ judged: 3, right: 1 });
  // The last word counts, whoever asked for it.
  say(2, 'sweater', null);
  expect(figure()).toEqual({ judged: 3, right: 2 });
  // An answer from before the model may have taught it.
  const old = say(7, 'beanie');
  expect(figure()).toEqual({ judged: 4, right: 3 });
  const file = new Database(path);
  file.prepare('UPDATE labels SET at = 0 WHERE id = ?').run(old);
  file.close();
  expect(figure()).toEqual({ judged: 3, right: 2 });

  const config = join(dirname(path), 'fashiond.yaml');
  writeFileSync(config, `store: { path: ${path} }\n`);
  const { out } = await runCommand('status', '--config', config);
  // Wilson's interval of two out of three, as any table has it.
  expect(out).toContain('its likeliest is right of 0.667 (0.208 to 0.939; 2 of 3)');
});
