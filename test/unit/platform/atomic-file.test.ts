import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic, writeFilesAtomic } from '../../../src/platform/atomic-file.js';
import { smallDisk } from '../../support/small-disk.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

describe('writeFileAtomic', () => {
  it('makes the folder, replaces what was there and leaves nothing else', async () => {
    const path = join(temporaryFolder(), 'a', 'file');
    await writeFileAtomic(path, 'first');
    await writeFileAtomic(path, Uint8Array.of(50));
    expect(readFileSync(path, 'utf8')).toBe('2');
    expect(readdirSync(join(path, '..'))).toEqual(['file']);
  });

  const disk = smallDisk(64);
  it.skipIf(disk === null)(
    'on a full disk names the file, says what to do and keeps the old one',
    async () => {
      const path = join(disk!, 'file');
      await writeFileAtomic(path, 'kept');
      const error = await writeFileAtomic(path, new Uint8Array(200_000)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'refused', hint: expect.stringMatching(/free some space/) });
      expect(String(error)).toContain(path);
      expect(String(error)).toContain('ENOSPC');
      expect(readFileSync(path, 'utf8')).toBe('kept');
      expect(readdirSync(disk!)).toEqual(['file']);
    },
  );
});

describe('writeFilesAtomic', () => {
  it('writes files of several folders', async () => {
    const folder = temporaryFolder();
    const files = ['a/x', 'b/y'].map((name) => ({ path: join(folder, name), data: name }));
    await writeFilesAtomic(files);
    for (const { path, data } of files) expect(readFileSync(path, 'utf8')).toBe(data);
  });

  it('replaces none of them when one cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'first'), 'old');
    writeFileSync(join(folder, 'no-folder'), '');
    const files = ['first', 'no-folder/second'].map((name) => ({ path: join(folder, name), data: 'new' }));
    await expect(writeFilesAtomic(files)).rejects.toThrow(/no-folder/);
    expect(readFileSync(join(folder, 'first'), 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['first', 'no-folder']);
  });

  it('leaves no temporary file when one cannot be replaced', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken', 'inside'), { recursive: true });
    const files = ['first', 'taken'].map((name) => ({ path: join(folder, name), data: 'new' }));
    await expect(writeFilesAtomic(files)).rejects.toThrow(/taken/);
    expect(readdirSync(folder).sort()).toEqual(['first', 'taken']);
  });
});
