/** Copies of the database beside a floor of the disk, and what was left of those that were not finished. */
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../../src/domain/errors.js';
import { openStore } from '../../../../src/store/store.js';
import { backUp } from '../../../../src/store/upkeep/backup.js';
import { writeFirstSchema } from '../../../support/first-schema.js';
import { silent, workbench } from '../builders.js';

const bench = workbench();
const MORE_THAN_ANY = 2 ** 60;

function oldDatabase(): string {
  const path = join(bench.folder(), 'shop.db');
  writeFirstSchema(path);
  return path;
}

const copiesBeside = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.includes('.schema-'));

describe('a copy that would take the last room', () => {
  it('of a backup is not made', async () => {
    const path = oldDatabase();
    const target = join(dirname(path), 'copy.db');
    const error: unknown = await backUp(path, target, MORE_THAN_ANY).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FashiondError);
    expect(error).toMatchObject({ code: 'refused', retry: true });
    expect(String(error)).toMatch(/would leave less than store\.disk_floor on the disk of .*copy\.db/);
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('copy'))).toEqual([]);
    expect((await backUp(path, target, 1)).schema).toBe(1);
  });

  it('before an upgrade is not made, and the schema stays', () => {
    const path = oldDatabase();
    const upgrade = (diskFloor: number) => openStore(path, { log: silent, diskFloor });
    expect(() => upgrade(MORE_THAN_ANY)).toThrow(/store\.disk_floor/);
    expect(copiesBeside(path)).toEqual([]);
    const store = upgrade(1);
    expect(store.query("SELECT count(*) AS n FROM migrations WHERE name = 'initial'")).toEqual([{ n: 1 }]);
    store.close();
    expect(copiesBeside(path)).toEqual([expect.stringMatching(/^shop\.db\.schema-1\.\w+\.backup$/)]);
  });
});

it('a copy that a killed process left unfinished before an upgrade is removed at the next start, and nothing else', () => {
  const path = oldDatabase();
  const name = `${basename(path)}.schema-1.20251231T000000Z.backup`;
  const others = [
    name,
    `other.db.schema-1.20251231T000000Z.backup.partial`,
    `${basename(path)}.schema-1.partial`,
  ];
  for (const left of [...others, `${name}.partial`, `${name}.partial-journal`])
    writeFileSync(join(dirname(path), left), '');
  bench.open(path);
  expect(copiesBeside(path).filter((left) => left.includes('partial') || left === name)).toEqual(
    others.toSorted(),
  );
});
