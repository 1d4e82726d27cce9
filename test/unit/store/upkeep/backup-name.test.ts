import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasDailyBackup, lastBackup, removeOldBackups } from '../../../../src/store/upkeep/backup-name.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

test('a backup made under a clock that ran ahead takes no other’s place', () => {
  const folder = temporaryFolder();
  const names = ['20260101', '20260102', '20260103', '20990101'].map(
    (day) => `fashiond-daily-${day}T000000Z.db`,
  );
  for (const name of names) writeFileSync(join(folder, name), '');
  const now = Date.UTC(2026, 0, 3, 12);
  expect(removeOldBackups(folder, 2, now)).toEqual([join(folder, names[0]!)]);
  expect(readdirSync(folder).toSorted()).toEqual(names.slice(1));
  expect(hasDailyBackup(folder, now)).toBe(true);
});

test('the last backup is the newest finished one of either kind', () => {
  const folder = temporaryFolder();
  const now = Date.UTC(2026, 0, 6);
  expect(lastBackup(join(folder, 'nowhere'), now)).toBeNull();
  for (const name of [
    'fashiond-daily-20260103T000000Z.db',
    'fashiond-manual-20260104T051015Z.db',
    'fashiond-daily-20260105T000000Z.db.partial',
    'zzz.db',
    // Under a clock that was ahead.
    'fashiond-daily-20310101T000000Z.db',
  ])
    writeFileSync(join(folder, name), '');
  expect(lastBackup(folder, now)).toEqual({
    path: join(folder, 'fashiond-manual-20260104T051015Z.db'),
    at: '2026-01-04T05:10:15Z',
  });
});

test('copies that were never finished go, but one made by hand within a day may be under way', () => {
  const folder = temporaryFolder();
  const names = ['daily-20260103T110000Z', 'manual-20260101T000000Z', 'manual-20260103T100000Z'].map(
    (name) => `fashiond-${name}.db.partial`,
  );
  for (const name of [...names, 'mine.db.partial']) writeFileSync(join(folder, name), '');
  removeOldBackups(folder, 2, Date.UTC(2026, 0, 3, 12));
  expect(readdirSync(folder).toSorted()).toEqual([names[2], 'mine.db.partial']);
});
