import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../src/domain/ids.js';
import { createBlobStore } from '../../../src/images/blob-store.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('createBlobStore', () => {
  it('keeps bytes under their SHA-256', async () => {
    const store = createBlobStore(join(folder, 'not', 'there', 'yet'));
    const bytes = randomBytes(10_000);
    const sha256 = await store.write(bytes);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(store.pathOf(sha256)).toBe(join(folder, 'not', 'there', 'yet', sha256.slice(0, 2), sha256));
    expect((await readFile(store.pathOf(sha256))).equals(bytes)).toBe(true);
    expect(await store.has(sha256)).toBe(true);
    expect(await store.has('0'.repeat(64) as Sha256)).toBe(false);
  });

  it('writes the same bytes once, also when they come many times at once', async () => {
    const store = createBlobStore(folder);
    const bytes = randomBytes(50_000);
    const names = await Promise.all(Array.from({ length: 8 }, async () => store.write(bytes)));
    expect(new Set(names).size).toBe(1);
    expect(await readdir(join(folder, names[0]!.slice(0, 2)))).toEqual([names[0]]);
    expect((await readFile(store.pathOf(names[0]!))).equals(bytes)).toBe(true);
  });

  it('sweeps what a killed process left, and nothing else', async () => {
    const store = createBlobStore(folder);
    const kept = await store.write(randomBytes(100));
    await mkdir(join(folder, 'ab'), { recursive: true });
    await writeFile(join(folder, 'ab', '.tmp-leftover'), 'half a picture');
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', '.tmp-other'), 'not ours');
    expect(await store.sweep()).toBe(1);
    expect(await store.sweep()).toBe(0);
    expect(await store.has(kept)).toBe(true);
    expect(await readdir(join(folder, 'ab'))).toEqual([]);
    expect(await readdir(join(folder, 'mine'))).toEqual(['.tmp-other']);
  });

  it('has nothing to sweep before the first picture', async () => {
    expect(await createBlobStore(join(folder, 'absent')).sweep()).toBe(0);
  });
});
