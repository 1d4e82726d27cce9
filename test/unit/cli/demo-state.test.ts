import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clearDemo, daysLeft, demoPaths, lockDemo } from '../../../src/cli/demo-state.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('clearDemo', () => {
  it('leaves the catalogue of a demo that is running alone', async () => {
    const folder = temporaryFolder();
    const { db } = demoPaths(folder);
    writeFileSync(db, 'a catalogue');
    const running = lockDemo(folder);
    await expect(clearDemo(folder)).rejects.toMatchObject({ code: 'busy' });
    expect(existsSync(db)).toBe(true);
    running.release();
    await clearDemo(folder);
    expect(existsSync(db)).toBe(false);
  });
});

describe('daysLeft', () => {
  const days = [{ slot: '2026-01-12' }, { slot: '2026-01-13' }];

  it('crawls both days of a new demo', () => {
    expect(daysLeft(days, [null, null])).toEqual(days);
  });

  it('goes on with the first day where a shop had begun it', () => {
    expect(daysLeft(days, ['2026-01-12', null])).toEqual(days);
  });

  it('does not go back to the first day for a second one that was interrupted', () => {
    expect(daysLeft(days, ['2026-01-13', '2026-01-12'])).toEqual(days.slice(1));
  });

  it('has nothing left once the shops were visited on schedule', () => {
    expect(daysLeft(days, ['2026-01-13', '2026-11-23'])).toEqual([]);
  });
});
