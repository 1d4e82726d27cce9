import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitText } from '../../bench/versions.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

it('names the commit, and whether files differ from it that no benchmark writes', () => {
  const folder = temporaryFolder();
  expect(commitText(folder)).toBeNull();
  const git = (...args: readonly string[]): string =>
    spawnSync('git', ['-C', folder, '-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      encoding: 'utf8',
    }).stdout.trim();
  git('init');
  git('commit', '--allow-empty', '-m', 'Begin');
  const commit = `commit ${git('rev-parse', '--short', 'HEAD')}`;
  expect(commitText(folder)).toBe(commit);
  mkdirSync(join(folder, 'test', 'bench'), { recursive: true });
  writeFileSync(join(folder, 'test', 'bench', 'RESULTS.md'), '');
  expect(commitText(folder)).toBe(commit);
  writeFileSync(join(folder, 'another.ts'), '');
  expect(commitText(folder)).toBe(`${commit}, dirty`);
});
